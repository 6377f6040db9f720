"""What stood at an instant, and the revisions of a record."""
