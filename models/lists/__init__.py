"""How lists are found: one SQL statement per request, driven by an index."""
