"""Releases: instants that have a name, and what stood then."""

import re

from schemas.fields.ids import Id, Pattern, Slug
from schemas.fields.moments import RELEASE
from schemas.fields.parameters import CommaSeparated, sorts
from schemas.fields.values import Integer, Map, Text
from schemas.lists import Cut
from schemas.record import Strict
from schemas.resources import RESOURCES


class Name(Pattern):
    """The name of a release."""

    form = re.compile(RELEASE.pattern)
    default_error_messages = {
        "form": "A name has letters, digits and . _ - inside, 64 characters at most."
    }


class ReleaseInputSchema(Strict):
    """A release that is to be made."""

    name = Name("The name, for `as_of`.", "2026.1", required=True)
    note = Text("A note.", "As cited in the annual report.", longest=2_000)
    dataset = Slug(
        "The dataset that it is a release of: records of others are neither counted nor digested. "
        "Null is a release of all.",
        "panjshir-2021",
    )


def digest(description: str) -> Text:
    """Describe a SHA-256 digest."""
    example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    return Text(description, example, nullable=False)


class ReleaseSchema(Strict):
    """A named instant: what lists show as of then, counted and digested."""

    name = Text("Its name.", "2026.1", nullable=False)
    at = Text(
        "The instant.",
        "2026-11-22T08:00:00.000000Z",
        nullable=False,
        metadata={"format": "date-time"},
    )
    note = Text("A note.", "As cited in the annual report.")
    dataset = Text("The dataset that it is a release of; null for all.", "panjshir-2021")
    key_id = Id("The key that it was made with.", "0197b2c4-5d1e-7c3a-9f00-2b6d7a8e9c01")
    counts = Map(
        "Number of records of each resource, without retracted ones.",
        {"events": 16},
        values=Integer("How many.", 16, nullable=False),
        nullable=False,
    )
    checksums = Map(
        "SHA-256 of the records of each resource: their JSON as in lists, in the order of their "
        "ids, a line feed after each.",
        {"events": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        values=digest("A digest."),
        nullable=False,
    )
    checksum = digest(f"The same of all: {', '.join(RESOURCES)}.")


class ReleaseQuery(Cut):
    """A list of releases."""

    dataset = CommaSeparated(
        Slug("A dataset.", "panjshir-2021", nullable=False),
        "Only releases of this dataset, without those of all datasets.",
        "panjshir-2021",
    )
    sort = sorts("at")
