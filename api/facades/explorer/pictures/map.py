"""Maps: the countries around places, and these as dots that are links."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from api.facades.explorer.pictures.dots import Dot, Reach, dots_of, place
from api.facades.explorer.pictures.outlines import Label, Outline, land, outline, unobstructed
from api.facades.explorer.pictures.views import (
    MIN_MARGIN,
    WIDTH,
    Box,
    read,
    view_of,
    written,
)
from models.lists.spots import Spot
from schemas.fields.places import extent

AREA_MARGIN = 4.0
"""Free space around areas of which nothing but a point is known, in degrees."""


class Map(NamedTuple):
    """A map: its size, countries, names, outlines of places, circles and dots.

    `outside` is how many records are somewhere that it does not show, and `bbox` what it shows.
    """

    width: int
    height: float
    land: str
    labels: list[Label]
    outlines: list[Outline]
    reaches: list[Reach]
    dots: list[Dot]
    outside: int
    bbox: str

    @property
    def areas(self) -> bool:
        """Whether it has rings."""
        return any(dot.area for dot in self.dots)


def draw(
    spots: Iterable[Spot], bbox: str | None = None, shapes: Sequence[Mapping[str, Any]] = ()
) -> Map | None:
    """Draw a map of spots and shapes (GeoJSON), or none where there is nothing to show.

    It shows the box that is asked for, or else where these lie.
    """
    spots = [spot for spot in spots if spot.x is not None]
    asked = read(bbox) if bbox else None
    boxes = [*boxes_of(spots), *filter(None, (extent(None, each) for each in shapes))]
    if asked is None and not boxes:
        return None
    bare = all(spot.area for spot in spots) and not shapes
    view = view_of(boxes, asked, AREA_MARGIN if bare else MIN_MARGIN)
    placed, outside = place(spots, view)
    dots, reaches = dots_of(placed, view)
    path, labels = land(view)
    return Map(
        width=WIDTH,
        height=round(view.height, 1),
        land=path,
        labels=unobstructed(labels, [(dot.x, dot.y, dot.radius) for dot in dots]),
        outlines=[outline(each, view) for each in shapes],
        reaches=reaches,
        dots=dots,
        outside=outside,
        bbox=written(view.box),
    )


def boxes_of(spots: Iterable[Spot]) -> Iterable[Box]:
    """Yield the boxes in which the places of spots lie."""
    for spot in spots:
        if spot.box:
            yield spot.box
