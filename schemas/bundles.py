"""Bundles: a whole article in one request, whose records name each other by refs."""

import re

from schemas.fields.ids import Id, Slug
from schemas.fields.values import Integer, List, Map, Object
from schemas.record import Strict
from schemas.resources import MEMBERS

REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""The form of a ref, by which other records of a bundle name one, with `@` before it."""


def records(description: str) -> List:
    """Take records, whose own faults are found when the whole bundle is read."""
    return List(
        Object("A record.", nullable=False),
        description,
        nullable=False,
        load_default=list,
        validate=None,
    )


class BundleSchema(Strict):
    """A bundle: records that are stored together or not at all."""

    class Meta(Strict.Meta):
        """A list of each resource's records."""

        include = {resource: records(f"Its {resource}.") for resource in MEMBERS}

    dataset = Slug(
        "The dataset of all its records; created where it is new.", "panjshir-2021", required=True
    )


def numbers(description: str, example: dict[str, int]) -> Map:
    """Give numbers of records by resource."""
    [number] = example.values()
    each = Integer("How many.", number, nullable=False)
    return Map(description, example, values=each, nullable=False)


class BundleResultSchema(Strict):
    """The result of a bundle: the ids of its refs, and numbers of records by resource."""

    ids = Map(
        "The id that each ref stands for.",
        {"taliban": "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01"},
        values=Id("An id.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01", nullable=False),
        nullable=False,
    )
    created = numbers("Number of records created.", {"actors": 12})
    updated = numbers("Number of records changed.", {"actors": 1})
    unchanged = numbers("Number of records that were already as sent.", {"actors": 3})
    withdrawn = numbers("Number of records that had been withdrawn, and remain so.", {"events": 1})
    merged = numbers(
        "Number of records that had been merged into others, and left unchanged.", {"actors": 1}
    )
