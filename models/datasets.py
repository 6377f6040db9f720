"""How datasets are stored and found."""

from models.lists.conditions import kept, shared
from models.table import Order, Table

DATASETS = Table(
    name="datasets",
    filters=shared("datasets"),
    members=kept("datasets"),
    orders={
        "created_at": Order("datasets.created_at", "timestamptz"),
        "updated_at": Order("datasets.updated_at", "timestamptz"),
        "id": Order("datasets.id", "text"),
    },
    id_type="text",
)
"""Datasets, found by what every record is found by."""
