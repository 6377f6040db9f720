"""How actors are stored and found."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.lists import text
from models.lists.conditions import ALWAYS, among, days, interval, kept, shared, within
from models.lists.texts import worded, words_of
from models.names.search import chosen, named
from models.names.sorting import sort_key
from models.names.sounds import names_of
from models.table import Among, Child, Condition, Entries, Order, Table

AFFILIATIONS = Among("affiliations", "actor_id")


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from an actor."""
    return {
        "name": record["name"],
        "sort_key": sort_key(record["name"]),
        **names_of(record),
        **words_of(record),
        "kind": record["kind"],
        "sector": record["sector"],
        "country": record["country"],
        "reliability": record["reliability"],
    }


def affiliations(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Take an actor's affiliations."""
    together = zip(record["affiliations"] or (), record["held"], strict=True)
    for position, (affiliation, held) in enumerate(together):
        yield {
            "position": position,
            "of_id": affiliation["actor_id"],
            "role": affiliation["role"],
            "created_at": record["created_at"],
            **days({**affiliation, **held}, unknown=ALWAYS),
        }


ACTORS = Table(
    name="actors",
    mergeable=True,
    row=row,
    columns={
        "name": "%(name)s",
        "sort_key": "%(sort_key)s",
        "kind": "%(kind)s",
        "sector": "%(sector)s",
        "country": "%(country)s",
        "reliability": "%(reliability)s",
    },
    children=[
        Child(
            "affiliations",
            "actor_id",
            {
                "position": "smallint",
                "of_id": "uuid",
                "role": "text",
                "starts_on": "date",
                "ends_on": "date",
                "created_at": "timestamptz",
            },
            affiliations,
        ),
        named("actor_names", "actor_id"),
        worded("actor_words", "actor_id"),
    ],
    filters={
        "affiliated_with": within(AFFILIATIONS, "of_id", "affiliated_with", "uuid"),
        "affiliation_role": within(AFFILIATIONS, "role", "affiliation_role"),
        **shared("actors"),
        **text.conditions("actors", "actor_words", "actor_id"),
        "name": chosen("actors"),
        "kind": among("actors", "kind"),
        "sector": among("actors", "sector"),
        "country": among("actors", "country"),
        "reliability": among("actors", "reliability"),
        "datetime": Condition(
            "affiliations.starts_on <= %(datetime_to)s"
            " AND affiliations.ends_on >= %(datetime_from)s",
            among=AFFILIATIONS,
            values=interval,
        ),
    },
    members=kept("actors", "name", "kind", "sector", "country", "reliability"),
    entries={
        "affiliations": Entries(
            AFFILIATIONS,
            {
                "actor_id": "affiliations.of_id",
                "role": "affiliations.role",
                "date.first": "affiliations.starts_on",
                "date.last": "affiliations.ends_on",
            },
        ),
    },
    orders={
        "created_at": Order("actors.created_at", "timestamptz"),
        "updated_at": Order("actors.updated_at", "timestamptz"),
        "name": Order("actors.sort_key", "text"),
    },
)
"""Actors; `datetime` is when an affiliation held, or may have held."""
