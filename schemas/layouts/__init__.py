"""Layouts of others: a record as linked data and PLOVER write it. Pure: a record in, JSON out."""
