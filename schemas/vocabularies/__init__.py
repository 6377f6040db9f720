"""Code lists: which words a field may hold."""
