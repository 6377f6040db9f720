"""PLOVER JSON: an event by the field names of the PLOVER manual, chapter "Data Fields"."""
