"""Formats of exports: rows as they come, written as files of one kind each."""
