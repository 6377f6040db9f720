"""Datasets as linked data."""

from schemas.layouts.linked.common import COMMON
from schemas.layouts.linked.terms import Address, LeftOut, Node, Term

TERMS = {
    "name": Term("schema:name"),
    "description": Term("schema:description"),
    "licence": Address("schema:license"),
    "citation": Term("schema:creditText"),
    "url": Address("schema:url"),
    **COMMON,
    "dataset": LeftOut("It is the dataset itself."),
}


def types(record: Node) -> str:
    """Name its type."""
    del record
    return "Dataset"
