"""Locations: places, and what they lie in."""

from typing import Any

from marshmallow import post_load

from schemas.actors import NameSchema
from schemas.fields.ids import Reference
from schemas.fields.names import called
from schemas.fields.parameters import ids, one_of, sorts
from schemas.fields.places import Geometry, Point, extent
from schemas.fields.values import List, Nested, Text
from schemas.fields.words import Country, Word
from schemas.lists import SCORED, BestFirst, Filter, Located, Page, expansions, members_of
from schemas.record import RecordSchema
from schemas.vocabularies import iso, own


class LocationSchema(RecordSchema):
    """A location: somewhere that things happen or are said."""

    example_ref = "@panjshir"

    name = Text("Its usual name.", "Panjshir Valley", required=True)
    names = List(Nested(NameSchema, "One name."), "All its names.")
    kind = Word("Its kind.", "area", known=own.LOCATION_KINDS)
    parent_id = Reference("locations", "The location it lies in.")
    borders = List(
        Reference("locations", "A neighbour.", nullable=False),
        "The locations it shares a border with.",
    )
    country = Country("The country it lies in (ISO 3166-1 alpha-2, plus XK).")
    point = Point("Longitude and latitude in degrees (WGS 84).", [69.46, 35.31])
    geometry = Geometry(
        "Its shape (GeoJSON).",
        {"type": "Polygon", "coordinates": [[[69, 35], [70, 35], [70, 36], [69, 35]]]},
    )

    @post_load
    def derive_extent(self, location: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the box in which it lies."""
        return location | {"extent": extent(location["point"], location["geometry"])}


class LocationFilter(Filter, Located):
    """Filters of locations."""

    name = called("Kabul")
    kind = one_of("Its kind.", own.LOCATION_KINDS)
    country = one_of(
        "The country it lies in, by its own record or that of what it lies in.",
        iso.COUNTRIES,
    )
    within = ids("locations", "Locations inside this location, at any depth.")
    borders = ids("locations", "Locations that share a border with this location.")


class LocationQuery(LocationFilter, BestFirst, Page):
    """A list of locations."""

    sort = sorts("created_at", "updated_at", "name", best_first=True)
    members = members_of(LocationSchema, SCORED)
    expand = expansions(LocationSchema)
