"""The list of resources, from which every other list of them is derived."""

from models.actors import ACTORS
from models.datasets import DATASETS
from models.documents import DOCUMENTS
from models.events import EVENTS
from models.locations import LOCATIONS
from models.statements import STATEMENTS
from models.table import Table

TABLES: dict[str, Table] = {
    table.name: table for table in (DATASETS, DOCUMENTS, ACTORS, LOCATIONS, EVENTS, STATEMENTS)
}
"""Every table of records, in an order in which each refers mostly to those before it."""
