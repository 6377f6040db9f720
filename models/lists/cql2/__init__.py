"""Filters in CQL2 as SQL: from the tree that a filter was checked into, by a whitelist."""
