"""What lists must find: each filter once more, in Python."""

import math
import random
import re
import unicodedata
from functools import cache
from itertools import combinations
from urllib.parse import urlencode

from support import cql2
from support.disputes import disputed
from support.lists import walk
from support.parameters import PAGE, parameters
from support.resources import MINIMAL, RECORDS

FIRST, LAST = "0000", "9999~"
"""Before every day and behind every day, as texts are compared."""

CURRENT = {"If-Match": "*"}


SEED = 20_211_122
"""What the choices begin with, so that each run asks the same."""


BELONGING = {"member", "leader", "commander", "spokesperson", "official", "founder", "faction_of"}


DATES = [
    *(None, None, "2021-08-22", "2021-08-22", "2021-08-22", "2021-08-22", "2021-08-21"),
    *("2021-08", "2021-07-22/2021-08-22", "2021-07-21/2021-08-22", "2021-07-21/2021-08-21"),
    *("2021", "2015/2024", "201X", "../2021-08-22", "2021-08-22/..", "../0001-01-01", "19XX"),
    *("2020-02-29", "2021-09-22", "2021-09-23", "0001-01-01", "2021-12-31/9999-12-31", "2021-24"),
]
"""Dates that share days, last a day less or more than a month, for years, or have an open end."""


WHENS = [
    *(("2021-08-22", "2021-08-22", "2021-08-22"), ("2021-08", "2021-08-01", "2021-08-31")),
    *(("2021-08-22/2021-09-22", "2021-08-22", "2021-09-22"), ("../..", None, None)),
    *(("2021", "2021-01-01", "2021-12-31"), ("2021-08-23/..", "2021-08-23", None)),
    *(
        ("../2021-07-31", None, "2021-07-31"),
        ("..", None, None),
        ("1800", "1800-01-01", "1800-12-31"),
    ),
    *(("0001-01-02", "0001-01-02", "0001-01-02"), ("9999-12-31", "9999-12-31", "9999-12-31")),
    *(("2021-08-22/2021-08-23", "2021-08-22", "2021-08-23"), ("../0001", None, "0001-12-31")),
]
"""Intervals as they are asked for: what is written, the first and the last day, None if open."""


SHAPES = [
    *((69, 35, 69, 35), (69.5, 35.5, 69.5, 35.5), (69, 35, 70, 36), (60, 29, 75, 39)),
    *((180, 0, 180, 0), (180, 90, 180, 90), (0, -90, 0, -90), (-179.99, -16.85, -179.99, -16.85)),
    *((177, -20, 182, -12), (179, 60, 190, 72), (100, 50, 340, 80), (-180, -90, 180, -60)),
    *((-180, -90, 180, 90), (-120, 60, 60, 90), (11.999, 11.999, 12, 12), (12, 12, 12.01, 12.01)),
    *((-0.096, 0, 0.096, 0.1), (0, 0, 0, 0), (-180, 89.9, -180, 89.9), (2.4, -2.4, 2.4, -2.4)),
    *((69.01, 35.01, 69.01, 35.01), (69.2, 35.2, 69.25, 35.3), (-179, -18, -178, -17)),
]
"""Boxes of places: west, south, east and north; beyond 180 where they cross the antimeridian."""


BOXES = [
    *((69, 35, 69, 35), (68.9, 34.9, 69.1, 35.1), (-180, -90, 180, 90), (170, -30, -170, 30)),
    *((179.9, -17, -179.9, -16), (0, 0, 1, 1), (-1, -1, 0, 0), (12, 12, 24, 24), (0, 90, 0, 90)),
    *((100, 80, 110, 90), (-180, -90, 180, -89), (-20, 10, -30, 60), (69.02, 35.02, 69.1, 35.1)),
    *((-180, 0, -170, 10), (60, 29, 75, 39), (-100, -80, 100, 80), (-170, -60, -60, 60)),
]
"""Boxes as they are asked for; where west is greater than east, across the antimeridian."""


CIRCLES = [
    *((69, 35, 0.5), (69, 35, 60), (180, 0, 100), (-180, 0, 100), (0, 0, 0), (0, 0, 10_000)),
    *((180, 90, 12), (0, -90, 1_200), (77, 89.5, 300), (179.9, -17, 40), (0, 0, 20_100)),
    *((12, 12, 2), (-69, -35, 3_000), (179, -18, 700), (0, 60, 5_000)),
]
"""Circles: longitude and latitude of the centre, and the radius in kilometres."""


def geometry(west, south, east, north):
    """Draw a box, cut at the antimeridian if it crosses that."""

    def ring(west, east):
        return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]

    if east <= 180:
        return {"type": "Polygon", "coordinates": ring(west, east)}
    return {"type": "MultiPolygon", "coordinates": [ring(west, 180), ring(-180, east - 360)]}


def some(drawn, values, most=3):
    """Choose up to so many of the values, each once."""
    return drawn.sample(values, drawn.randint(0, most))


def made(drawn):  # noqa: C901 - one function for each kind of record
    """Make the records of the world, which name each other by refs."""
    actors = [f"a{i}" for i in range(14)]
    places = [f"l{i}" for i in range(2 * len(SHAPES))]
    papers = [f"d{i}" for i in range(12)]
    happened = [f"e{i}" for i in range(240)]
    countries = ["AF", "UZ", "FJ", None, "SU", "CS", "CSXX"]

    def one(of):
        return drawn.choice([None, *(f"@{name}" for name in of)])

    def common(ref):
        tags = some(drawn, ["red", "green", "blue", "'; --", "Ü"])
        return {"ref": ref, "tags": tags, "external_ids": {"test": ref}}

    def affiliation(other):
        roles = [*sorted(BELONGING)[:3], "opponent_of", "ally_of"]
        return {"actor_id": f"@{other}", "role": drawn.choice(roles), "date": drawn.choice(DATES)}

    def place(number, name):
        shape = SHAPES[number % len(SHAPES)]
        west, south, east, north = shape
        lies = {"box": shape}
        if number >= len(SHAPES) and number % 7 == 0:
            lies = {}
        where = {"point": None, "geometry": None, "uncertainty_km": None}
        if lies and (west, south) != (east, north):
            where["geometry"] = geometry(*shape)
        if lies and (where["geometry"] is None or number % 2):
            where["point"] = [west, south]
            where["uncertainty_km"] = drawn.choice([None, None, 0, 5.5, 400, 2_500])
        return {
            **common(name),
            **where,
            "name": drawn.choice(["Kabul", "kabul", "Ünal", "a & b"]),
            "names": [{"name": drawn.choice(["Kaboul", "Kabul", "Fidschi"])}],
            "attributes": lies,
            "kind": drawn.choice(["country", "admin1", "area", None]),
            "country": drawn.choice(countries),
            "parent_id": f"@{drawn.choice(places[:number])}" if number % 4 else None,
            "borders": [f"@{other}" for other in some(drawn, places, 2) if other != name],
        }

    def participant():
        actor = one(actors)
        roles = ["initiator", "target", "victim"]
        return {
            "actor_id": actor,
            "label": None if actor else "men",
            "role": drawn.choice(roles),
            "side": drawn.choice([None, "a", "b"]),
            "certainty": drawn.choice([None, "certain", "reported"]),
        }

    def event(number, name):
        kind, modes = drawn.choice(
            [
                *(("assault", ["firearms", "aerial"]), ("protest", ["riot"]), ("other", [None])),
                ("control", [None]),
            ]
        )
        best = drawn.choice([None, 0, 1, 5, 5, 2**31 - 1])
        return {
            **common(name),
            "type": kind,
            "mode": drawn.choice([None, *modes]),
            "modality": drawn.choice(["actual", "actual", "actual", "planned"]),
            "date": drawn.choice(DATES),
            "location_id": one(places),
            "location_precision": drawn.choice([None, "exact", "near", "admin1", "unknown"]),
            "other_locations": [{"location_id": f"@{other}"} for other in some(drawn, places, 2)],
            "participants": [participant() for _ in range(drawn.randint(0, 4))],
            "codes": [
                {"scheme": "cameo", "code": code} for code in some(drawn, ["19", "190", "x:y"])
            ],
            "fatalities": drawn.choice([None, {"low": 1}, {"high": 5}, {"best": best}]),
            "casualties": [
                {"kind": kind, **drawn.choice([{}, {"low": 2}, {"high": 5}, {"best": 6}])}
                for kind in some(drawn, ["injured", "missing", "displaced"], 2)
            ],
            "part_of_id": one(happened[:4]) if number > 4 else None,
            "related": [
                {"event_id": f"@{other}", "relation": "follows"}
                for other in some(drawn, [each for each in happened[:6] if each != name], 2)
            ],
            "mentions": [{"document_id": f"@{paper}"} for paper in some(drawn, papers, 2)],
            "verification": drawn.choice([None, None, {"level": "confirmed"}]),
        }

    def claim(number):
        if drawn.random() < 0.2:
            stance = drawn.choice(["asserts", "denies", "questions"])
            about = drawn.choice([one for one in range(6) if one != number])
            return {"statement_id": f"@s{about}", "stance": stance, "aspect": "occurrence"}
        aspect = drawn.choice(["occurrence", "date", "intent", "responsibility", "casualties"])
        values = {
            "occurrence": [None],
            "date": ["2021-08-22", "2021-08-22", "2021-08", None],
            "intent": ["weak", "strong"],
            "responsibility": [one(actors)],
            "casualties": [None, {"kind": "killed", "actor_id": one(actors), "best": 7}],
        }
        return {
            "event_id": f"@{drawn.choice(happened[:-8])}",
            "stance": drawn.choice(["asserts", "denies", "questions"]),
            "aspect": aspect,
            "value": drawn.choice(values[aspect]),
        }

    def statement(number, name):
        carriers = [{"actor_id": f"@{actor}"} for actor in some(drawn, actors, 2)]
        paper = one(papers)
        return {
            **common(name),
            "act": drawn.choice(["assert", "deny", "demand"]),
            "form": drawn.choice(["paraphrase", "narration"]),
            "medium": drawn.choice([None, "speech", "letter"]),
            "hedge": drawn.choice([None, "reportedly"]),
            "quote": drawn.choice([None, "two words"]) if paper in {"@d0", "@d1"} else None,
            "date": drawn.choice(DATES),
            "speaker_id": one(actors),
            "on_behalf_of_id": one(actors),
            "addressee_ids": [f"@{actor}" for actor in some(drawn, actors)],
            "chain": [*carriers, *carriers[:1], {"label": "the press"}],
            "document_id": paper,
            "location_id": one(places),
            "claims": [claim(number) for _ in range(drawn.randint(0, 4))],
            "responds_to_id": drawn.choice([None, "@s0", "@s1"]) if number > 5 else None,
            "credibility": drawn.choice([None, 2, 3, 6]),
        }

    def document(number, name):
        return {
            **common(name),
            "publisher_id": one(actors),
            "kind": drawn.choice(["article", "post", None]),
            "language": drawn.choice(["en", "fa", None]),
            "url": drawn.choice([None, "https://example.org/1", "https://example.org/2"]),
            "published_on": drawn.choice(DATES),
            "reliability": drawn.choice([None, None, "A", "F"]),
            "files": [{"sha256": one * 64} for one in some(drawn, ["a", "b", "0"], 2)],
            "text": "These are two words." if number < 2 else None,
            "copy_of_id": drawn.choice([None, "@d0", "@d1", "@d2"]) if number > 3 else None,
        }

    small = {
        resource: [{**common(f"{resource}{number}"), **MINIMAL[resource]} for number in range(12)]
        for resource in RECORDS
    }
    return small | {
        "actors": [
            {
                **common(name),
                "name": drawn.choice(["Kabul", "kabul", "Ünal", "a & b"]),
                "names": [{"name": drawn.choice(["Kaboul", "Kabul"])}],
                "kind": drawn.choice(["person", "organization", None]),
                "sector": drawn.choice(["GOV", "REB", None]),
                "country": drawn.choice(countries),
                "reliability": drawn.choice([None, "B", "F"]),
                "affiliations": [
                    affiliation(other) for other in some(drawn, actors) if other != name
                ],
            }
            for name in actors
        ],
        "locations": [place(number, name) for number, name in enumerate(places)],
        "documents": [document(number, name) for number, name in enumerate(papers)],
        "events": [event(number, name) for number, name in enumerate(happened)],
        "statements": [statement(number, f"s{number}") for number in range(240)],
    }


def named(value, ids):
    """Put ids in the place of refs that were stored before."""
    if isinstance(value, dict):
        return {name: named(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [named(inner, ids) for inner in value]
    return ids.get(value[1:], value) if isinstance(value, str) and value[:1] == "@" else value


def fill(client):
    """Store the world in two datasets; change, withdraw and retract some of it."""
    records = made(random.Random(SEED))  # noqa: S311 - it shall be the same each time
    resources = {one["ref"]: resource for resource, ones in records.items() for one in ones}
    later = {name: records[name][160:] for name in ("events", "statements")}
    first = {**records, "events": records["events"][:160], "statements": []}
    answer = client.post("/v1/bundles", json={"dataset": "first", **first})
    assert answer.status_code == 201, answer.get_json()
    ids = answer.get_json()["ids"]
    second = named({"events": later["events"]}, ids)
    answer = client.post("/v1/bundles", json={"dataset": "second", **second})
    assert answer.status_code == 201, answer.get_json()
    ids |= answer.get_json()["ids"]
    for dataset, part in (("first", slice(160)), ("second", slice(160, None))):
        said = named({"statements": records["statements"][part]}, ids)
        answer = client.post("/v1/bundles", json={"dataset": dataset, **said})
        assert answer.status_code == 201, answer.get_json()
        ids |= answer.get_json()["ids"]
    patch = {"text": "Others, now."}
    assert (
        client.patch(f"/v1/documents/{ids['d1']}", json=patch, headers=CURRENT).status_code == 200
    )
    gone = ("s30", "s200", *(f"e{number}" for number in range(236, 240)))
    for name in gone:
        assert (
            client.delete(f"/v1/{resources[name]}/{ids[name]}", headers=CURRENT).status_code == 204
        )
    retracted = set()
    for name in ("e5", "e50", "e70", "s5", "s50", "a3", "l3", "d3"):
        address = f"/v1/{resources[name]}/{ids[name]}/retraction"
        answer = client.put(address, json={"reason": "x"}, headers=CURRENT)
        assert answer.status_code == 200, answer.get_json()
        retracted.add(ids[name])
    review(client, [(resources[name], ids[name]) for name in resources if name not in gone])
    return {ids[ref]: resource for ref, resource in resources.items()}, retracted


def review(client, records):
    """Let a model write some of the records anew; assess some of both, before or after that."""
    sent = {"name": "a model", "scopes": ["write"], "method": "model"}
    secret = client.post("/v1/keys", json=sent).get_json()["secret"]
    head = {"Authorization": f"Bearer {secret}"}
    verdicts = ("agree", "disagree", "unsure")
    for number, (resource, record_id) in enumerate(records):
        address = f"/v1/{resource}/{record_id}"
        mine = f"{address}/assessments/mine"
        if number % 5 == 0:
            sent = {"verdict": verdicts[number % 3]}
            assert client.put(mine, json=sent).status_code == 201
        if number % 4 == 0:
            patch = {"attributes": {"read": "again"}}
            answer = client.patch(address, json=patch, headers={**CURRENT, **head})
            assert answer.status_code == 200, answer.get_json()
        if number % 6 == 0:
            sent = {"verdict": verdicts[number % 4 % 3]}
            assert client.put(mine, json=sent, headers=head).status_code == 201


class Truth:
    """What lists ought to find: told from the records as they are read one by one."""

    def __init__(self, client):
        """Read every record."""
        self.client = client
        resources, self.retracted = fill(client)
        self.all = {resource: {} for resource in RECORDS}
        self.methods = {}
        for record_id, resource in resources.items():
            answer = client.get(f"/v1/{resource}/{record_id}")
            if answer.status_code == 200:
                self.all[resource][record_id] = answer.get_json()
                path = f"/v1/{resource}/{record_id}/revisions?limit=1"
                [last] = client.get(path).get_json()["items"]
                self.methods[record_id] = last["method"]
            else:
                assert answer.status_code == 410
        self.places = {place: {place, *self.above(place)} for place in self.all["locations"]}
        self.claiming = {}
        for statement in self.all["statements"].values():
            for claim in statement["claims"] or ():
                self.claiming.setdefault(claim["event_id"], set()).add(statement["document_id"])

    def above(self, place):
        """List what a place lies in, the nearest first."""
        found = []
        while place := self.all["locations"][place]["parent_id"]:
            found.append(place)
        return found

    def country(self, place):
        """Give the country of a place: its own, or the nearest one's around it."""
        known = [self.all["locations"][each]["country"] for each in (place, *self.above(place))]
        return next((country for country in known if country), None)

    def inside(self, places, wanted):
        """Tell whether one of the places lies in one of those wanted."""
        return any(self.places[place] & wanted for place in places if place)

    def at(self, event):
        """List the places of an event."""
        others = event["other_locations"] or ()
        return [event["location_id"], *(other["location_id"] for other in others)]

    def belonged(self, actor, wanted, record):
        """Tell whether an actor belonged to one of those wanted on the days of a record."""
        return actor in wanted or any(
            held["actor_id"] in wanted
            and held["role"] in BELONGING
            and (record["date"] is None or overlap(days(held["date"]), bounds(record)))
            for held in (actor and self.all["actors"][actor]["affiliations"]) or ()
        )

    def fits(self, resource, record, asked):
        """Tell whether a record is what is asked for."""
        for name, wanted in asked.items():
            special = getattr(self, f"{resource}_{name}", None) or getattr(
                self, f"any_{name}", None
            )
            if special:
                if not special(record, wanted, asked):
                    return False
            elif record[MEMBERS.get(name, name)] not in wanted:
                return False
        return "retracted" in asked or record["id"] not in self.retracted

    # What may be asked of records of several resources.

    def any_retracted(self, record, wanted, _):
        return wanted == "include" or record["id"] in self.retracted

    def any_assessed(self, record, wanted, _):
        known = {verdict for verdict, number in record["assessments"].items() if number}
        return bool((known or {"none"}) & wanted)

    def any_method(self, record, wanted, _):
        return self.methods[record["id"]] in wanted

    def any_filter(self, record, wanted, _):
        return wanted(record)

    def any_tag(self, record, wanted, _):
        return not wanted.isdisjoint(record["tags"])

    def any_q(self, record, wanted, _):
        said = words(record)
        return any(needed <= said and not excluded & said for needed, excluded in wanted)

    def any_external_id(self, record, wanted, _):
        return f"test:{record['external_ids']['test']}" in wanted

    def any_name(self, record, wanted, _):
        known = [record["name"], *(name["name"] for name in record["names"] or ())]
        return not {SOUND[name] for name in wanted}.isdisjoint(SOUND[name] for name in known)

    def any_datetime(self, record, wanted, asked):
        if dated(record) is None:
            return False
        first, last = bounds(record)
        if asked.get("datetime_match") == "certain":
            if {*record["date"]} & {*"?~%"}:
                return False
            return (wanted[1] or FIRST) <= first and last <= (wanted[2] or LAST)
        return overlap((first, last), (wanted[1] or FIRST, wanted[2] or LAST))

    def any_datetime_match(self, *_):
        return True

    any_radius = any_location_match = any_datetime_match

    # Where.

    def place(self, resource, record):
        """Give the place of a location or an event."""
        return (
            record if resource == "locations" else self.all["locations"].get(record["location_id"])
        )

    def events_bbox(self, record, wanted, asked, resource="events"):
        place = self.place(resource, record)
        box = (place or {"attributes": {}})["attributes"].get("box")
        if box is None:
            return False
        if asked.get("location_match") == "certain":
            return is_precise(place, record) and within(widened(place, box), wanted)
        if place["uncertainty_km"] and not place["geometry"]:
            east = wanted[2] + (360 if wanted[0] > wanted[2] else 0)
            return away((*wanted[:2], east, wanted[3]), place["point"]) <= place["uncertainty_km"]
        return touch(widened(place, box), wanted)

    def events_near(self, record, wanted, asked, resource="events"):
        place = self.place(resource, record)
        box = (place or {"attributes": {}})["attributes"].get("box")
        if box is None:
            return False
        reach = place["uncertainty_km"] or 0
        if asked.get("location_match") == "certain":
            return (
                is_precise(place, record)
                and (
                    not place["point"]
                    or kilometres(place["point"], wanted[:2]) + reach <= wanted[2]
                )
                and (
                    not place["geometry"]
                    or farthest(tuple(widened(place, box)), wanted[:2]) <= wanted[2]
                )
            )
        if place["point"]:
            return kilometres(place["point"], wanted[:2]) <= wanted[2] + reach
        return away(box, wanted[:2]) <= wanted[2]

    def locations_bbox(self, record, wanted, asked):
        return self.events_bbox(record, wanted, asked, "locations")

    def locations_near(self, record, wanted, asked):
        return self.events_near(record, wanted, asked, "locations")

    # Events.

    def events_code(self, event, wanted, _):
        return any(f"{code['scheme']}:{code['code']}" in wanted for code in event["codes"] or ())

    def events_location(self, event, wanted, _):
        return self.inside(self.at(event), wanted)

    def events_covers(self, event, wanted, _):
        return any(event["location_id"] in self.places.get(place, ()) for place in wanted)

    def events_country(self, event, wanted, _):
        country = event["location_id"] and self.country(event["location_id"])
        then = event["date"] is None or country not in FORMER
        return country in wanted and (
            then or any(overlap(bounds(event), each) for each in FORMER[country])
        )

    def events_actor(self, event, _, asked):
        return any(
            one["actor_id"] in asked.get("actor", {one["actor_id"]})
            and one["role"] in asked.get("actor_role", {one["role"]})
            and one["side"] in asked.get("side", {one["side"]})
            and one["certainty"] in asked.get("certainty", {one["certainty"]})
            and (
                "affiliated_with" not in asked
                or self.belonged(one["actor_id"], asked["affiliated_with"], event)
            )
            for one in event["participants"] or ()
        )

    events_actor_role = events_affiliated_with = events_side = events_certainty = events_actor

    def events_status(self, event, wanted, _):
        return event["attestation"]["status"] in wanted

    def events_disputed_on(self, event, wanted, _):
        speaking = [
            (statement, claim)
            for statement in self.all["statements"].values()
            for claim in statement["claims"] or ()
            if claim["event_id"] == event["id"] and self.weighs(statement)
        ]
        found = set()
        for aspect in {claim["aspect"] for _, claim in speaking} - {"occurrence"}:
            told = [
                (statement, claim)
                for statement, claim in speaking
                if claim["aspect"] == aspect
                and claim["stance"] in {"asserts", "denies"}
                and claim["value"] is not None
            ]
            voices = one_voice_each([self.marks(statement) for statement, _ in told])
            heard = [
                (voice, claim["stance"], aspect, claim["value"])
                for voice, (_, claim) in zip(voices, told, strict=True)
            ]
            found |= disputed(heard, self.above)
        stances = {
            (claim["stance"], statement["form"] == "narration")
            for statement, claim in speaking
            if claim["aspect"] == "occurrence"
        }
        if any(one["document_id"] not in self.retracted for one in event["mentions"] or ()):
            stances.add(("asserts", True))
        if ("denies", False) in stances and stances & {("asserts", False), ("asserts", True)}:
            found.add("occurrence")
        return bool(found & wanted)

    def weighs(self, statement):
        """Tell whether neither a statement nor its document is retracted."""
        return not {statement["id"], statement["document_id"]} & self.retracted

    def marks(self, statement):
        """Tell by what a voice is known: an actor or a label, a document itself, and its words."""
        within = statement["document_id"] and self.original(statement["document_id"])
        if statement["form"] == "narration":
            return {(within or statement["id"], "itself")}
        named = statement["on_behalf_of_id"] or statement["speaker_id"]
        label = " ".join((statement["speaker_label"] or "").lower().split())
        words = re.findall(r"\w+", (statement["quote"] or "").lower())
        return {named or (within or statement["id"], label)} | (
            {tuple(words)} if len(words) > 4 else set()
        )

    def original(self, paper):
        """Give the least of the documents that are one with a document."""
        papers, found = self.all["documents"], {paper}
        while True:
            texts = {papers[one]["text_sha256"] for one in found} - {None}
            above = {papers[one]["copy_of_id"] for one in found} - {None}
            more = (
                found
                | above
                | {
                    one
                    for one, other in papers.items()
                    if other["copy_of_id"] in found or other["text_sha256"] in texts
                }
            )
            if more == found:
                return min(found)
            found = more

    def events_fatalities_min(self, event, wanted, _):
        known = event["fatalities"] or {"best": None, "low": None}
        least = known["low"] if known["best"] is None else known["best"]
        return least is not None and least >= wanted

    def events_fatalities_max(self, event, wanted, _):
        known = event["fatalities"] or {"best": None, "high": None}
        most = known["high"] if known["best"] is None else known["best"]
        return most is not None and most <= wanted

    def events_casualty_kind(self, event, _, asked):
        harmed = [*(event["casualties"] or ())]
        if event["fatalities"]:
            harmed.append({"kind": "killed", **event["fatalities"]})
        least = asked.get("casualties_min")
        for one in harmed:
            number = one["low"] if one["best"] is None else one["best"]
            if one["kind"] not in asked.get("casualty_kind", {one["kind"]}):
                continue
            if least is None or (number is not None and number >= least):
                return True
        return False

    events_casualties_min = events_casualty_kind

    def events_document(self, event, wanted, _):
        mentioned = {mention["document_id"] for mention in event["mentions"] or ()}
        return bool(wanted & (mentioned | self.claiming.get(event["id"], set())))

    # Statements.

    def statements_event(self, statement, _, asked):
        return any(
            ("statement" not in asked or claim["statement_id"] in asked["statement"])
            and claim["event_id"] in asked.get("event", {claim["event_id"]})
            and claim["stance"] in asked.get("stance", {claim["stance"]})
            and best_of(claim["value"]) in asked.get("value", {best_of(claim["value"])})
            and ("about" not in asked or self.is_about(claim, asked["about"]))
            and claim["aspect"] in asked.get("aspect", {claim["aspect"]})
            and (
                "event_location" not in asked
                or (
                    claim["event_id"] is not None
                    and self.inside(
                        self.at(self.all["events"][claim["event_id"]]), asked["event_location"]
                    )
                )
            )
            and (
                "speaker_holds" not in asked
                or (
                    claim["event_id"] is not None
                    and self.holds(statement, self.all["events"][claim["event_id"]])
                    is (asked["speaker_holds"] == {"true"})
                )
            )
            for claim in statement["claims"] or ()
        )

    statements_stance = statements_aspect = statements_event_location = statements_event
    statements_value = statements_speaker_holds = statements_statement = statements_event
    statements_about = statements_event

    def is_about(self, claim, wanted):
        """Tell whether a claim is on an event in which an actor takes part, or names the actor."""
        event = self.all["events"].get(claim["event_id"]) or {"participants": ()}
        value = claim["value"]
        if isinstance(value, dict):
            value = value["actor_id"]
        return value in wanted or any(
            one["actor_id"] in wanted for one in event["participants"] or ()
        )

    def holds(self, statement, event):
        """Tell whether a speaker holds the place of an event; None where nobody knows."""
        speakers = {statement["speaker_id"], statement["on_behalf_of_id"]} - {None}
        place = event["location_id"]
        for each in (place, *self.above(place)) if place and event["date"] else ():
            known = [
                self.is_own(speakers, holder, event)
                for control in self.all["events"].values()
                if (control["type"], control["location_id"]) == ("control", each)
                and control["date"]
                and control["attestation"]["status"] not in UNSAID
                and overlap(bounds(control), bounds(event))
                for holder in initiators(control)
            ]
            if known:
                return True if True in known else None if None in known else False
        return None

    def is_own(self, speakers, holder, event):
        """Tell whether a holder is one of the speakers, or one belongs to the other."""
        if not speakers or holder is None:
            return None
        theirs = any(self.belonged(speaker, {holder}, event) for speaker in speakers)
        return theirs or self.belonged(holder, speakers, event)

    def statements_reliability(self, statement, wanted, _):
        return self.grade(self.all["documents"].get(statement["document_id"])) in wanted

    def statements_credibility(self, statement, wanted, _):
        return str(statement.get("credibility")) in wanted

    def statements_location(self, statement, wanted, _):
        return self.inside([statement["location_id"]], wanted)

    def statements_speaker_affiliated_with(self, statement, wanted, _):
        return self.belonged(statement["speaker_id"], wanted, statement)

    def statements_addressee(self, statement, wanted, _):
        return not wanted.isdisjoint(statement["addressee_ids"] or ())

    def statements_carrier(self, statement, wanted, _):
        return any(step["actor_id"] in wanted for step in statement["chain"] or ())

    def statements_hedged(self, statement, wanted, _):
        return (statement["hedge"] is not None) == (wanted == {"true"})

    def statements_quote_verified(self, statement, wanted, _):
        return statement["quote_verified"] is (wanted == {"true"})

    # Documents.

    def grade(self, document):
        """Give the grade of a document: its own, or else that of who published it."""
        if document is None or document["reliability"]:
            return document and document["reliability"]
        publisher = self.all["actors"].get(document["publisher_id"])
        counts = publisher and publisher["id"] not in self.retracted
        return publisher["reliability"] if counts else None

    def documents_reliability(self, document, wanted, _):
        return self.grade(document) in wanted

    def documents_file(self, document, wanted, _):
        return any(file["sha256"] in wanted for file in document["files"] or ())

    # Actors.

    def actors_affiliated_with(self, actor, _, asked):
        when = asked.get("datetime")
        return any(
            held["actor_id"] in asked.get("affiliated_with", {held["actor_id"]})
            and held["role"] in asked.get("affiliation_role", {held["role"]})
            and (when is None or overlap(days(held["date"]), (when[1] or FIRST, when[2] or LAST)))
            for held in actor["affiliations"] or ()
        )

    actors_affiliation_role = actors_datetime = actors_affiliated_with

    def events_related(self, event, wanted, _):
        theirs = [each for each in map(self.all["events"].get, wanted) if each]
        return not wanted.isdisjoint(related(event)) or any(
            event["id"] in related(other) for other in theirs
        )

    # Locations.

    def locations_country(self, place, wanted, _):
        return self.country(place["id"]) in wanted

    def locations_within(self, place, wanted, _):
        return not wanted.isdisjoint(self.above(place["id"]))

    def locations_borders(self, place, wanted, _):
        theirs = [self.all["locations"][other]["borders"] or () for other in wanted]
        return not wanted.isdisjoint(place["borders"] or ()) or any(
            place["id"] in borders for borders in theirs
        )


def best_of(value):
    """Give what a claim's value is found by: of bounds, the best number."""
    return str(value["best"] if isinstance(value, dict) else value)


UNSAID = {"retracted", "hypothetical", "refuted", "denied"}
"""Statuses of what nobody is said to do."""


FORMER = {
    "SU": [("1922-12-30", "1991-12-26")],
    "CSXX": [("2003-02-04", "2006-06-05")],
    "CS": [("1918-10-28", "1992-12-31"), ("2003-02-04", "2006-06-05")],
}
"""Countries of the world that are no more: from when to when they were."""


def initiators(event):
    """List the actors who do it; None stands for each that is not known."""
    found = [one["actor_id"] for one in event["participants"] or () if one["role"] == "initiator"]
    return found or [None]


SOUND = {
    **dict.fromkeys(["Kabul", "kabul", "KABUL", "Kaboul"], "kabul"),
    **dict.fromkeys(["Ünal", "ünal"], "unal"),
    **{name: name for name in ("a & b", "Fidschi", "nobody")},
}
"""Names of the world that are alike."""


SPOKEN = {
    "actors": ["kabul", "unal", "b", "kaboul", "nobody"],
    "locations": ["kabul", "unal", "b", "fidschi", "nobody"],
    "documents": ["words", "two", "others", "now"],
    "events": ["men", "x"],
    "statements": ["press", "reportedly", "weak", "strong", "two"],
}
"""Words that records of the world have in their texts, and one that none has."""


WRITTEN = {"name", "label", "text", "quote", "hedge", "reason", "title"}
"""Members of records of the world that are texts."""


def words(part):
    """List the words in what people have written in a record, or a part of it."""
    if isinstance(part, list):
        return {word for each in part for word in words(each)}
    if not isinstance(part, dict):
        return set()
    texts = [text for name, text in part.items() if name in WRITTEN and text]
    if part.get("aspect") == "intent" and part["value"]:
        texts.append(part["value"])
    plain = "".join(map(unaccented, " ".join(texts).lower()))
    others = [value for name, value in part.items() if name not in {"attributes", "files"}]
    return {*re.findall(r"\w+", plain), *words(others)}


def unaccented(letter):
    """Leave out the accents of a letter."""
    return unicodedata.normalize("NFD", letter)[0]


def one_voice_each(marks):
    """Give each voice a number; those that have a mark in common, by others too, are one."""
    voices = [{number} for number in range(len(marks))]
    for one, other in combinations(range(len(marks)), 2):
        if marks[one] & marks[other] and voices[one] is not voices[other]:
            voices[one] |= voices[other]
            for number in voices[one]:
                voices[number] = voices[one]
    return [min(voice) for voice in voices]


MEMBERS = {
    "copy_of": "copy_of_id",
    "document": "document_id",
    "on_behalf_of": "on_behalf_of_id",
    "part_of": "part_of_id",
    "publisher": "publisher_id",
    "responds_to": "responds_to_id",
    "speaker": "speaker_id",
}
"""The members that some filters are named after."""


def related(event):
    """Name the events that one says it is related to."""
    return {relation["event_id"] for relation in event["related"] or ()}


def dated(record):
    """Give the date of a record as it is written; documents have one of another name."""
    return record["date"] if "date" in record else record["published_on"]


def days(date):
    """Give the first and the last day of a date of the world, as one reads it."""
    spans = {"201X": ("2010-01-01", "2019-12-31"), "19XX": ("1900-01-01", "1999-12-31")}
    spans["2021-24"] = ("2021-12-01", "2022-02-28")
    if date is None:
        return FIRST, LAST
    if date in spans:
        return spans[date]
    start, _, end = re.sub("[?~%]", "", date).partition("/")
    end = end or start
    ends = {4: "-12-31", 7: "-31"}
    starts = {4: "-01-01", 7: "-01"}
    return (
        FIRST if start == ".." else start + starts.get(len(start), ""),
        LAST if end == ".." else end + ends.get(len(end), ""),
    )


def bounds(record):
    """Give the days of a record that has a date."""
    return days(dated(record))


def overlap(one, other):
    """Tell whether two intervals of days overlap."""
    return one[0] <= other[1] and other[0] <= one[1]


def touch(one, other):
    """Tell whether two boxes have a place on the earth in common, edges included."""
    west, south, east, north = one
    if other[0] > other[2]:
        other = (other[0], other[1], other[2] + 360, other[3])
    return (
        south <= other[3]
        and other[1] <= north
        and any(
            west + turn <= other[2] + 1e-9 and other[0] <= east + turn + 1e-9
            for turn in (-720, -360, 0, 360, 720)
        )
    )


def is_precise(place, record):
    """Tell whether a record happened at its place, or a location lies there."""
    precision = record.get("location_precision")
    has_extent = bool(place["uncertainty_km"] or place["geometry"])
    return precision in {None, "exact"} or (precision == "admin1" and has_extent)


def widened(place, box):
    """Widen the box of a place by the circle that its point may lie in."""
    if not place["uncertainty_km"]:
        return box
    (west, south, east, north), (longitude, latitude) = box, place["point"]
    angle = place["uncertainty_km"] / 6371.0088
    south, north = (
        max(-90, min(south, latitude - math.degrees(angle))),
        min(90, max(north, latitude + math.degrees(angle))),
    )
    if latitude - math.degrees(angle) <= -90 or latitude + math.degrees(angle) >= 90:
        return (-180, south, 180, north)
    wide = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude))))
    return (min(west, longitude - wide), south, max(east, longitude + wide), north)


def within(box, wanted):
    """Tell whether a box lies wholly in another one on the earth."""
    west, south, east, north = box
    left, right = wanted[0], wanted[2] + (360 if wanted[0] > wanted[2] else 0)
    return (
        wanted[1] <= south
        and north <= wanted[3]
        and (
            right - left >= 360
            or any(left <= west + turn and east + turn <= right for turn in (-360, 0, 360))
        )
    )


@cache
def farthest(box, point):
    """Give the kilometres between a point and about the farthest one of a box."""
    west, south, east, north = box
    steps = [number / 60 for number in range(61)]
    found = [
        kilometres((west + (east - west) * over, south + (north - south) * up), point)
        for over in steps
        for up in steps
    ]
    return max(found)


def away(box, point):
    """Give the kilometres between a point and the nearest one of a box."""
    west, south, east, north = box
    turn = (point[0] - west) % 360
    if touch(box, (*point, *point)):
        return 0
    along = turn if turn <= east - west else east - west if turn < (east - west) / 2 + 180 else 0
    found = [(west + along, level) for level in (south, north)]
    for side in (west, east):
        # Along a meridian, the nearest point lies where the great circle meets it squarely.
        turn, tilt = math.radians(point[0] - side), math.radians(point[1])
        level = math.degrees(math.atan2(math.sin(tilt), math.cos(tilt) * math.cos(turn)))
        found.append((side, min(max(level, south), north)))
    return min(kilometres(nearest, point) for nearest in found)


def kilometres(one, other):
    """Give the distance of two points on a sphere, by the angle between them seen from within."""

    def seen(longitude, latitude):
        longitude, latitude = math.radians(longitude), math.radians(latitude)
        return (
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        )

    here, there = seen(*one), seen(*other)
    across = math.dist(here, there) / 2
    return 6371.0088 * 2 * math.atan2(across, math.sqrt(max(0.0, 1 - across * across)))


def values(truth, resource, name, drawn):  # noqa: PLR0911 - one for each kind of value
    """Choose what a filter is asked for: as it is written, and what it means."""
    if name == "filter":
        asked, meant = cql2.written(resource, drawn)
        return {name: asked}, {name: meant}
    refs = [record["external_ids"]["test"] for record in truth.all[resource].values()]
    ids = {kind: [*records] for kind, records in truth.all.items()}
    known = {
        "dataset": ["first", "second", "third"],
        "assessed": ["none", "agree", "disagree", "unsure", "outdated"],
        "method": ["human", "model", "import"],
        "tag": ["red", "green", "blue", "'; --", "Ü", "none"],
        "external_id": [*(f"test:{ref}" for ref in refs), "test:none"],
        "name": ["KABUL", "ünal", "a & b", "Kaboul", "nobody"],
        "type": ["assault", "protest", "other", "aid", "control"],
        "mode": ["firearms", "aerial", "riot", "visit"],
        "code": ["cameo:19", "cameo:190", "cameo:x:y", "cameo:1"],
        "modality": ["actual", "planned", "hypothetical"],
        "country": ["AF", "UZ", "FJ", "DE", "SU", "CS", "CSXX", "CSHH"],
        "side": ["a", "b", "c"],
        "certainty": ["certain", "reported", "probable"],
        "actor_role": ["initiator", "target", "victim", "mediator"],
        "status": ["confirmed", "hypothetical", "disputed", "claimed", "reported", "denied"],
        "disputed_on": ["occurrence", "date", "intent", "location"],
        "act": ["assert", "deny", "demand", "offer"],
        "form": ["paraphrase", "narration", "direct_quote"],
        "medium": ["speech", "letter", "print"],
        "stance": ["asserts", "denies", "questions", "projects"],
        "aspect": ["occurrence", "date", "intent", "degree"],
        "value": ["2021-08-22", "weak", "strong", "7"],
        "casualty_kind": ["killed", "injured", "missing", "displaced", "detained"],
        "file": ["a" * 64, "b" * 64, "0" * 64, "c" * 64],
        "reliability": ["A", "B", "F", "C"],
        "affiliation_role": ["commander", "faction_of", "opponent_of", "ally_of", "other"],
        "sector": ["GOV", "REB", "MIL"],
        "language": ["en", "fa", "de"],
        "url": ["https://example.org/1", "https://example.org/2", "https://example.org/3"],
        "text_sha256": [
            *({paper["text_sha256"] for paper in truth.all["documents"].values()} - {None}),
            "0" * 64,
        ],
        "kind": {
            "actors": ["person", "organization", "collective"],
            "locations": ["country", "admin1", "area", "facility"],
            "documents": ["article", "post", "other"],
        }.get(resource),
        **dict.fromkeys(
            ("event_location", "within", "borders", "location", "covers"), ids["locations"]
        ),
        **dict.fromkeys(("actor", "affiliated_with", "speaker_affiliated_with"), ids["actors"]),
        "about": ids["actors"],
        **dict.fromkeys(("speaker", "on_behalf_of", "addressee", "carrier"), ids["actors"]),
        "publisher": ids["actors"],
        "document": ids["documents"],
        "event": ids["events"],
        **dict.fromkeys(("responds_to", "statement"), ids["statements"][:6]),
        "copy_of": ids["documents"][:4],
        "credibility": ["1", "2", "3", "6"],
        "part_of": ids["events"][:4],
        "related": ids["events"][:6],
    }
    if name == "q":
        one, other = drawn.sample(SPOKEN[resource], 2)
        return drawn.choice(
            [
                ({"q": one}, {"q": [({one}, set())]}),
                ({"q": f"{one} {other}"}, {"q": [({one, other}, set())]}),
                ({"q": f"{one} -{other}"}, {"q": [({one}, {other})]}),
                ({"q": f"{one} OR {other}"}, {"q": [({one}, set()), ({other}, set())]}),
            ]
        )
    if name in {"datetime", "datetime_match"}:
        when = drawn.choice(WHENS)
        more = {"datetime_match": drawn.choice(["certain", "possible"])}
        more = more if name == "datetime_match" else {}
        return {"datetime": when[0], **more}, {"datetime": when, **more}
    if name in {"bbox", "location_match"}:
        box = drawn.choice(BOXES)
        more = {"location_match": drawn.choice(["certain", "possible"])}
        more = more if name == "location_match" else {}
        return {"bbox": ",".join(map(str, box)), **more}, {"bbox": box, **more}
    if name in {"near", "radius"}:
        west, south, radius = drawn.choice(CIRCLES)
        asked = {"near": f"{west},{south}", "radius": str(radius)}
        more = {"location_match": drawn.choice(["certain", "possible"])}
        return {**asked, **more}, {"near": (west, south, radius), "radius": radius, **more}
    if name in {"fatalities_min", "fatalities_max", "casualties_min"}:
        number = drawn.choice([0, 1, 2, 5, 6, 2**31 - 1])
        return {name: str(number)}, {name: number}
    if name in {"hedged", "quote_verified", "speaker_holds"}:
        choice = drawn.choice(["true", "false"])
        return {name: choice}, {name: {choice}}
    if name == "retracted":
        choice = drawn.choice(["include", "only"])
        return {name: choice}, {name: choice}
    choices = known.get(name)
    if choices is None:
        choices = sorted({record[name] for record in truth.all[resource].values()} - {None})
    most = 1 if name == "url" else drawn.choice([1, 1, 2, 3])
    several = drawn.sample(choices, min(len(choices), most))
    either = {"CSHH", "CSXX"} if name == "country" and "CS" in several else set()
    return {name: ",".join(several)}, {name: {*several} | either}


KEYS = {
    "starts_on": lambda record: (bounds(record)[0] if dated(record) else FIRST, record["id"]),
    "published_on": lambda record: (bounds(record)[0] if dated(record) else FIRST, record["id"]),
    "created_at": lambda record: (record["created_at"], record["id"]),
}
"""What lists are sorted by."""


def held(truth, resource, query, asked, sort):
    """Hold a list, page by page and its count, against what it ought to find."""
    records = [one for one in truth.all[resource].values() if truth.fits(resource, one, asked)]
    records.sort(key=KEYS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    expected = [record["id"] for record in records]
    # Pages of three; more of them where there are so many that it would take long.
    limit = max(3, len(expected) // 6)
    path = f"/v1/{resource}?{urlencode({**query, 'sort': sort, 'limit': limit, 'fields': 'id'})}"
    found = [record["id"] for page in walk(truth.client, path) for record in page]
    assert found == expected, path
    total = truth.client.get(f"{path}&total=exact").get_json()["total"]
    assert total == len(expected), path
    return len(expected)


def filters(resource):
    """Name the documented filters of a resource's list."""
    return sorted(parameters(resource).keys() - PAGE)
