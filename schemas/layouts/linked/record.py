"""Whole records as linked data."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from schemas.layouts.linked import actors, datasets, documents, events, locations, statements
from schemas.layouts.linked.common import paged
from schemas.layouts.linked.terms import Addresses, Node, Term, context, written
from schemas.resources import complete


class Layout(NamedTuple):
    """How the records of a resource are written: their terms, their type, and the context."""

    terms: Mapping[str, Term]
    types: Callable[[Node], Any]
    grouped: Callable[[Node], dict[str, Any]]
    context: dict[str, Any]


LAYOUTS = complete(
    "LAYOUTS in schemas/layouts/linked/record.py",
    {
        module.__name__.rpartition(".")[2]: Layout(
            module.TERMS, module.types, getattr(module, "grouped", dict), context(module.TERMS)
        )
        for module in (datasets, documents, actors, locations, events, statements)
    },
)
"""The layout of each resource."""


def document(resource: str, record: Node, root: str) -> dict[str, Any]:
    """Write a record as a document of JSON-LD that needs no other to be read.

    `root` is where the service is, without a slash at its end.
    """
    layout, addresses = LAYOUTS[resource], Addresses(root)
    return {
        "@context": layout.context,
        **addresses.of(resource, record["id"]),
        "@type": layout.types(record),
        **written(layout.terms, paged(resource, layout.grouped(record)), addresses),
    }
