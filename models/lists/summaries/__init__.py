"""Summaries: counts of the records of a list by group."""
