"""How locations are stored and found."""

from collections.abc import Mapping
from typing import Any

import orjson

from models.lists import text
from models.lists.conditions import among, kept, shared
from models.lists.earth import box, widened
from models.lists.places import located
from models.lists.texts import worded, words_of
from models.names.search import chosen, named
from models.names.sorting import sort_key
from models.names.sounds import names_of
from models.table import Condition, Order, Table


def row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Take the columns from a location."""
    point, extent = record["point"], record["extent"]
    # A place that lies exactly there is found as a point is.
    radius = record["uncertainty_km"] or None
    if point and radius:
        extent = widened(extent, (*point, radius))
    return {
        "name": record["name"],
        "sort_key": sort_key(record["name"]),
        **names_of(record),
        **words_of(record),
        "kind": record["kind"],
        "parent_id": record["parent_id"],
        "borders": record["borders"] or [],
        "country": record["country"],
        "point": f"({point[0]!r},{point[1]!r})" if point else None,
        "extent": box(*extent) if extent else None,
        "uncertainty_km": radius,
    }


def derived(country: str | None) -> str:
    """Write the country that a location lies in, as the end of its text."""
    return f',"derived_country":{orjson.dumps(country).decode()}}}'


LOCATIONS = Table(
    name="locations",
    mergeable=True,
    row=row,
    columns={
        "name": "%(name)s",
        "sort_key": "%(sort_key)s",
        "kind": "%(kind)s",
        "parent_id": "%(parent_id)s",
        "borders": "%(borders)s::uuid[]",
        "own_country": "%(country)s",
        "point": "%(point)s::point",
        "extent": "%(extent)s::box",
        "uncertainty_km": "%(uncertainty_km)s",
        "cells": "cells(%(extent)s::box, %(point)s::point)",
    },
    children=[named("location_names", "location_id"), worded("location_words", "location_id")],
    filters={
        **shared("locations"),
        **text.conditions("locations", "location_words", "location_id"),
        **located("locations"),
        "name": chosen("locations"),
        "kind": among("locations", "kind"),
        "country": among("locations", "country"),
        "within": Condition("locations.ancestors && %(within)s::uuid[]"),
        "borders": Condition(  # a border has two sides, and one of them may have recorded it
            "locations.id IN (SELECT ours.id FROM locations AS ours"
            " WHERE ours.borders && %(borders)s::uuid[] UNION SELECT unnest(theirs.borders)"
            " FROM locations AS theirs WHERE theirs.id = ANY(%(borders)s::uuid[])"
            " AND NOT theirs.withdrawn)"
        ),
    },
    members={
        **kept("locations", "name", "kind", "country", "parent_id"),
        "point": "locations.point",
        "geometry": "locations.extent",
    },
    orders={
        "created_at": Order("locations.created_at", "timestamptz"),
        "updated_at": Order("locations.updated_at", "timestamptz"),
        "name": Order("locations.sort_key", "text"),
    },
    # Whoever writes an event locks its location: one that moves waits for them, and they for it.
    lock_strength="UPDATE",
)
"""Locations; what lies in what is derived by `containment`."""
