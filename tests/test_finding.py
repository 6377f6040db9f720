"""Finding over HTTP: whatever is asked for together, lists find what reading record by record does.

What a list ought to find is told in Python, from each record as it is read by its id: that is
another way than the SQL goes, from days to distances.
"""

import random

import pytest
from support.lists import walk
from support.parameters import parameters
from support.resources import RECORDS
from support.truth import BOXES, CIRCLES, SEED, filters, held, values

OWN = {
    resource: parameters(resource)["sort"]["schema"]["enum"][0].removeprefix("-")
    for resource in RECORDS
}
"""The order that is each resource's own."""


@pytest.mark.parametrize(
    ("resource", "name"), [(resource, name) for resource in RECORDS for name in filters(resource)]
)
def test_each_filter(truth, resource, name):
    """A filter finds what it says, and nothing else, in both directions, page by page."""
    drawn = random.Random(f"{SEED} {resource} {name}")  # noqa: S311 - the same each time
    found = 0
    for turn in range(6):
        query, asked = values(truth, resource, name, drawn)
        found += held(truth, resource, query, asked, ("-" if turn % 2 else "") + OWN[resource])
    assert found


@pytest.mark.parametrize("where", [*BOXES, *CIRCLES], ids=str)
def test_each_place(truth, where):
    """A box or a circle finds what lies there, at the poles and the antimeridian too."""
    if len(where) == 4:
        query, asked = {"bbox": ",".join(map(str, where))}, {"bbox": where}
    else:
        query = {"near": f"{where[0]},{where[1]}", "radius": str(where[2])}
        asked = {"near": where}
    for resource in ("locations", "events"):
        held(truth, resource, query, asked, OWN[resource])
        held(truth, resource, query, asked, f"-{OWN[resource]}")
        certain = {"location_match": "certain"}
        held(truth, resource, query | certain, asked | certain, OWN[resource])


@pytest.mark.parametrize(
    "box", [(170, 80, 180, 90), (-180, 80, -170, 90), (180, 80, 180, 90), (180, 80, -180, 90)]
)
def test_the_180th_meridian(truth, box):
    """What lies at 180 degrees east lies at 180 degrees west: either way, a box touches it."""
    query = {"bbox": ",".join(map(str, box))}
    for resource in ("locations", "events"):
        assert held(truth, resource, query, {"bbox": box}, OWN[resource])


def test_a_record_that_fits_twice_takes_one_place(client):
    """Who takes part in an event in two roles is found in it once, and a page is filled up."""
    client.put("/v1/datasets/d", json={})
    where = client.post("/v1/actors", json={"dataset": "d", "name": "a"}).headers["Location"]
    one = {"actor_id": where.rpartition("/")[2]}
    twice = [{**one, "role": "initiator"}, {**one, "role": "target"}]
    sent = {"dataset": "d", "type": "other", "date": "2021", "participants": twice}
    made = {client.post("/v1/events", json=sent).get_json()["id"] for _ in range(8)}
    path = f"/v1/events?actor={one['actor_id']}&limit=3&fields=id"
    pages = [[event["id"] for event in page] for page in walk(client, path)]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert {event for page in pages for event in page} == made


@pytest.mark.parametrize("number", range(40))
@pytest.mark.parametrize("resource", RECORDS)
def test_filters_together(truth, resource, number):
    """Two or three filters find what each of them does, whichever index is read."""
    drawn = random.Random(f"{SEED} {resource} {number}")  # noqa: S311 - the same each time
    query, asked = {}, {}
    for name in drawn.sample(filters(resource), drawn.choice([2, 2, 3])):
        written, meant = values(truth, resource, name, drawn)
        query |= written
        asked |= meant
    held(truth, resource, query, asked, drawn.choice(["-", ""]) + OWN[resource])
    held(truth, resource, query, asked, drawn.choice(["-", ""]) + "created_at")
