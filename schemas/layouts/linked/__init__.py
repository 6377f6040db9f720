"""Linked data (JSON-LD 1.1): the terms that members of records have, a table for each resource."""
