"""The state at a past instant, and the revisions of a record."""
