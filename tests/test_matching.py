"""Matching over HTTP: find before you write, scored and explained."""

from datetime import date, timedelta

import pytest
from support.service import key_of

CURRENT = {"If-Match": "*"}


@pytest.fixture
def match(panjshir):
    """Give a function that asks for candidates, and gives them for each query."""

    def ask(resource, *queries, **more):
        answer = panjshir.post(f"/v1/{resource}/match", json={"queries": queries, **more})
        assert answer.status_code == 200, answer.get_json()
        return [result["candidates"] for result in answer.get_json()["results"]]

    return ask


def seeds(candidates):
    """Give the seed ids of candidates, in their order."""
    return [each["external_ids"]["seed"] for each in candidates]


def test_an_actor_is_matched_and_explained(match):
    """A candidate comes with its score, what made it, and enough to judge it by."""
    [[first, *others]] = match("actors", {"name": "Ahmed Masud", "kind": "person"})
    assert first["name"] == "Ahmad Massoud"
    assert first["features"] == {
        "name": 0.978,
        "kind": 1.0,
        "sector": None,
        "country": None,
        "external_ids": None,
    }
    assert first["score"] == pytest.approx((6 * 0.978 + 1) / 7, abs=0.001)
    assert seeds(others) == ["ahmad-shah-massoud"]
    assert others[0]["score"] < first["score"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "ذبیح الله مجاهد"}, "mujahid"),
        ({"name": "Khalilur Rahman Haqqani"}, "haqqani"),
        ({"name": "Халил Рахман Хаккани"}, "haqqani"),
        ({"name": "N.R.F.", "names": [{"name": "National Resistance Front"}]}, "nrf"),
        ({"names": [{"name": "Taleban"}]}, "taliban"),
        ({"external_ids": {"seed": "saleh"}}, "saleh"),
        ({"name": "Amrulah Salih", "external_ids": {"seed": "saleh"}}, "saleh"),
        ({"name": "Massoud", "external_ids": {"seed": "ahmad-shah-massoud"}}, "ahmad-shah-massoud"),
    ],
)
def test_actors_are_matched(match, query, found):
    """Names in any spelling, or an external id, find the actor that is meant first."""
    [candidates] = match("actors", query)
    assert seeds(candidates)[0] == found


def test_unknown_is_neither_for_nor_against(match):
    """What either side does not know is null, and leaves the score as it is."""
    [[named], [known], [other]] = match(
        "actors",
        {"name": "Zabiullah Mujahed"},
        {"name": "Zabiullah Mujahed", "kind": "person"},
        {"name": "Zabiullah Mujahed", "kind": "organization"},
        limit=1,
    )
    assert named["features"]["kind"] is None
    assert (known["features"]["kind"], other["features"]["kind"]) == (1, 0)
    assert named["score"] == named["features"]["name"]
    assert other["score"] < named["score"] < known["score"]


def test_places_are_matched_by_more_than_where_they_are(match, found):
    """Distance and containment narrow names, but nothing is found by them alone."""
    afghanistan, valley = found("locations", "afghanistan"), found("locations", "panjshir")
    where = {"point": valley["point"] or [69.5, 35.3], "within": afghanistan["id"]}
    [called, elsewhere, nameless] = match(
        "locations",
        {"name": "Panjsher Valley", **where},
        {"name": "Kaboul", "kind": "populated_place", "country": "AF"},
        {"external_ids": {"seed": "nothing"}, **where},
    )
    assert seeds(called)[0] == "panjshir"
    assert called[0]["features"]["within"] == 1
    assert called[0]["features"]["distance"] == (1 if valley["point"] else None)
    assert seeds(elsewhere)[0] == "kabul"
    assert elsewhere[0]["features"]["country"] == 1
    assert nameless == []


def test_an_event_is_matched_and_explained(match, found):
    """An event is told by its title, type, days, place and who took part."""
    siege = found("events", "E1")
    query = {
        "title": "Siege of Panjshir Valley",
        "type": siege["type"],
        "date": siege["date"],
        "location_id": siege["location_id"],
        "country": "AF",
        "participants": [{"name": "Taleban", "role": "initiator"}],
    }
    [[first, *others]] = match("events", query)
    assert first["external_ids"] == {"seed": "E1"}
    assert first["title"] == siege["title"]
    features = first["features"]
    assert (features["type"], features["date"], features["place"]) == (1, 1, 1)
    assert features["mode"] is None
    assert features["participants"] > 0.9
    assert all(other["score"] < first["score"] for other in others)


def test_time_and_place_alone_are_no_match(match, found):
    """Where nothing but when and where agrees, there is no candidate."""
    siege = found("events", "E1")
    there = {"date": siege["date"], "location_id": siege["location_id"]}
    [untold, typed] = match(
        "events",
        {**there, "type": "aid", "title": "Handing out of blankets"},
        {**there, "type": siege["type"]},
        threshold=0,
    )
    assert all(each["features"]["type"] == 1 or told(each) for each in untold)
    [[other]] = match("events", {**there, "type": siege["type"], "title": "Blankets"}, limit=1)
    assert other["features"]["title"] == 0
    assert "E1" not in seeds(untold)
    assert "E1" in seeds(typed)


def told(candidate):
    """Tell whether the title of a candidate agrees."""
    return (candidate["features"]["title"] or 0) >= 0.5


def test_days_and_roles_count(match, found):
    """Days far off and other roles lower the score; who took part is found without a date."""
    siege, taliban = found("events", "E1"), found("actors", "taliban")
    part = {"participants": [{"actor_id": taliban["id"], "role": "initiator"}]}
    victim = {"participants": [{"actor_id": taliban["id"], "role": "victim"}]}
    asked = [
        {"type": siege["type"], **part},
        {"type": siege["type"], "date": "2021-08", **part},
        {"type": siege["type"], "date": "2021-09-15", **part},
        {"type": siege["type"], **victim},
    ]
    scores = [
        next(each["score"] for each in candidates if each["external_ids"]["seed"] == "E1")
        for candidates in match("events", *asked, limit=50, threshold=0)
    ]
    assert scores[0] == 1
    assert scores[1] > scores[2]
    assert scores[3] < 1


def test_days_that_touch_overlap(match, found):
    """Periods with one day in common are closer than those that only follow on each other."""
    siege = found("events", "E1")
    day = date.fromisoformat(siege["starts_on"])
    before = f"{day - timedelta(days=9)}/{{}}"
    typed = {"type": siege["type"], "title": siege["title"]}
    touching, apart = (
        next(each for each in candidates if each["external_ids"]["seed"] == "E1")
        for candidates in match(
            "events",
            {**typed, "date": before.format(day)},
            {**typed, "date": before.format(day - timedelta(days=1))},
            threshold=0,
        )
    )
    assert touching["features"]["date"] > 0.5 > apart["features"]["date"]


def test_what_is_gone_is_no_candidate(match, panjshir, found):
    """Withdrawn and retracted records are left out, and other datasets where some are named."""
    panjshir.put("/v1/datasets/more", json={})
    sent = {"dataset": "more", "name": "Zabihullah Mujahed"}
    address = panjshir.post("/v1/actors", json=sent).headers["Location"]
    asked = {"name": "Zabihullah Mujahed"}
    assert len(match("actors", asked)[0]) == 2
    assert len(match("actors", asked, dataset=["more"])[0]) == 1
    assert match("actors", asked, dataset=["none"]) == [[]]
    assert panjshir.delete(address, headers=CURRENT).status_code == 204
    assert seeds(match("actors", asked)[0]) == ["mujahid"]
    connection = panjshir.application.extensions["pool"].getconn()
    connection.execute("UPDATE actors SET retracted = true WHERE name = 'Zabihullah Mujahid'")
    assert match("actors", asked) == [[]]


def test_results_come_in_the_order_of_the_queries(match):
    """Each query has a result, though nothing is found for it; `limit` and `threshold` cut."""
    names = ["Taliban", "Nobody At All", "Ahmad Massoud", "Taliban"]
    results = match("actors", *({"name": name} for name in names), limit=1)
    assert [len(candidates) for candidates in results] == [1, 0, 1, 1]
    assert results[0] == results[3]
    [strict] = match("actors", {"name": "Ahmad Massoud"}, threshold=0.95)
    assert len(strict) == 1


@pytest.mark.parametrize(
    ("resource", "body", "found"),
    [
        ("actors", {}, {("/queries", "required")}),
        ("actors", {"queries": []}, {("/queries", "invalid")}),
        ("actors", {"queries": [{"name": "a"}] * 501}, {("/queries", "invalid")}),
        ("actors", {"queries": [{"kind": "person"}]}, {("/queries/0", "required")}),
        (
            "actors",
            {"queries": [{"name": "a"}, {"name": 1, "kind": "human", "colour": "red"}]},
            {
                ("/queries/1/name", "invalid"),
                ("/queries/1/kind", "unknown"),
                ("/queries/1/colour", "unknown"),
            },
        ),
        (
            "actors",
            {"queries": [{"name": "a"}], "limit": 51, "threshold": 2, "dataset": ["No Slug"]},
            {("/limit", "invalid"), ("/threshold", "invalid"), ("/dataset/0", "form")},
        ),
        (
            "locations",
            {"queries": [{"name": "a", "point": [200, 0], "within": "x"}]},
            {("/queries/0/point", "point"), ("/queries/0/within", "uuid")},
        ),
        (
            "events",
            {"queries": [{"type": "aid"}] * 3 + [{"type": "x", "date": "tomorrow"}]},
            {("/queries/3/type", "unknown"), ("/queries/3/date", "edtf")},
        ),
        (
            "events",
            {"queries": [{"date": "2021", "point": [69, 35]}]},
            {("/queries/0", "required")},
        ),
        (
            "events",
            {"queries": [{"participants": [{"role": "victim"}]}]},
            {("/queries/0/participants/0", "required")},
        ),
    ],
)
def test_every_fault_is_told(panjshir, resource, body, found):
    """Every fault of every query is told by its pointer."""
    answer = panjshir.post(f"/v1/{resource}/match", json=body)
    assert answer.status_code == 422
    assert {(fault["pointer"], fault["code"]) for fault in answer.get_json()["errors"]} == found


@pytest.mark.parametrize("resource", ["actors", "locations", "events"])
def test_matching_is_reading(panjshir_world, loaded, resource):
    """A key that may only read may match; nothing is written."""
    client = panjshir_world.application.test_client()
    client.secret = key_of(loaded, "read")
    sent = {"queries": [{"type": "aid"}] if resource == "events" else [{"name": "Taliban"}]}
    assert client.post(f"/v1/{resource}/match", json=sent).status_code == 200


def test_as_many_as_may_be_asked(match):
    """500 queries are answered at once."""
    assert len(match("actors", *[{"name": f"Massoud {n}"} for n in range(500)])) == 500
    assert len(match("events", *[{"type": "coerce", "date": "2021-08-22"}] * 500)) == 500
