"""Cells of the earth: an index by which boxes and circles find events in the order of a list.

The database numbers the cells and derives those of a location's extent (`cells` in migration
0002); here are those that a query has to look into. An extent is registered at every size of
cell, the largest first, until it would lie in more than `MAX_CELLS_OF_EXTENT`; at the last one it
is registered once more with a minus, as wide: for searches by smaller cells, which lie inside it.
"""

from math import atan2, cos, degrees, floor, radians, sin
from typing import NamedTuple

from models.lists.earth import kilometres

MAX_CELLS_OF_EXTENT = 4
"""Maximum number of cells of one size that an extent is registered in."""

MAX_CELLS_OF_QUERY = 16
"""Maximum number of cells of one size that a query looks into; else it takes larger ones."""

FUZZ = 1e-6
"""Degrees within which PostgreSQL takes boxes for touching."""

TOUCH = 1e-3
"""Kilometres by which a cell may seem farther than it is."""

EVERYWHERE = 0
"""The cell of what is too large for any."""


class Grid(NamedTuple):
    """Cells of one size: its degrees, how many there are each way, and the first one's number."""

    size: float
    across: int
    up: int
    first: int

    def inside(self, west: float, south: float, east: float, north: float) -> list[int]:
        """List the cells that a box lies in; its east may lie beyond 180."""
        rows = range(self.row(south), self.row(north) + 1)
        left, right = floor((west + 180) / self.size), floor((east + 180) / self.size)
        columns = dict.fromkeys(column % self.across for column in range(left, right + 1))
        return [self.first + row * self.across + column for row in rows for column in columns]

    def number(self, west: float, south: float, east: float, north: float) -> int:
        """Count the cells that a box lies in."""
        columns = floor((east + 180) / self.size) - floor((west + 180) / self.size) + 1
        return min(columns, self.across) * (self.row(north) - self.row(south) + 1)

    def distance(self, cell: int, longitude: float, latitude: float) -> float:
        """Give the kilometres between a point and the nearest one of a cell."""
        row, column = divmod(cell - self.first, self.across)
        middle = (column + 0.5) * self.size - 180
        away = abs((longitude - middle + 180) % 360 - 180) - self.size / 2
        turn, tilt = radians(max(away, 0)), radians(latitude)
        # Along a meridian, the nearest point lies where the great circle meets it squarely.
        nearest = degrees(atan2(sin(tilt), cos(tilt) * cos(turn)))
        south = row * self.size - 90
        level = radians(min(max(nearest, south), south + self.size))
        return kilometres((0, latitude), (degrees(turn), degrees(level)))

    def row(self, latitude: float) -> int:
        """Give the row of a latitude; the pole lies in the last one."""
        return min(floor((latitude + 90) / self.size), self.up - 1)


GRIDS = (
    Grid(60.0, 6, 3, 1),
    Grid(12.0, 30, 15, 19),
    Grid(2.4, 150, 75, 469),
    Grid(0.48, 750, 375, 11_719),
    Grid(0.096, 3_750, 1_875, 292_969),
)
"""All sizes, the largest first."""


def cover(west: float, south: float, east: float, north: float) -> list[int]:
    """List the cells in which everything is registered whose extent may touch a box.

    West greater than east crosses the antimeridian. None for a box of half the earth or more.
    """
    box = touching(west, south, east, north)
    grid = fitting(*box)
    around = [-cell for larger in GRIDS[: GRIDS.index(grid)] for cell in larger.inside(*box)]
    return unless_most(grid, [*grid.inside(*box), *around, EVERYWHERE])


def circle(
    near: tuple[float, float, float], around: tuple[float, float, float, float]
) -> list[int]:
    """List the cells in which everything is registered that may lie in a circle; see `cover`.

    `near` is its centre and its radius in kilometres, `around` the box in which it lies.
    """
    box = touching(*around)
    grid = fitting(*box)

    def touched(grid: Grid) -> list[int]:
        near_by = near[2] + TOUCH
        return [each for each in grid.inside(*box) if grid.distance(each, *near[:2]) <= near_by]

    larger = [-cell for larger in GRIDS[: GRIDS.index(grid)] for cell in touched(larger)]
    return unless_most(grid, [*touched(grid), *larger, EVERYWHERE])


def touching(
    west: float, south: float, east: float, north: float
) -> tuple[float, float, float, float]:
    """Give a box as it is looked for: what PostgreSQL takes for touching it lies inside."""
    east = east + 360 if west > east else east
    return west - FUZZ, max(south - FUZZ, -90), east + FUZZ, min(north + FUZZ, 90)


def fitting(west: float, south: float, east: float, north: float) -> Grid:
    """Choose the smallest cells of which a query looks into few enough."""
    small = [grid for grid in GRIDS if grid.number(west, south, east, north) <= MAX_CELLS_OF_QUERY]
    return small[-1] if small else GRIDS[0]


def unless_most(grid: Grid, found: list[int]) -> list[int]:
    """Give the cells, unless they are half of the earth or more."""
    return found if grid != GRIDS[0] or 2 * len(found) < grid.across * grid.up else []
