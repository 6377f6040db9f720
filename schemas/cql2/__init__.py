"""Filters in CQL2 (OGC 21-065): read as text or JSON, checked, and handed on as a plain tree."""
