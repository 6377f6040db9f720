"""Networks, dyads and timelines over HTTP, held against the same counted in Python."""

import re
from collections import Counter
from io import BytesIO
from itertools import combinations, product
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from support.lists import walk
from support.records import Records
from support.resources import NOBODY
from support.truth import FIRST, bounds, dated, days, overlap

from schemas.fields.parameters import cursor

UNSAID = {
    "hypothetical": "not_actual",
    "denied": "denied",
    "refuted": "refuted",
    "retracted": "retracted",
}


@pytest.fixture
def records(client):
    """Give a service with a dataset and nothing in it."""
    return Records(client)


def looked_at(truth, asked):
    """Tell which events are counted, and how many are not, by why."""
    every = {**asked, "retracted": asked.get("retracted", "include")}
    found = [one for one in truth.all["events"].values() if truth.fits("events", one, every)]
    without = {"denied", "refuted"} if "status" not in asked else set()
    without |= {"hypothetical"} if not {"status", "modality"} & asked.keys() else set()
    without |= {"retracted"} if "retracted" not in asked else set()
    status = {one["id"]: one["attestation"]["status"] for one in found}
    if "hypothetical" in without and "retracted" not in without:
        # What is retracted, and was planned, is asked for only as what is retracted.
        status |= {one["id"]: "hypothetical" for one in found if one["modality"] != "actual"}
    statuses = Counter(status.values())
    left_out = {name: statuses[each] if each in without else 0 for each, name in UNSAID.items()}
    return [one for one in found if status[one["id"]] not in without], left_out


def certainly(truth, event, asked):
    """Tell whether an event lies wholly within what is asked for."""
    if "datetime" not in asked:
        return True
    when = {"datetime": asked["datetime"], "datetime_match": "certain", "retracted": "include"}
    return truth.fits("events", event, when)


def summed(truth, events, asked):
    """Sum up events that have something in common."""
    certain = sum(certainly(truth, each, asked) for each in events)
    begins = [each["starts_on"] for each in events if each["starts_on"]]
    ends = [each["ends_on"] or each["starts_on"] for each in events]
    return {
        "count": certain,
        "possible": len(events) - certain,
        "disputed": sum(each["attestation"]["status"] == "disputed" for each in events),
        "types": dict(Counter(each["type"] for each in events)),
        "first": min(begins, default=None),
        "last": max(filter(None, ends), default=None),
    }


def those(event, *roles):
    """Name the actors that have one of the roles in an event, or any."""
    return {
        one["actor_id"]
        for one in event["participants"] or ()
        if one["actor_id"] and (not roles or one["role"] in roles)
    }


def unnamed(events, *roles):
    """Count participants that are no actors."""
    return sum(
        one["actor_id"] is None and (not roles or one["role"] in roles)
        for each in events
        for one in each["participants"] or ()
    )


def get(truth, path, query, **more):
    """Ask, and give the answer."""
    answer = truth.client.get(f"{path}?{urlencode({**query, **more})}")
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


ASKED = [
    ({}, {}),
    ({"type": "assault,protest"}, {"type": {"assault", "protest"}}),
    ({"country": "AF"}, {"country": {"AF"}}),
    ({"bbox": "60,29,75,39"}, {"bbox": (60, 29, 75, 39)}),
    ({"disputed_on": "occurrence"}, {"disputed_on": {"occurrence"}}),
    ({"modality": "planned"}, {"modality": {"planned"}}),
    ({"status": "confirmed,disputed"}, {"status": {"confirmed", "disputed"}}),
    ({"retracted": "include"}, {"retracted": "include"}),
    ({"retracted": "only", "side": "a"}, {"retracted": "only", "side": {"a"}}),
    ({"datetime": "2021-08"}, {"datetime": ("2021-08", "2021-08-01", "2021-08-31")}),
    ({"datetime": "2021"}, {"datetime": ("2021", "2021-01-01", "2021-12-31")}),
    (
        {"country": "AF", "datetime": "2021-08"},
        {"country": {"AF"}, "datetime": ("2021-08", "2021-08-01", "2021-08-31")},
    ),
    (
        {"datetime": "2021", "datetime_match": "certain"},
        {"datetime": ("2021", "2021-01-01", "2021-12-31"), "datetime_match": "certain"},
    ),
]
"""What is asked for: as it is written, and what it means."""


@pytest.mark.parametrize(("query", "asked"), ASKED)
def test_dyads(truth, query, asked):
    """Each pair of initiator and target has the events that match, and no others."""
    events, left_out = looked_at(truth, asked)
    pairs = {}
    for each in events:
        for pair in product(those(each, "initiator"), those(each, "target")):
            pairs.setdefault(pair, []).append(each)
    expected = {pair: summed(truth, common, asked) for pair, common in pairs.items()}
    found = get(truth, "/v1/events/dyads", query, limit=1_000)
    told = {(one["initiator"]["id"], one["target"]["id"]): one for one in found["items"]}
    assert len(told) == len(found["items"])
    assert {
        pair: {name: one[name] for name in expected[pair]} for pair, one in told.items()
    } == expected
    assert expected or "retracted" in asked
    assert found["others"] is None
    left_out["unnamed"] = unnamed(events, "initiator", "target")
    assert found["left_out"] == left_out
    few = get(truth, "/v1/events/dyads", query, limit=2)
    assert few["items"] == found["items"][:2]
    rest = found["items"][2:]
    names = ("count", "possible", "disputed")
    assert few["others"] == (
        {"dyads": len(rest), **{name: sum(one[name] for one in rest) for name in names}}
        if rest
        else None
    )


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("count", lambda one: one["count"] + one["possible"]),
        ("disputed", lambda one: one["disputed"]),
        ("first", lambda one: one["first"] or "~"),
        ("last", lambda one: one["last"] or "~"),
    ],
)
def test_orders_of_dyads(truth, order, key):
    """Dyads come in the order asked for, either way; what is not known comes last."""
    upward = [key(one) for one in get(truth, "/v1/events/dyads", {"order": order})["items"]]
    assert upward == sorted(upward)
    found = get(truth, "/v1/events/dyads", {"order": f"-{order}"})["items"]
    known = [key(one) for one in found if key(one) != "~"]
    assert known == sorted(known, reverse=True)


def network_of(truth, events, actor, depth, asked):
    """Count a network: its nodes, by distance and events, and its links."""
    near = set().union(*(those(each) for each in events if actor in those(each)), {actor})
    expanded = near if depth == 2 else {actor}
    own = [each for each in events if those(each) & expanded]
    weights = Counter(one for each in own for one in those(each))
    links = {}
    for each in own:
        acts, suffers = those(each, "initiator"), those(each, "target")
        for pair in product(acts, suffers):
            links.setdefault((*pair, "toward"), []).append(each)
        for one, other in combinations(sorted(those(each)), 2):
            if not ((one in acts and other in suffers) or (other in acts and one in suffers)):
                links.setdefault((one, other, "together"), []).append(each)
    return (
        {one: (weights[one], 0 if one == actor else 1 if one in near else 2) for one in weights},
        {
            link: summed(truth, common, asked)
            for link, common in links.items()
            if {*link[:2]} & expanded
        },
    )


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize(("query", "asked"), [ASKED[0], ASKED[1], ASKED[9]])
def test_networks(truth, query, asked, depth):
    """The network of an actor is what its events, and those of its neighbours, come to."""
    events, _ = looked_at(truth, asked)
    for actor in [*truth.all["actors"]][-14::4]:
        nodes, links = network_of(truth, events, actor, depth, asked)
        found = get(truth, f"/v1/actors/{actor}/network", query, depth=depth, limit=500)
        shown = {one["id"]: one for one in found["nodes"]}
        assert {one: (it["count"], it["distance"]) for one, it in shown.items()} == nodes
        assert all(it["name"] == truth.all["actors"][one]["name"] for one, it in shown.items())
        assert [one["id"] for one in found["nodes"]] == sorted(
            nodes, key=lambda one: (nodes[one][1], -nodes[one][0], one)
        )
        assert {
            (one["source"], one["target"], one["relation"]): {
                name: one[name]
                for name in ("count", "possible", "disputed", "types", "first", "last")
            }
            for one in found["links"]
        } == links
        assert found["others"] is None
        few = get(truth, f"/v1/actors/{actor}/network", query, depth=depth, limit=3)
        assert len(few["nodes"]) == min(3, len(nodes))
        if depth == 1:  # else, those that are not shown are not looked at either
            assert few["others"] == ({"nodes": len(nodes) - 3} if len(nodes) > 3 else None)
        kept = {one["id"] for one in few["nodes"]}
        assert all({one["source"], one["target"]} <= kept for one in few["links"])


def test_what_a_network_leaves_out(truth):
    """What is left out is told of the events of the actor alone."""
    actor = [*truth.all["actors"]][-1]
    asked = {"actor": {actor}}
    events, left_out = looked_at(truth, asked)
    found = get(truth, f"/v1/actors/{actor}/network", {})
    assert found["left_out"] == {**left_out, "unnamed": unnamed(events)}
    assert left_out["not_actual"]


def test_an_actor_without_events(records):
    """Who takes part in nothing is alone in the network; one that never was has none."""
    actor = records.make("actors", name="A hermit")
    found = records.read("actors", f"{actor}/network")
    assert [(one["name"], one["count"], one["expanded"]) for one in found["nodes"]] == [
        ("A hermit", 0, True)
    ]
    assert (found["links"], found["others"]) == ([], None)
    assert records.read("actors", f"{actor}/timeline")["items"] == []
    for view in ("network", "network.graphml", "timeline"):
        assert records.client.get(f"/v1/actors/{NOBODY}/{view}").status_code == 404


def test_as_it_was_and_as_it_was_merged(records):
    """What an instant knew stays as it was; a merged actor is the one that it was merged into."""
    one, other, third = (records.make("actors", name=name) for name in ("One", "Other", "Third"))
    part = [{"actor_id": one, "role": "initiator"}, {"actor_id": other, "role": "target"}]
    event = records.make("events", participants=part, date="2021-08-22")
    paths = ("/v1/events/dyads", f"/v1/actors/{one}/network", f"/v1/actors/{one}/timeline")
    before, instant = [records.client.get(path).get_json() for path in paths], records.now()
    records.merge("actors", other, third)
    records.change("events", event, type="aid")
    assert [records.client.get(path).get_json() for path in paths] != before
    then = [records.client.get(path, query_string={"as_of": instant}).get_json() for path in paths]
    assert then == before
    [dyad] = records.client.get(f"/v1/events/dyads?actor={other}").get_json()["items"]
    assert (dyad["target"]["name"], dyad["types"]) == ("Third", {"aid": 1})
    for view in ("network", "network.graphml", "timeline"):
        answer = records.client.get(f"/v1/actors/{other}/{view}?limit=7")
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"/v1/actors/{third}/{view}?limit=7"


def test_twice_in_one_role(records):
    """Whoever takes part twice is in one event all the same, and may act toward itself."""
    one = records.make("actors", name="One")
    roles = ("initiator", "initiator", "target")
    records.make("events", participants=[{"actor_id": one, "role": role} for role in roles])
    [dyad] = records.client.get("/v1/events/dyads").get_json()["items"]
    assert (dyad["initiator"]["id"], dyad["target"]["id"], dyad["count"]) == (one, one, 1)
    [link] = records.read("actors", f"{one}/network")["links"]
    assert (link["source"], link["target"], link["relation"]) == (one, one, "toward")


def graph(client, path):
    """Read GraphML as networkx does."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/graphml+xml"
    return nx.read_graphml(BytesIO(answer.data), force_multigraph=True), answer.data


@pytest.mark.parametrize("depth", [1, 2])
def test_graphml_of_a_network(truth, depth):
    """A reader of GraphML finds the same nodes and links, with their weights."""
    actor = [*truth.all["actors"]][-1]
    path, query = f"/v1/actors/{actor}/network", {"depth": depth, "datetime": "2021"}
    found = get(truth, path, query)
    read, _ = graph(truth.client, f"{path}.graphml?{urlencode(query)}")
    assert read.is_directed()
    assert {(one, its["label"], its["count"]) for one, its in read.nodes(data=True)} == {
        (one["id"], one["name"], one["count"]) for one in found["nodes"]
    }
    assert sorted(
        (source, target, its["relation"], its["weight"], its.get("type_assault", 0))
        for source, target, its in read.edges(data=True)
    ) == sorted(
        (
            one["source"],
            one["target"],
            one["relation"],
            float(one["count"] + one["possible"]),
            one["types"].get("assault", 0),
        )
        for one in found["links"]
    )


def test_graphml_of_dyads(truth):
    """The actors of the dyads are its nodes, and the dyads its edges."""
    found = get(truth, "/v1/events/dyads", {"type": "assault"})["items"]
    read, _ = graph(truth.client, "/v1/events/dyads.graphml?type=assault")
    assert {(source, target) for source, target, _ in read.edges(data=True)} == {
        (one["initiator"]["id"], one["target"]["id"]) for one in found
    }
    assert sum(its["weight"] for *_, its in read.edges(data=True)) == sum(
        one["count"] + one["possible"] for one in found
    )


GEPHI_TYPES = {"boolean", "int", "long", "float", "double", "string"}
"""The types of attributes that Gephi's importer of GraphML knows."""


def test_graphml_is_what_gephi_reads(records):
    """Every attribute is declared, every end of an edge is a node, and every character is XML's."""
    name = "A \u0001 <b> & \ufffe \U0001f600 \u202e'\""
    one, other = records.make("actors", name=name), records.make("actors", name="ب")
    part = [{"actor_id": one, "role": "initiator"}, {"actor_id": other, "role": "mediator"}]
    records.make("events", participants=part, date="2021-08-22")
    read, text = graph(records.client, f"/v1/actors/{one}/network.graphml")
    assert {its["label"] for _, its in read.nodes(data=True)} == {
        re.sub("[\u0001\ufffe]", "\ufffd", name),
        "ب",
    }
    root = ET.fromstring(text)  # noqa: S314 - it is our own
    assert root.tag == "{http://graphml.graphdrawing.org/xmlns}graphml"
    space = {"": "http://graphml.graphdrawing.org/xmlns"}
    keys = {key.get("id"): key for key in root.findall("key", space)}
    assert {key.get("attr.type") for key in keys.values()} <= GEPHI_TYPES
    [drawn] = root.findall("graph", space)
    assert drawn.get("edgedefault") == "directed"
    nodes = {node.get("id") for node in drawn.findall("node", space)}
    edges = drawn.findall("edge", space)
    assert len({edge.get("id") for edge in edges}) == len(edges) == 1
    assert all({edge.get("source"), edge.get("target")} <= nodes for edge in edges)
    for part in (*drawn.findall("node", space), *edges):
        for data in part.findall("data", space):
            assert keys[data.get("key")].get("for") == part.tag.rpartition("}")[2]


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/v1/events/dyads?order=size&limit=0&contry=AF", {"order", "limit", "contry"}),
        ("/v1/events/dyads?cursor=x&sort=type", {"cursor", "sort"}),
        ("/v1/events/dyads.graphml?type=war", {"type"}),
        (f"/v1/actors/{NOBODY}/network?depth=3&limit=501", {"depth", "limit"}),
        (f"/v1/actors/{NOBODY}/timeline?kind=document&sort=name", {"kind", "sort"}),
    ],
)
def test_what_cannot_be_asked(client, path, wrong):
    """All faults are told at once, each by its parameter."""
    answer = client.get(path)
    assert answer.status_code == 400
    assert {each["parameter"] for each in answer.get_json()["errors"]} == wrong


def timeline_of(truth, actor, kinds, when):
    """List what an actor did, said and was: the key of each entry, and its parts."""
    found = []
    for one in truth.all["events"].values() if "event" in kinds else ():
        roles = [each["role"] for each in one["participants"] or () if each["actor_id"] == actor]
        found.append(("event", one["id"], one, {*roles}))
    for one in truth.all["statements"].values() if "statement" in kinds else ():
        parts = {
            "speaker": one["speaker_id"] == actor,
            "on_behalf_of": one["on_behalf_of_id"] == actor,
            "addressee": actor in one["addressee_ids"] or (),
            "carrier": actor in {step["actor_id"] for step in one["chain"] or ()},
            "about": any(actor in named(claim["value"]) for claim in one["claims"] or ()),
        }
        found.append(("statement", one["id"], one, {name for name in parts if parts[name]}))
    for holder in truth.all["actors"].values() if "affiliation" in kinds else ():
        for position, one in enumerate(holder["affiliations"] or ()):
            part = {holder["id"]: "affiliated", one["actor_id"]: "affiliated_by"}.get(actor)
            if holder["id"] not in truth.retracted or holder["id"] == actor:
                key = f"{holder['id']} {position:05}"
                found.append(("affiliation", key, one, {part} - {None}))
    return {
        (kind, key): (start(one), parts)
        for kind, key, one, parts in found
        if parts and key not in truth.retracted and then(kind, one, when)
    }


def named(value):
    """Give the actor that a claim's value is, or is about."""
    return {value["actor_id"]} if isinstance(value, dict) else {value}


def start(one):
    """Give the first day of an entry."""
    return days(dated(one))[0] if dated(one) else FIRST


def then(kind, one, when):
    """Tell whether an entry may have been on the days asked for."""
    if when is None:
        return True
    if dated(one) is None:
        return kind == "affiliation"
    return overlap(days(dated(one)) if kind == "affiliation" else bounds(one), when)


@pytest.mark.parametrize("sort", ["-starts_on", "starts_on"])
@pytest.mark.parametrize(
    ("query", "kinds", "when"),
    [
        ({}, {"event", "statement", "affiliation"}, None),
        ({"kind": "event"}, {"event"}, None),
        ({"kind": "affiliation,statement"}, {"statement", "affiliation"}, None),
        (
            {"datetime": "2021-08"},
            {"event", "statement", "affiliation"},
            ("2021-08-01", "2021-08-31"),
        ),
    ],
)
def test_timelines(truth, query, kinds, when, sort):
    """Page by page, a timeline has every entry once, in the order of dates."""
    for actor in [*truth.all["actors"]][-14::5]:
        expected = timeline_of(truth, actor, kinds, when)
        path = f"/v1/actors/{actor}/timeline?{urlencode({**query, 'sort': sort, 'limit': 7})}"
        found = [one for page in walk(truth.client, path) for one in page]
        told = [
            (
                one["kind"],
                one["id"] if one["position"] is None else f"{one['id']} {one['position']:05}",
            )
            for one in found
        ]
        order = sorted(expected, key=lambda key: (expected[key][0], *key))
        assert told == (order[::-1] if sort.startswith("-") else order)
        assert [{*one["parts"]} for one in found] == [expected[key][1] for key in told]


def test_what_stands_in_a_timeline(records):
    """Each entry says what it is, in words of its record; a claim may name the actor, too."""
    one, other = records.make("actors", name="One"), records.make("actors", name="Other")
    held = {"actor_id": other, "role": "spokesperson", "title": "spokesman", "date": "2020/.."}
    records.change("actors", one, affiliations=[held])
    part = [{"actor_id": one, "role": "target"}]
    event = records.make("events", title="A raid", date="2021-08-22", participants=part)
    claim = {"event_id": event, "stance": "asserts", "aspect": "responsibility", "value": one}
    said = records.make(
        "statements", text="It was One.", date="2021-08-23", speaker_id=other, claims=[claim]
    )
    found = records.read("actors", f"{one}/timeline")["items"]
    members = ("kind", "id", "parts", "type", "title", "status", "date")
    assert [tuple(each[name] for name in members) for each in found] == [
        ("statement", said, ["about"], "assert", "It was One.", None, "2021-08-23"),
        ("event", event, ["target"], "protest", "A raid", "unattested", "2021-08-22"),
        ("affiliation", one, ["affiliated"], "spokesperson", "spokesman", None, "2020/.."),
    ]
    assert found[2]["other"] == {"id": other, "name": "Other"}
    [_, its] = records.read("actors", f"{other}/timeline")["items"]
    assert (its["parts"], its["other"]) == (["affiliated_by"], {"id": one, "name": "One"})
    wrong = {"cursor": cursor("-starts_on", "yesterday", "event x")}
    answer = records.client.get(f"/v1/actors/{one}/timeline", query_string=wrong)
    assert answer.status_code == 400
    assert {each["parameter"] for each in answer.get_json()["errors"]} == {"cursor"}
