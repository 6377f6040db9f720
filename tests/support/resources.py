"""The resources as tests take them: from the table of tables, and a small record of each."""

from models.tables import TABLES

RESOURCES = tuple(TABLES)
"""Every resource, in the order of the table of tables."""

RECORDS = tuple(name for name in RESOURCES if name != "datasets")
"""Resources whose records are in a dataset."""

MERGED = tuple(name for name, table in TABLES.items() if table.mergeable)
"""Resources of which two records may turn out to be about the same."""

NOBODY = "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"
"""An id that no record has."""


MADE = {"id", "created_at", "updated_at", "version", "retraction", "assessments"}
"""Members that the service makes of every record."""


class Entries(dict):
    """Entries by resource, which say where an entry is to be made for one that has none."""

    def __init__(self, place, entries):
        """Take the entries, and the place in the tests where they are written."""
        super().__init__(entries)
        self.place = place

    def __missing__(self, resource):
        """Refuse a resource that has no entry yet."""
        raise LookupError(f"{self.place} has no entry for {resource!r} yet: add one there.")


MINIMAL = Entries(
    "MINIMAL in tests/support/resources.py",
    {
        "datasets": {"name": "A"},
        "documents": {"title": "A"},
        "actors": {"name": "A"},
        "locations": {"name": "A"},
        "events": {"type": "protest", "title": "A"},
        "statements": {"act": "assert", "form": "paraphrase", "text": "A"},
    },
)
"""A small record of every resource, without its dataset."""


def in_dataset(resource, dataset="d"):
    """Give what a small record says of its dataset; a dataset is in none."""
    return {} if resource == "datasets" else {"dataset": dataset}
