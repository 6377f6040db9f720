"""Tools: how data that is shipped is made of what others publish."""
