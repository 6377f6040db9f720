"""Filters by place on the earth."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from schemas.fields.parameters import Numbers
from schemas.fields.values import Float, Reason
from schemas.fields.words import Word
from schemas.lists import Query

FARTHEST_KM = 20_100
"""Kilometres that two places can be apart: half round the earth."""


class Located(Query):
    """Filters by place on the earth."""

    bbox = Numbers(
        4,
        "Within west,south,east,north, in degrees; west greater than east crosses the "
        "antimeridian. A place with a geometry is found by its bounding box, one with an "
        "`uncertainty_km` if its circle touches that.",
        "69,35,71,36",
    )
    near = Numbers(
        2,
        "Within `radius` of longitude,latitude, by a place's point and its `uncertainty_km`; where "
        "it has no point, by the nearest part of its geometry.",
        "69.17,34.53",
    )
    radius = Float(
        "Great-circle distance to `near`, in kilometres.",
        100,
        nullable=False,
        strict=False,
        metadata={"minimum": 0, "maximum": FARTHEST_KM},
    )

    location_match = Word(
        "`possible`: what may lie within, as far as its `uncertainty_km` reaches; `certain`: what "
        "lies wholly within `bbox` and `near`, with its `uncertainty_km` and its geometry.",
        "certain",
        known=("possible", "certain"),
        nullable=False,
        load_default="possible",
    )

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def both(self, query: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> None:
        """Refuse a centre without a distance, and a distance without a centre."""
        if ("near" in sent) != ("radius" in sent):
            missing = "radius" if "near" in sent else "near"
            raise ValidationError({missing: [Reason("near and radius go together.", "required")]})
        if not 0 <= query.get("radius", 0) <= FARTHEST_KM:
            sentence = f"This lies between 0 and {FARTHEST_KM} kilometres."
            raise ValidationError({"radius": [Reason(sentence, "range")]})

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def match_where(self, _query: Any, sent: Any, **_: Any) -> None:
        """Refuse `location_match=certain` without `bbox` or `near`."""
        if sent.get("location_match") == "certain" and not {"bbox", "near"} & {*sent}:
            reason = Reason("location_match=certain needs bbox or near.", "required")
            raise ValidationError({"bbox": [reason]})

    @post_load
    def circle(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Make one condition of centre and distance."""
        if "near" in query:
            query["near"] = (*query["near"], query.pop("radius"))
        certain = query.pop("location_match") == "certain"
        for name in ("bbox", "near"):
            if certain and name in query:
                query[f"{name}_certainly"] = query.pop(name)
        return query
