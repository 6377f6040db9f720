"""Locations: places, and what they lie in."""

from typing import Any

from marshmallow import ValidationError, post_load, validates_schema
from marshmallow.validate import Range

from schemas.actors import NameSchema
from schemas.fields.ids import Reference
from schemas.fields.names import called
from schemas.fields.parameters import countries, ids, one_of, sorts
from schemas.fields.places import Geometry, Point, extent
from schemas.fields.values import Float, List, Nested, Reason, Text
from schemas.fields.words import Country, Word
from schemas.lists import SCORED, Filter, expansions, members_of
from schemas.located import FARTHEST_KM, Located
from schemas.record import RecordSchema
from schemas.searched import BestFirst, Searched
from schemas.vocabularies import own


class LocationSchema(RecordSchema):
    """A location: somewhere that things happen or are said."""

    example_ref = "@panjshir"

    beside = frozenset({"derived_country"})

    name = Text("Its usual name.", "Panjshir Valley", required=True)
    names = List(Nested(NameSchema, "One name."), "All its names.")
    kind = Word("Its kind.", "area", known=own.LOCATION_KINDS)
    parent_id = Reference("locations", "The location it lies in.")
    borders = List(
        Reference("locations", "A neighbour.", nullable=False),
        "The locations it shares a border with.",
    )
    country = Country(
        "The country it lies in (ISO 3166-1 alpha-2, plus XK), or lay in (ISO 3166-3)."
    )
    derived_country = Text(
        "The country by which it is found: its own `country`, or else that of the nearest location "
        "that it lies in and that has one.",
        "AF",
        dump_only=True,
        nullable=True,
    )
    point = Point("Longitude and latitude in degrees (WGS 84).", [69.46, 35.31])
    uncertainty_km = Float(
        "The radius in kilometres around the point within which it lies; null is *not known*.",
        15.5,
        metadata={"minimum": 0, "maximum": FARTHEST_KM},
        validate=Range(0, FARTHEST_KM, error=f"This lies between 0 and {FARTHEST_KM} kilometres."),
    )
    geometry = Geometry(
        "Its shape (GeoJSON).",
        {"type": "Polygon", "coordinates": [[[69, 35], [70, 35], [70, 36], [69, 35]]]},
    )

    @validates_schema
    def around_what(self, location: dict[str, Any], **_: Any) -> None:
        """Refuse a radius around nothing."""
        if location["uncertainty_km"] is not None and location["point"] is None:
            reason = Reason("The radius is one around the point, and there is none.", "required")
            raise ValidationError({"point": [reason]})

    @post_load
    def derive_extent(self, location: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Derive the box in which it lies."""
        return location | {"extent": extent(location["point"], location["geometry"])}


class LocationFilter(Filter, Searched, Located):
    """Filters of locations."""

    record = LocationSchema

    name = called("Kabul")
    kind = one_of("Its kind.", own.LOCATION_KINDS)
    country = countries(
        "The country it lies in, by its own record or that of a location around it."
    )
    within = ids("locations", "Locations inside this location, at any depth.")
    borders = ids("locations", "Locations that share a border with this location.")


class LocationQuery(LocationFilter, BestFirst):
    """A list of locations."""

    sort = sorts("created_at", "updated_at", "name", best_first="`name` or `q`")
    members = members_of(LocationSchema, SCORED)
    expand = expansions(LocationSchema)
