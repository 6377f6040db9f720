"""Pictures of the pages: their numbers are those of lists, and they hide no doubt."""

import math
import re
from datetime import date, datetime

import pytest
import shapely
from support.records import Records

from api.facades.explorer.counting import places_of, times_of, years_with
from api.facades.explorer.pictures import charts
from api.facades.explorer.pictures.bands import Asked
from api.facades.explorer.pictures.dots import dots_of, place, short, spot_of
from api.facades.explorer.pictures.map import draw
from api.facades.explorer.pictures.outlines import BEYOND, land, outline
from api.facades.explorer.pictures.timeline import extent, timeline
from api.facades.explorer.pictures.units import code, steps
from api.facades.explorer.pictures.views import WIDTH, narrowest, read, view_of, written
from api.facades.explorer.rendering import TEMPLATES
from api.http.context import database
from models.lists.buckets import Dated
from models.lists.counterparts import Common
from models.lists.spots import Spot
from models.past.as_of import entered

# Views.


def at(*positions):
    """Give boxes that are points."""
    return [(x, y, x, y) for x, y in positions]


@pytest.mark.parametrize(
    ("boxes", "west", "east"),
    [
        (at((10, 0), (20, 0)), 10, 20),
        (at((178, 0), (-172, 0)), 178, 188),
        (at((-172, 0), (178, 0), (179, 0)), 178, 188),
        (at((-180, 0), (180, 0)), 180, 180),
        (at((-179, 0), (0, 0), (179, 0)), -179, 179),
        (at((5, 0)), 5, 5),
        ([(170, 0, 190, 0), (-175, 0, -160, 0)], 170, 200),
        ([(170, 0, 190, 0), (10, 0, 20, 0)], 10, 190),
        ([(-180, 0, 180, 0), (10, 0, 20, 0)], -180, 180),
    ],
)
def test_the_narrower_way_round_the_earth_is_shown(boxes, west, east):
    """Places on both sides of the antimeridian are shown across it, where that is narrower."""
    found = narrowest(boxes)
    assert (found[1] - found[0]) % 360 == pytest.approx((east - west) % 360)
    assert found[0] % 360 == pytest.approx(west % 360)


@pytest.mark.parametrize(
    "bbox",
    [
        *("60,29,75,39", "170,-30,-170,10", "-180,-90,180,90", "10,10,10,10", "0,80,10,90"),
        *("0,-90,1,-89", "179.999,0,-179.999,0.001", "-180,-90,180,-60", "100,50,-20,80"),
    ],
)
def test_a_view_holds_the_box_that_is_asked_for(bbox):
    """It may show more, for its shape, but it is a picture of at most the whole earth."""
    box = read(bbox)
    view = view_of([], box)
    assert 0 < view.east - view.west <= 360
    assert -90 <= view.south < view.north <= 90
    assert 0 < view.height < 3 * WIDTH
    if view.east - view.west < 360:
        assert view.south <= box[1]
        assert view.north >= box[3]
        for longitude in (box[0], (box[0] + box[2]) / 2, box[2]):
            assert view.holds(view.turned((longitude + 180) % 360 - 180), (box[1] + box[3]) / 2)
    west, south, east, north = map(float, written(view.box).split(","))
    assert all(-180 <= each <= 180 for each in (west, east))
    assert -90 <= south < north <= 90


# Outlines.


def positions(path):
    """Read the positions of a path as it is written: lists of them, one a ring."""
    found = []
    for start, rest in re.findall(r"M([^l]*)l([^Mz]*)", path):
        x, y = map(float, re.findall(r"-?[\d.]+", start))
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", rest)]
        ring = [(x, y)]
        for across, up in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + across, y + up
            ring.append((x, y))
        found.append(ring)
    return found


@pytest.mark.parametrize(
    "bbox",
    [
        *("60,29,75,39", "-180,-58,180,80", "170,60,-165,72", "176,-20,-178,-12", "-10,36,30,60"),
        *("0,-90,180,-60",),
    ],
)
def test_countries_are_clipped_and_thinned(bbox):
    """Nothing is drawn far from what is shown, and next to nothing that nobody would see."""
    view = view_of([], read(bbox))
    path, labels = land(view)
    rings = positions(path)
    assert rings
    drawn = [each for ring in rings for each in ring]
    assert all(-BEYOND - 1 <= x <= WIDTH + BEYOND + 1 for x, _ in drawn)
    assert all(-BEYOND - 1 <= y <= view.height + BEYOND + 1 for _, y in drawn)
    assert len(drawn) < 12_000
    assert all(label.name for label in labels)


@pytest.mark.parametrize(
    ("bbox", "across"),
    [("170,60,-165,72", 1000), ("176,-20,-178,-12", 1), ("160,-50,-150,75", 500)],
)
def test_no_border_is_drawn_along_the_antimeridian(bbox, across):
    """Land that is cut at the antimeridian is drawn on both sides of it."""
    view = view_of([], read(bbox))
    seam = view.at(180, 0)[0]
    rings = positions(land(view)[0])
    for ring in rings:
        for (x, y), (further, other) in zip(ring, ring[1:] + ring[:1], strict=True):
            on_it = abs(x - seam) < 0.2 and abs(further - seam) < 0.2
            assert not on_it or abs(y - other) < 2, (x, y, other)
    over = [ring for ring in rings if min(ring)[0] < seam - 1 and max(ring)[0] > seam + 1]
    assert sum(shapely.Polygon(ring).area for ring in over) > across


def test_an_outline_is_true_to_scale():
    """A circle of many positions becomes one of few, as large."""
    turns = [2 * math.pi * number / 10_000 for number in range(10_000)]
    ring = [[10 + 5 * math.cos(turn), 5 * math.sin(turn)] for turn in turns]
    view = view_of([(4, -6, 16, 6)])
    found = outline({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, view)
    [drawn] = positions(found.areas)
    assert 20 < len(drawn) < 200
    area = math.pi * 25 * view.scale * view.scale * view.squeeze
    assert shapely.Polygon(drawn).area == pytest.approx(area, rel=0.01)
    assert (found.lines, found.points) == ("", [])


SQUARE = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]
FIJI = [
    [[[178, -18], [180, -18], [180, -16], [178, -16], [178, -18]]],
    [[[-180, -18], [-178, -18], [-178, -16], [-180, -16], [-180, -18]]],
]


@pytest.mark.parametrize(
    ("geometry", "areas", "lines", "points"),
    [
        ({"type": "Point", "coordinates": [1, 1]}, 0, 0, 1),
        ({"type": "Point", "coordinates": [1, 1, 9]}, 0, 0, 1),
        ({"type": "MultiPoint", "coordinates": [[1, 1], [2, 2]]}, 0, 0, 2),
        ({"type": "LineString", "coordinates": [[0, 0], [3, 3]]}, 0, 1, 0),
        ({"type": "MultiLineString", "coordinates": [[[0, 0], [3, 3]], [[0, 1], [3, 4]]]}, 0, 2, 0),
        ({"type": "Polygon", "coordinates": SQUARE}, 2, 0, 0),
        ({"type": "MultiPolygon", "coordinates": [SQUARE[:1]]}, 1, 0, 0),
        ({"type": "MultiPolygon", "coordinates": FIJI}, 1, 0, 0),
        (
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [1, 1]},
                    {"type": "MultiPolygon", "coordinates": [SQUARE]},
                ],
            },
            *(2, 0, 1),
        ),
        ({"type": "GeometryCollection", "geometries": []}, 0, 0, 0),
    ],
)
def test_every_geometry_is_drawn(geometry, areas, lines, points):
    """Areas are outlines with their holes, lines are lines; what the antimeridian cuts is one."""
    found = draw([], None if areas + lines + points else "0,0,4,4", [geometry])
    [drawn] = found.outlines
    assert len(positions(drawn.areas)) == areas
    assert len(positions(drawn.lines)) == lines
    assert len(drawn.points) == points


# Dots.


def spot(x, y, records=1, **more):
    """Make a spot of one place."""
    given = {"location_id": f"{x} {y}", "area": False, "uncertainty_km": None, **more}
    return Spot(
        records=records, doubted=0, places=1, names=["P"], x=x, y=y, box=(x, y, x, y), **given
    )


def test_many_places_are_few_dots():
    """Whatever there is, dots keep apart, and nothing is lost."""
    spots = [spot((n * 37) % 360 - 180, (n * 17) % 170 - 85, n % 50 + 1) for n in range(10_000)]
    view = view_of([each.box for each in spots])
    placed, outside = place(spots, view)
    dots, _ = dots_of(placed, view)
    assert len(dots) < 400
    assert sum(dot.events for dot in dots) + outside == sum(each.records for each in spots)


def test_an_area_is_a_ring_by_itself():
    """Rings of areas and dots of places are never brought together."""
    found = draw([spot(69, 34, 5), spot(69, 34, 3, area=True)], "60,29,75,39")
    dot, ring = found.dots
    assert (dot.area, dot.events, ring.area, ring.events) == (False, 5, True, 3)
    assert math.hypot(dot.x - ring.x, dot.y - ring.y) >= dot.radius + ring.radius - 0.2
    assert found.areas


def test_a_dot_asks_for_what_it_stands_for():
    """One place is asked for by its id, several by the box in which they lie."""
    one, several = draw([spot(61, 30), spot(74, 38, 5), spot(74.1, 38.1)], "60,29,75,39").dots[::-1]
    assert one.link == {"location": "61 30", "bbox": None}
    west, south, east, north = map(float, several.link["bbox"].split(","))
    assert west < 74
    assert east > 74.1
    assert south < 38
    assert north > 38.1
    assert (several.names, several.more) == ("P, P", 0)


def test_the_box_of_a_dot_crosses_the_antimeridian():
    """Places on both sides of it, brought together, are asked for across it."""
    [dot] = draw([spot(179.9, 0), spot(-179.9, 0)], "100,-40,-100,40").dots
    west, _, east, _ = map(float, dot.link["bbox"].split(","))
    assert (west > 170, east < -170) == (True, True)
    assert dot.x == pytest.approx(WIDTH / 2, abs=1)


def test_a_radius_is_drawn_to_scale():
    """Of a place that lies somewhere around a point, the circle is drawn if it can be seen."""
    view = view_of([], (68, -2, 72, 2))
    placed, _ = place([spot(70, 0, uncertainty_km=111.195)], view)
    [reach] = dots_of(placed, view)[1]
    assert (reach.up, reach.across) == pytest.approx((view.scale, view.scale), rel=0.01)
    placed, _ = place([spot(70, 0, uncertainty_km=0.1)], view)
    assert dots_of(placed, view)[1] == []


def test_a_record_is_a_spot_if_it_has_a_point():
    """No coordinate is made up."""
    location = {"id": "x", "name": "X", "kind": "country", "point": None, "uncertainty_km": None}
    assert spot_of(location) is None
    assert spot_of({**location, "point": [1, 2]}).area
    assert draw([]) is None


# Time.


@pytest.mark.parametrize(
    ("first", "last", "unit", "codes"),
    [
        ("2021-12-31", "2022-01-02", "day", ["2021-12-31", "2022-01-01", "2022-01-02"]),
        ("2020-11-01", "2021-01-01", "month", ["2020-11", "2020-12", "2021-01"]),
        ("1999-01-01", "2001-01-01", "year", ["1999", "2000", "2001"]),
        ("1990-01-01", "2010-01-01", "decade", ["199X", "200X", "201X"]),
        ("0001-01-01", "0010-01-01", "decade", ["000X", "001X"]),
        ("9990-01-01", "9998-01-01", "decade", ["999X"]),
        ("9999-12-30", "9999-12-31", "day", ["9999-12-30", "9999-12-31"]),
    ],
)
def test_time_is_cut_into_buckets(first, last, unit, codes):
    """Each bucket is asked for by its date in EDTF."""
    found = steps(date.fromisoformat(first), date.fromisoformat(last), unit)
    assert [code(each, unit) for each in found] == codes


def test_certain_possible_and_unknown_are_drawn_apart():
    """A certain event stands in one bar, a possible one in several; an open end fades."""
    dated = [
        Dated("2019-01-01", None, 3),
        Dated("2020-01-01", "2021-01-01", 2),
        Dated("2021-01-01", "2021-01-01", 1),
        Dated("2020-01-01", "infinity", 4),
        Dated("-infinity", "2019-01-01", 5),
        Dated("-infinity", "infinity", 7),
        Dated("1950-01-01", "2020-01-01", 8),
        Dated(None, None, 6),
    ]
    found = timeline(dated, "year", extent(dated[:3]))
    assert [(bar.code, bar.certain, bar.possible) for bar in found.bars] == [
        ("2019", 3, 0),
        ("2020", 0, 2),
        ("2021", 0, 3),
    ]
    assert (found.vague, found.possible) == (8, 3)
    before, after = found.bands
    assert (before.of.side, before.x, before.of.events) == ("before", 0, 5)
    assert before.width == pytest.approx(WIDTH / 3, abs=2)
    assert (after.of.side, after.of.events) == ("after", 4)
    assert after.x == pytest.approx(WIDTH / 3, abs=2)
    assert after.x + after.width == pytest.approx(WIDTH)
    assert after.of.link == {
        "filter": "ends_on IS NULL AND starts_on >= DATE('2020-01-01')"
        " AND starts_on <= DATE('2020-12-31')"
    }


def test_a_few_events_far_from_all_others_are_counted_beside():
    """They would press all others into one bar."""
    dated = [
        Dated("1200-01-01", None, 2),
        *(Dated(f"20{n}-01-01", None, 100) for n in range(10, 20)),
    ]
    window = extent(dated, trimmed=True)
    assert window == (date(2010, 1, 1), date(2019, 1, 1))
    found = timeline(dated, "year", window)
    assert (found.earlier.events, found.earlier.datetime) == (2, "../2009-12-31")
    assert found.later is None
    assert extent(dated[:1] * 3, trimmed=True) == (date(1200, 1, 1),) * 2


def test_many_open_ends_are_few_bands():
    """Neighbours are brought together; the table has them one by one."""
    dated = [Dated(f"20{n}-01-01", "infinity", n) for n in range(10, 40)]
    found = timeline(dated, "year", extent(dated))
    assert len(found.bands) <= 4
    assert all(found.start <= band.y and band.y + band.height <= found.end for band in found.bands)
    assert len(found.ended) == 30
    assert sum(band.of.events for band in found.bands) == sum(range(10, 40)) == found.open
    asked = timeline(dated, "year", extent(dated), Asked(filtered=True))
    assert asked.ended[0].link == {"datetime": "2010"}


# Small charts.


def test_spans_fade_where_an_end_is_not_known():
    """An end that nobody knows lies at the edge; where none is known, nothing is drawn."""
    found = charts.spans(["2010/2012", "2011/..", "../2011", None, "2009"])
    assert [bar.known for bar in found.bars] == ["both", "start", "end", "neither", "both"]
    assert found.bars[1].x + found.bars[1].width == pytest.approx(charts.SPAN_WIDTH, abs=0.2)
    assert found.bars[2].x == 0
    assert charts.spans([None, "../.."]) is None


@pytest.mark.parametrize(
    ("value", "dot", "line", "broken"),
    [
        (7, True, False, False),
        (0, True, False, False),
        (None, False, False, False),
        ({"low": 2, "best": None, "high": None}, True, False, True),
        ({"low": None, "best": None, "high": 9}, False, False, True),
        ({"low": 2, "best": None, "high": 9}, False, True, False),
        ({"low": 2, "best": 5, "high": 9}, True, True, False),
        ({"low": 2, "best": 5, "high": None}, True, True, True),
        ({"low": None, "best": 5, "high": None}, True, False, False),
    ],
)
def test_numbers_are_drawn_as_they_are_claimed(value, dot, line, broken):
    """A number that is not said is a broken line."""
    [found] = charts.ranges([value])
    drawn = (found.dot is not None, bool(found.line), bool(found.broken)) if found else (False,) * 3
    assert drawn == (dot, line, broken)


def test_small_multiples_have_one_scale():
    """Up is what is done to the other or together, down what it does."""
    found = charts.multiples(
        [
            Common("a", "to", 2019, 4),
            Common("a", "together", 2019, 4),
            Common("a", "by", 2021, 2),
            Common("b", "by", None, 3),
        ]
    )
    assert (found.top, found.undated) == (8, 3)
    first, last = found.others["a"].bars
    assert (first.up, first.down, last.up, last.down) == (24, 0, 0, 6)
    assert (found.others["b"].by, found.others["b"].bars) == (3, [])
    assert charts.multiples([]) is None


# Numbers of lists.

FILTERS = [
    *("", "status=disputed,denied", "type=assault", "retracted=include", "retracted=only"),
    *("datetime=2021-08", "datetime=2021-08-20/2021-08-24", "datetime=2021/..", "datetime=../2020"),
    "datetime=2021-08&datetime_match=certain",
    *("datetime=2021-08-22T10:00:00Z/2021-08-23T10:00:00Z", "bbox=60,29,75,39"),
    *("bbox=170,-30,-170,10", "near=69,35&radius=500", "modality=planned", "country=AF"),
    *("filter=type='assault' OR version=1", "filter=starts_on >= DATE('2021-08-22')"),
    *("q=seized", "fatalities_min=1", "dataset=nowhere", "status=disputed&datetime=2021"),
]


def ask(client, text):
    """Draw what a list's parameters find, in a request; and count it as the list does."""
    filters = dict(pair.split("=", 1) for pair in text.split("&") if pair)
    with client.application.test_request_context("/events"):
        return places_of(filters, filters.get("bbox")), times_of(filters), total(client, filters)


def total(client, filters):
    """Give the total of a list."""
    asked = {**filters, "limit": 1, "fields": "id", "total": "exact"}
    answer = client.get("/v1/events", query_string=asked)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["total"]


def drawn_or_beside(times):
    """Sum up all events of a timeline."""
    line = times.timeline
    if line is None:
        return times.undated + times.endless
    beside = sum(each.events for each in (line.earlier, line.later) if each)
    certain = sum(bar.certain for bar in line.bars)
    return times.undated + times.endless + line.open + line.vague + beside + line.possible + certain


@pytest.mark.parametrize("text", FILTERS)
def test_pictures_sum_up_to_the_list(truth, text):
    """Each event that is listed is on the map or beside it, and in the timeline or beside it."""
    places, times, listed = ask(truth.client, text)
    assert places.total == times.total == listed
    if places.map:
        shown = sum(dot.events for dot in places.map.dots)
        assert shown + places.outside == places.events
    assert sum(each.records for each in places.located) <= places.events
    assert drawn_or_beside(times) == listed


@pytest.mark.parametrize("text", ["", "status=disputed,denied", "datetime=2021-08", "country=AF"])
def test_pictures_sum_up_to_the_list_of_then(truth, text):
    """As of an instant, so do those of the records as they were."""
    created = sorted(each["created_at"] for each in truth.all["events"].values())
    then = created[len(created) // 2]
    connection = truth.client.application.extensions["pool"].getconn()
    filters = dict(pair.split("=", 1) for pair in text.split("&") if pair)
    with truth.client.application.test_request_context("/events"):
        listed = total(truth.client, {**filters, "as_of": then})
        with entered(connection, datetime.fromisoformat(then)):
            assert database() is connection
            places, times = places_of(filters), times_of(filters)
    assert places.total == times.total == listed
    assert listed < total(truth.client, filters)


@pytest.mark.parametrize(
    "text", ["", "type=assault,protest", "datetime=2021/..", "datetime=../2022"]
)
def test_a_band_asks_for_its_own_events(truth, text):
    """As many are listed as it has been drawn for, whatever else is asked for."""
    filters = dict(pair.split("=", 1) for pair in text.split("&") if pair)
    _, times, _ = ask(truth.client, text)
    line = times.timeline
    assert line.bands
    for row in [*line.ended[:12], *(band.of for band in line.bands)]:
        assert total(truth.client, {**filters, **row.link}) == row.events, row


def test_places_without_coordinates_are_counted_beside(client):
    """They are no dots, and are named; so is what has no place at all."""
    records = Records(client)
    without = records.make("locations", name="Somewhere")
    within = records.make("locations", name="There", point=[69, 35])
    shaped = {"type": "Polygon", "coordinates": [[[60, 30], [70, 30], [70, 38], [60, 30]]]}
    country = records.make("locations", name="Land", kind="country", geometry=shaped)
    for location, number in ((without, 3), (within, 2), (country, 1), (None, 4)):
        for _ in range(number):
            records.make("events", location_id=location)
    places, times, listed = ask(client, "")
    assert (places.events, places.places, places.nowhere, listed) == (3, 2, 4, 10)
    assert [(each.names, each.records) for each in places.unlocated] == [(["Somewhere"], 3)]
    assert (places.unlocated_events, places.unlocated_places) == (3, 1)
    dot, ring = places.map.dots
    assert (dot.names, dot.area, ring.names, ring.area) == ("There", False, "Land", True)
    assert times.undated == 10
    assert times.timeline is None


def test_counterparts_are_counted_as_in_the_network(truth):
    """With each of them, as many events in all as its network has links."""
    client = truth.client
    for actor in [*truth.all["actors"]][:6]:
        network = client.get(f"/v1/actors/{actor}/network?limit=200")
        if network.status_code != 200:
            continue
        known = {}
        for link in network.get_json()["links"]:
            other = link["target"] if link["source"] == actor else link["source"]
            if other != actor:
                way = "together"
                if link["relation"] == "toward":
                    way = "to" if link["source"] == actor else "by"
                known[other, way] = link["count"] + link["possible"]
        with client.application.test_request_context("/actors"):
            found = years_with(actor, [other for other, _ in known])
        if found:
            rows = found.others.items()
            got = {(other, way): getattr(one, way) for other, one in rows for way in charts.WAYS}
            assert {key: number for key, number in got.items() if number} == known


@pytest.mark.parametrize(
    "text", ["", "bbox=170,-30,-170,10", "dataset=nowhere", "datetime=2021-08"]
)
def test_pictures_are_written_without_style_and_script(truth, text):
    """Each link has its words, each picture its table, and names are escaped."""
    template = TEMPLATES.from_string(
        "{% import 'pictures/timeline.html' as time with context %}"
        "{% import 'pictures/map.html' as map with context %}"
        "{{ time.timeline(times) }}{{ map.places(places, filters) }}"
    )
    filters = dict(pair.split("=", 1) for pair in text.split("&") if pair)
    with truth.client.application.test_request_context("/events", query_string=filters):
        places, times = places_of(filters, filters.get("bbox")), times_of(filters)
        written = template.render(places=places, times=times, filters=filters)
    assert "style=" not in written
    assert "<script" not in written
    for link in re.findall(r"<a [^>]*>(?:(?!</a>).)*</a>", re.sub(r"\s+", " ", written)):
        assert re.search(r"<title>.*</title>|>[^<]*\w", link), link
    assert written.count('<svg class="chart') == bool(places.map) + bool(times.timeline)
    assert written.count("<details") >= bool(times.timeline)


def test_small_charts_are_written():
    """Each has what it draws; one that draws nothing is empty."""
    template = TEMPLATES.from_string(
        "{% import 'pictures/charts.html' as charts with context %}"
        "{{ charts.span_defs() }}{{ charts.span_ticks(spans) }}"
        "{% for bar in spans.bars %}[{{ charts.span(spans, loop.index0) }}]{% endfor %}"
        "{% for one in ranges %}[{{ charts.range(one) }}]{% endfor %}"
        "{{ charts.multiple(multiples.others.a) }}"
    )
    common = [Common("a", "to", 2019, 4), Common("a", "by", 2021, 2)]
    written = template.render(
        spans=charts.spans(["2010/2012", "2011/..", "../2011", None]),
        ranges=charts.ranges([7, None, {"low": 2, "best": None, "high": None}]),
        multiples=charts.multiples(common),
    )
    for each in ("start", "end", "neither"):
        assert f"url(#span-{each})" in written
        assert f'id="span-{each}"' in written
    assert "[]" in written
    assert 'class="range open"' in written
    assert 'aria-label="4 to them, 2 by them, 0 together"' in written
    assert "style=" not in written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        *((0, "0"), (999, "999"), (1_000, "1k"), (8_499, "8.4k"), (31_000, "31k")),
        *((202_999, "202k"), (999_999, "999k"), (1_250_000, "1.2M"), (9_990, "9.9k")),
    ],
)
def test_numbers_in_dots_are_short(number, written):
    """They have room for four letters at the most."""
    assert short(number) == written
