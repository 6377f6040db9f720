"""Summaries: how many records of a list have what in common."""
