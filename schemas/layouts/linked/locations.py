"""Locations as linked data."""

from typing import Any

import orjson

from schemas.layouts.linked.common import COMMON, Names
from schemas.layouts.linked.terms import Addresses, LeftOut, Node, Nodes, Record, Term, Written
from schemas.layouts.linked.values import number

TYPES = {
    "country": "Country",
    **dict.fromkeys(("admin1", "admin2", "admin3"), "AdministrativeArea"),
}
"""The type of each kind that has one; all others are a Place."""

POINTLIKE = {"populated_place", "facility"}
"""Kinds whose point is where they are; that of an area only stands for it."""

GEOJSON_LITERAL = "geosparql:geoJSONLiteral"

COORDINATES = {"latitude": Term("schema:latitude"), "longitude": Term("schema:longitude")}

CIRCLE = {
    **COORDINATES,
    "midpoint": Nodes("schema:geoMidpoint", members=COORDINATES, kind="GeoCoordinates"),
    "radius": Term("schema:geoRadius"),
}


class Shape(Term):
    """A geometry, as GeoSPARQL has it."""

    def definitions(self) -> Written:
        """Define the geometry and its text."""
        yield from super().definitions()
        yield from Term("geosparql:asGeoJSON", GEOJSON_LITERAL).definitions()

    def write(self, value: Any, holder: Node, addresses: Addresses) -> Written:
        """Write it as the text of a GeoJSON geometry."""
        del holder, addresses
        text = orjson.dumps(value).decode()
        yield self.key, {"@type": "geosparql:Geometry", "asGeoJSON": text}


TERMS = {
    "name": Term("schema:name"),
    "names": Names("schema:alternateName"),
    "kind": Term("attest:kind"),
    "parent_id": Record("schema:containedInPlace", to="locations"),
    "borders": Record("schema:geoTouches", to="locations"),
    "country": LeftOut("It is in the `address`."),
    "address": Nodes(
        "schema:address", members={"country": Term("schema:addressCountry")}, kind="PostalAddress"
    ),
    "derived_country": Term("attest:derived_country"),
    "point": LeftOut("It is in `geo`, as what it is: a place, or the middle of one."),
    "uncertainty_km": LeftOut("It is in `geo`, in metres."),
    "geo": Nodes("schema:geo", members=CIRCLE, kind=lambda geo: geo["kind"]),
    "geometry": Shape("geosparql:hasGeometry"),
    **COMMON,
}


def types(record: Node) -> str:
    """Name its type, by its kind."""
    return TYPES.get(record.get("kind") or "", "Place")


def grouped(record: Node) -> dict[str, Any]:
    """Put the point into what says how exact it is, and the country into an address."""
    country = record.get("country")
    return {
        **record,
        "address": {"country": country} if country else None,
        "geo": geo(record) if record.get("point") else None,
    }


def geo(record: Node) -> dict[str, Any]:
    """Give a point only where the place is there; else the middle of a circle, perhaps unknown."""
    longitude, latitude = map(number, record["point"])
    point = {"latitude": latitude, "longitude": longitude}
    radius = record.get("uncertainty_km")
    if radius == 0 or (radius is None and record.get("kind") in POINTLIKE):
        return {"kind": "GeoCoordinates", **point}
    metres = None if radius is None else number(round(radius * 1000, 3))
    return {"kind": "GeoCircle", "midpoint": point, "radius": metres}
