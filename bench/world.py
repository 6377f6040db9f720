"""A world to measure in: as many records as wanted, drawn from what UCDP GED is like.

The same number of events and the same seed give the same world, to the byte; any part of it can
be made without the rest. Records come in the order in which they are created, and refer only to
earlier ones. The dates of events and statements do not depend on that order, as when the past is
coded country by country: neighbours in a list by date are strangers on disk.
"""

import json
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench import words
from schemas.claims import ClaimSchema
from schemas.events import (
    CodeSchema,
    EventPlaceSchema,
    EventSchema,
    MentionSchema,
    ParticipantSchema,
    RangeSchema,
    RelationSchema,
    VerificationSchema,
)
from schemas.fields.dates import bounds
from schemas.fields.quotes import words as reduced
from schemas.statements import CarrierSchema, StatementSchema
from schemas.vocabularies.iso import COUNTRIES
from schemas.vocabularies.own import AFFILIATION_ROLES
from schemas.vocabularies.plover import MODES

PARAMETERS: dict[str, Any] = json.loads(
    Path(__file__).with_name("parameters.json").read_text(encoding="utf-8")
)
"""What was fitted to UCDP GED, by `bench.fit`."""

CHUNK = 5_000
"""So many events are made at once, and half as many statements, which mostly claim these events."""

DATASET = "bench"
BEGIN = np.datetime64("2026-01-05T00:00:00", "us")
"""When the first record is created."""

DAY = 86_400_000_000
"""Microseconds of a day."""

YEAR = 300 * DAY
"""How long it takes until all events and statements are created, in microseconds."""

KINDS = ("actors", "locations", "documents", "events", "statements")

TYPES = dict(
    [
        *(("assault", 0.52), ("coerce", 0.09), ("threaten", 0.05), ("protest", 0.06)),
        *(("accuse", 0.05), ("consult", 0.05), ("mobilize", 0.04), ("retreat", 0.03)),
        *(("request", 0.02), ("reject", 0.02), ("agree", 0.02), ("support", 0.01)),
        *(("aid", 0.01), ("sanction", 0.01), ("cooperate", 0.01), ("concede", 0.005)),
        ("other", 0.005),
    ]
)
"""Shares of event types: chosen, for all of UCDP's would be assaults."""

NUMBERS = {
    "participants": (0.20, 0.65, 0.10, 0.05),  # 1 to 4 of an event: 2 on average
    "mentions": (0.45, 0.45, 0.10),  # 0 to 2
    "claims": (0.85, 0.12, 0.03),  # 1 to 3
}
"""Shares of how many parts a record has: chosen."""

WORDS = {
    "acts": {"assert": 0.6, "deny": 0.1, "demand": 0.06, "threaten": 0.06, "assess": 0.1}
    | {"accept_responsibility": 0.05, "deny_responsibility": 0.03},
    "forms": {"paraphrase": 0.6, "direct_quote": 0.15, "partial_quote": 0.15, "narration": 0.1},
    "media": {"interview": 0.3, "press_release": 0.2, "social_media": 0.25, "broadcast": 0.15}
    | {"press_conference": 0.1},
    "stances": {"asserts": 0.7, "denies": 0.12, "questions": 0.1, "projects": 0.08},
    "aspects": {"occurrence": 0.75, "responsibility": 0.1, "fatalities": 0.1, "location": 0.05},
    "modalities": {"actual": 0.95, "planned": 0.03, "hypothetical": 0.02},
}
"""Shares of words of the code lists: chosen."""

STRANGERS = 0.2
"""The share of participants that are drawn without regard to how often an actor takes part."""

ABROAD = 0.1
"""The share of participants that come from anywhere."""

HEAVIEST = 2_000
"""So many statements claim the event that most is said of; the second has half of them, ..."""

HEAVY = 20
"""So many events are claimed from all over the world of statements."""

MIX = np.uint64(0x9E3779B97F4A7C15)


class Country(NamedTuple):
    """A country: its code, its share of the events, west, south, east, north in degrees."""

    code: str
    share: float
    box: tuple[float, float, float, float]


class Places(NamedTuple):
    """Locations as columns: by number, what kind, in which country, inside which, and where.

    `boxes` has west, south, east, north; those of a point are its own coordinates.
    """

    kinds: list[str]
    countries: np.ndarray[Any, Any]
    parents: list[int | None]
    boxes: np.ndarray[Any, Any]


class Choice:
    """A choice among the numbers of each country, by weight."""

    def __init__(self, members: list[np.ndarray[Any, Any]], weights: list[Any]) -> None:
        """Take the numbers of each country, and their weights."""
        sums = [np.cumsum(weight) / np.sum(weight) for weight in weights]
        self.members = np.concatenate(members)
        self.last = np.cumsum([len(member) for member in members]) - 1
        self.bounds = np.concatenate([one + number for number, one in enumerate(sums)])

    def __call__(self, countries: Any, drawn: Any) -> Any:
        """Choose for countries (an array) by uniform numbers (an array)."""
        found = np.searchsorted(self.bounds, countries + drawn, side="right")
        return self.members[np.minimum(found, self.last[countries])]


def pick(shares: Any, drawn: Any) -> Any:
    """Choose among 0, 1, ... with these shares, by uniform numbers (an array)."""
    sums = np.cumsum(np.fromiter(shares, float))
    return np.minimum(np.searchsorted(sums / sums[-1], drawn, side="right"), len(sums) - 1)


def chosen(shares: dict[str, float], drawn: Any) -> list[str]:
    """Choose among words with these shares, by uniform numbers (an array)."""
    names = [*shares]
    return [names[number] for number in pick(shares.values(), drawn).tolist()]


dates = lru_cache(maxsize=200_000)(bounds)
plain = lru_cache(maxsize=50_000)(reduced)

EVENT = EventSchema().load({"dataset": DATASET, "type": "other"})
STATEMENT = StatementSchema().load({"dataset": DATASET, "act": "assert", "form": "narration"})
NIL = "00000000-0000-7000-8000-000000000000"
PARTICIPANT = ParticipantSchema().load({"label": "-", "role": "target"}) | {"label": None}
RANGE = RangeSchema().load({})
CODE = CodeSchema().load({"scheme": "-", "code": "-"})
ELSEWHERE = EventPlaceSchema().load({"location_id": NIL})
RELATION = RelationSchema().load({"event_id": NIL, "relation": "follows"})
MENTION = MentionSchema().load({"document_id": NIL})
VERIFICATION = VerificationSchema().load({"level": "confirmed"})
CLAIM = ClaimSchema().load({"event_id": NIL, "stance": "asserts", "aspect": "occurrence"})
CARRIER = CarrierSchema().load({"label": "-"}) | {"label": None}
# Loaded once: each record is one of these with something put in its places.


class World:
    """All records of a world, by resource and number."""

    def __init__(self, events: int, seed: int = 1) -> None:
        """Plan a world of so many events; everything else follows from that."""
        self.seed = seed
        self.size = {
            "actors": min(max(events // 50, 500), 20_000),
            "locations": min(max(events // 20, 2_500), 50_000),
            "documents": min(max(events // 50, 500), 20_000),
            "events": events,
            "statements": events // 2,
        }
        self.chunks = -(-events // CHUNK)
        self.heaviest = min(HEAVIEST, self.size["statements"] // 20)

    def plan(self) -> None:
        """Make now what is otherwise made when it is needed, for processes to share."""
        for name in ("known", "countries", "places", "names", "sentences", "where", "who", "texts"):
            getattr(self, name)

    def draw(self, what: str, number: int = 0) -> np.random.Generator:
        """Give a source of randomness of its own to each thing."""
        return np.random.default_rng([self.seed, number, *what.encode()])

    # Ids and moments

    def moments(self, kind: str, numbers: Any) -> Any:
        """Tell when records are created, as datetime64 in microseconds."""
        if kind in {"events", "statements"}:
            size = CHUNK if kind == "events" else CHUNK // 2
            step = YEAR / self.chunks
            late = 0.0 if kind == "events" else 0.5
            at = (numbers // size) * step + (numbers % size / size / 2 + late) * step
            return BEGIN + 4 * DAY + at.astype(np.int64).astype("timedelta64[us]")
        since = (KINDS.index(kind) + 1) * DAY + numbers * 1_000_000
        return BEGIN + since.astype("timedelta64[us]")

    def ids(self, kind: str, numbers: Any) -> list[str]:
        """Make the ids of records, by their numbers (an array): UUIDs of version 7."""
        numbers = np.asarray(numbers, np.int64)
        instants = self.moments(kind, numbers).astype(np.int64) // 1_000
        salted = (numbers * 64 + KINDS.index(kind) * 8 + self.seed * 2**44).astype(np.uint64)
        high, low = mixed(salted * MIX), mixed(salted * MIX + MIX)
        first = (instants.astype(np.uint64) << np.uint64(16)) | np.uint64(0x7000)
        first |= high & np.uint64(0x0FFF)
        second = (low & np.uint64(0x3FFF_FFFF_FFFF_FFFF)) | np.uint64(0x8000_0000_0000_0000)
        digits = np.stack([first, second], axis=1).astype(">u8").tobytes().hex()
        return [
            f"{digits[at : at + 8]}-{digits[at + 8 : at + 12]}-{digits[at + 12 : at + 16]}"
            f"-{digits[at + 16 : at + 20]}-{digits[at + 20 : at + 32]}"
            for at in range(0, len(digits), 32)
        ]

    def instants(self, kind: str, numbers: Any) -> list[str]:
        """Write when records are created, as the service does."""
        moments = self.moments(kind, numbers)
        return [f"{text}Z" for text in np.datetime_as_string(moments, unit="us").tolist()]

    @cached_property
    def known(self) -> dict[str, list[str]]:
        """All ids of what events and statements refer to, and of the heavy events."""
        known = {kind: self.ids(kind, np.arange(self.size[kind])) for kind in KINDS[:3]}
        return known | {"heavy": self.ids("events", np.arange(min(HEAVY, self.size["events"])))}

    # What there is before anything happens

    @cached_property
    def countries(self) -> list[Country]:
        """Countries, those with most events first."""
        draw, fitted = self.draw("countries"), PARAMETERS["countries"]
        made = [Country(code, **one) for code, one in fitted["top"].items()]
        rest = [code for code in COUNTRIES if code not in fitted["top"]]
        codes = draw.choice(rest, fitted["tail"]["countries"], replace=False).tolist()
        share = made[-1].share
        for code in codes:
            share *= fitted["tail"]["factor"]
            west, south = draw.uniform(-110, 140), draw.uniform(-35, 50)
            box = (west, south, west + draw.uniform(2, 10), south + draw.uniform(2, 8))
            made.append(Country(code, share, tuple(round(at, 1) for at in box)))  # type: ignore[arg-type]
        return made

    def spread(self, total: int, power: float, least: int) -> list[int]:
        """Give each country of `total` things what its share of events, to a power, deserves."""
        weights = np.array([country.share for country in self.countries]) ** power
        spare = total - least * len(weights)
        sums = np.round(np.cumsum(weights) / weights.sum() * spare).astype(int)
        return [int(number) + least for number in np.diff(sums, prepend=0)]

    @cached_property
    def places(self) -> Places:
        """Locations: countries, provinces and districts in them, then towns and villages."""
        draw, size = self.draw("places"), self.size["locations"]
        number = len(self.countries)
        rows: list[tuple[str, int, int | None, Any]] = [
            ("country", at, None, country.box) for at, country in enumerate(self.countries)
        ]
        areas = self.spread(max(int(size * 0.07), 2 * number), 0.4, 2)
        provinces: list[list[int]] = []
        for at, country in enumerate(self.countries):
            cells = grid(country.box, max(1, round(areas[at] / 6)))
            provinces.append([*range(len(rows), len(rows) + len(cells))])
            rows += [("admin1", at, at, cell) for cell in cells]
        districts: list[list[int]] = []
        for at in range(number):
            inside = max(1, round((areas[at] - len(provinces[at])) / len(provinces[at])))
            districts.append([])
            for province in provinces[at]:
                cells = grid(rows[province][3], inside)
                districts[at] += range(len(rows), len(rows) + len(cells))
                rows += [("admin2", at, province, cell) for cell in cells]
        for at, towns in enumerate(self.spread(size - len(rows), 0.5, 3)):
            for parent, east, north in zip(
                draw.choice(districts[at], towns).tolist(),
                draw.random(towns).tolist(),
                draw.random(towns).tolist(),
                strict=True,
            ):
                box = rows[parent][3]
                longitude = round(box[0] + (box[2] - box[0]) * east, 4)
                latitude = round(box[1] + (box[3] - box[1]) * north, 4)
                point = (longitude, latitude, longitude, latitude)
                rows.append(("populated_place", at, parent, point))
        kinds, countries, parents, boxes = zip(*rows, strict=True)
        return Places([*kinds], np.array(countries), [*parents], np.array(boxes))

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """What actors and locations are called."""
        draw = self.draw("names")
        return {kind: words.names(draw, self.size[kind]) for kind in ("actors", "locations")}

    @cached_property
    def sentences(self) -> list[str]:
        """What texts are made of."""
        return words.sentences(self.draw("sentences"), 4_000)

    @cached_property
    def where(self) -> dict[str, Choice]:
        """Choices of a location in a country, by its kind."""
        exponent = PARAMETERS["locations_exponent"]
        kinds = np.array(self.places.kinds)
        choices = {}
        for kind in ("country", "admin1", "admin2", "populated_place"):
            members = [
                np.flatnonzero((kinds == kind) & (self.places.countries == at))
                for at in range(len(self.countries))
            ]
            weights = [np.arange(1, len(each) + 1.0) ** -exponent for each in members]
            choices[kind] = Choice(members, weights)
        return choices

    @cached_property
    def nationals(self) -> list[int]:
        """How many actors each country has."""
        return self.spread(self.size["actors"], 0.6, 2)

    @cached_property
    def who(self) -> Choice:
        """The choice of an actor of a country."""
        exponent = PARAMETERS["actors_exponent"]
        starts = np.cumsum([0, *self.nationals])
        members, weights = [], []
        for start, number in zip(starts.tolist(), self.nationals, strict=False):
            zipf = np.arange(1, number + 1.0) ** -exponent
            members.append(np.arange(start, start + number))
            weights.append((1 - STRANGERS) * zipf / zipf.sum() + STRANGERS / number)
        return Choice(members, weights)

    @cached_property
    def texts(self) -> list[str]:
        """The texts of documents: 30 sentences each."""
        chosen = self.draw("texts").integers(0, len(self.sentences), (self.size["documents"], 30))
        return [" ".join([self.sentences[one] for one in text]) for text in chosen.tolist()]

    # Records as a client sends them

    def dataset(self) -> dict[str, Any]:
        """Give the one dataset, as it is sent."""
        name = f"A drawn world of {self.size['events']} events"
        return {"id": DATASET, "name": name, "licence": "CC0-1.0"}

    def sent(self, kind: str, start: int, stop: int) -> Iterator[dict[str, Any]]:
        """Give actors, locations or documents as they are sent, with `id` and `created_at`."""
        numbers = np.arange(start, min(stop, self.size[kind]))
        make = getattr(self, f"_{kind}")
        common = zip(self.instants(kind, numbers), make(numbers), strict=True)
        for number, (instant, own) in zip(numbers.tolist(), common, strict=True):
            yield {
                "id": self.known[kind][number],
                "dataset": DATASET,
                "external_ids": {"bench": str(number)},
                **own,
                "created_at": instant,
            }

    def _actors(self, numbers: Any) -> Iterator[dict[str, Any]]:
        draw = self.draw("actors", int(numbers[0]))
        starts = np.cumsum(self.nationals)
        ids, names = self.known["actors"], self.names["actors"]
        kinds = ("organization", "person", "collective")
        sectors = ("REB", "MIL", "GOV", "CVL", "PTY", "MED", "NGO", "UAF")
        for number in numbers.tolist():
            country = int(np.searchsorted(starts, number, side="right"))
            first = int(starts[country]) - self.nationals[country]
            code = self.countries[country].code
            own: dict[str, Any] = {
                "name": f"{names[number]} {words.SYLLABLES[number % 28].capitalize()}i",
                "kind": kinds[draw.integers(3)],
                "sector": sectors[draw.integers(8)],
                "country": code,
                "description": self.sentences[draw.integers(len(self.sentences))],
            }
            if number == first:
                own |= {"name": f"Government of {code}", "kind": "organization", "sector": "GOV"}
            own["names"] = [{"name": names[-number - 1], "language": "en", "kind": "alias"}]
            if number > first and draw.random() < 1 / 2:
                year = int(draw.integers(1985, 2015))
                other = first + int((number - first) * draw.random() ** 2)
                roles = AFFILIATION_ROLES
                role = roles[draw.integers(len(roles))]
                date = f"{year}/.." if draw.random() < 1 / 2 else f"{year}/{year + 6}"
                own["affiliations"] = [{"actor_id": ids[other], "role": role, "date": date}]
            yield own

    def _locations(self, numbers: Any) -> Iterator[dict[str, Any]]:
        ids, names, places = self.known["locations"], self.names["locations"], self.places
        for number in numbers.tolist():
            kind, parent = places.kinds[number], places.parents[number]
            west, south, east, north = places.boxes[number].tolist()
            own: dict[str, Any] = {
                "name": names[number],
                "names": [{"name": f"{names[number]} {kind}", "kind": "alias"}],
                "kind": kind,
                "parent_id": None if parent is None else ids[parent],
                "country": self.countries[number].code if kind == "country" else None,
            }
            if kind == "populated_place":
                own["point"] = [west, south]
            else:
                ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
                own["geometry"] = {"type": "Polygon", "coordinates": [ring]}
            yield own

    def _documents(self, numbers: Any) -> Iterator[dict[str, Any]]:
        draw = self.draw("documents", int(numbers[0]))
        publishers = self.known["actors"][:200]
        days = self.days(draw, len(numbers))
        for number, day in zip(numbers.tolist(), np.datetime_as_string(days), strict=True):
            yield {
                "title": self.sentences[draw.integers(len(self.sentences))],
                "kind": "article" if draw.random() < 3 / 4 else "broadcast",
                "publisher_id": publishers[int(len(publishers) * draw.random() ** 3)],
                "url": f"https://example.org/{self.seed}/{number}",
                "language": "en" if draw.random() < 3 / 4 else "fr",
                "published_on": str(day),
                "text": self.texts[number],
            }

    def days(self, draw: np.random.Generator, number: int) -> Any:
        """Draw days, by the shares of years and of months, as datetime64."""
        years, months = PARAMETERS["years"], PARAMETERS["months"]
        year = np.array([*map(int, years)])[pick(years.values(), draw.random(number))]
        month = pick(months.values(), draw.random(number))
        first = ((year - 1970) * 12 + month).astype("datetime64[M]")
        long = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
        return first.astype("datetime64[D]") + (long * draw.random(number)).astype("timedelta64[D]")

    # Records as the service has loaded them

    def chunk(self, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Make a chunk of events and of statements on them, in their loaded form.

        They have all that the service puts into their text, and nothing that it keeps beside it.
        """
        start = number * CHUNK
        numbers = np.arange(start, min(start + CHUNK, self.size["events"]))
        events = self._events(number, numbers)
        half = np.arange(start // 2, min((start + CHUNK) // 2, self.size["statements"]))
        return events, self._statements(number, half, events)

    def _events(self, chunk: int, numbers: Any) -> list[dict[str, Any]]:  # noqa: PLR0915 - one draw a member
        draw, size = self.draw("events", chunk), len(numbers)
        shares = [country.share for country in self.countries]
        country = pick(shares, draw.random(size))
        precision = pick(PARAMETERS["location_precisions"].values(), draw.random(size)) + 1
        at = self.where["populated_place"](country, draw.random(size))
        for kind, among in (("admin2", [3]), ("admin1", [4]), ("country", [6, 7])):
            areas = self.where[kind](country, draw.random(size))
            at = np.where(np.isin(precision, among), areas, at)
        others = self.where["populated_place"](country, draw.random(size)).tolist()
        home = np.repeat(country, 4)
        away = draw.random(4 * size) < ABROAD
        home = np.where(away, pick(shares, draw.random(4 * size)), home)
        actors = self.who(home, draw.random(4 * size)).reshape(size, 4).tolist()
        parties = (pick(NUMBERS["participants"], draw.random(size)) + 1).tolist()
        mentions = pick(NUMBERS["mentions"], draw.random(size)).tolist()
        documents = (self.size["documents"] * draw.random((size, 2)) ** 2).astype(int).tolist()
        types = chosen(TYPES, draw.random(size))
        modalities = chosen(WORDS["modalities"], draw.random(size))
        when = self.dated(draw, size)
        deaths = self.killed(draw, size)
        texts = draw.integers(0, len(self.sentences), (size, 4)).tolist()
        chances = draw.random((size, 14)).tolist()
        ids, instants = self.ids("events", numbers), self.instants("events", numbers)
        known, places, pool = self.known, self.known["locations"], self.sentences
        precisions = ("", "exact", "near", "admin2", "admin1", "region", "country", "unknown")
        called, towns = self.names["actors"], self.names["locations"]
        events = []
        for row, (number, at_row, level) in enumerate(
            zip(numbers.tolist(), at.tolist(), precision.tolist(), strict=True)
        ):
            kind, chance, text = types[row], chances[row], texts[row]
            somewhere = chance[0] > 0.03  # noqa: PLR2004 - the share of events without a place
            modes = MODES[kind]
            mode = modes[int(chance[1] * len(modes))] if modes and chance[2] < 0.8 else None  # noqa: PLR2004
            event = EVENT | dates(when[row])
            event |= {
                "id": ids[row],
                "external_ids": {"ged": str(number)},
                "title": f"{called[actors[row][0]]}: {words.PHRASES[kind]} near {towns[at_row]}",
                "description": pool[text[0]] if chance[3] < 0.3 else None,  # noqa: PLR2004
                "type": kind,
                "mode": mode,
                "contexts": ["military"] if kind == "assault" else None,
                "modality": modalities[row],
                "date": when[row],
                "location_id": places[at_row] if somewhere else None,
                "location_precision": precisions[level] if somewhere else None,
                "location_text": None if somewhere else "in the border region",
                "participants": self.parties(parties[row], actors[row], chance[4:6]),
                "fatalities": deaths[row] if kind == "assault" or chance[6] < 0.1 else None,  # noqa: PLR2004
                "created_at": instants[row],
                "updated_at": instants[row],
                "version": 1,
                "retraction": None,
            }
            if mentions[row]:
                event["mentions"] = [
                    self.mention(document, text[2 + place], chance[7 + place])
                    for place, document in enumerate(documents[row][: mentions[row]])
                ]
            if chance[9] < 0.2:  # noqa: PLR2004 - shares, here and below
                event["codes"] = [{**CODE, "scheme": "cameo", "code": f"{190 + level}"}]
            if chance[10] < 0.1:  # noqa: PLR2004
                event["tags"] = [f"topic-{int(200 * chance[11] ** 3)}"]
            if chance[12] < 0.03:  # noqa: PLR2004
                other = {**ELSEWHERE, "location_id": places[others[row]], "role": "origin"}
                event["other_locations"] = [other]
            elif chance[12] < 0.08 and row:  # noqa: PLR2004
                event["part_of_id"] = ids[int(chance[11] * row)]
            elif chance[12] < 0.11 and row:  # noqa: PLR2004
                event["related"] = [{**RELATION, "event_id": ids[int(chance[11] * row)]}]
            elif chance[12] > 0.99:  # noqa: PLR2004
                level_ = "confirmed" if chance[13] < 2 / 3 else "refuted"
                document = known["documents"][documents[row][0]]
                judged = {**VERIFICATION, "level": level_, "document_id": document}
                event["verification"] = judged
            events.append(event)
        return events

    def parties(self, number: int, actors: list[int], chance: list[float]) -> list[dict[str, Any]]:
        """Give the participants of an event: an initiator, a target or a victim, and others."""
        ids = self.known["actors"]
        for place in range(1, number):
            while actors[place] in actors[:place]:
                actors[place] = (actors[place] + 1) % len(ids)
        made = [{**PARTICIPANT, "actor_id": ids[actors[0]], "role": "initiator"}]
        if number > 1 and chance[0] < 0.15:  # noqa: PLR2004 - the share of one-sided violence
            made.append({**PARTICIPANT, "label": "civilians", "role": "victim"})
        elif number > 1:
            role = "target" if chance[1] < 0.8 else "participant"  # noqa: PLR2004
            made.append({**PARTICIPANT, "actor_id": ids[actors[1]], "role": role})
        made += [
            {**PARTICIPANT, "actor_id": ids[actor], "role": "participant", "side": "b"}
            for actor in actors[2:number]
        ]
        return made

    def mention(self, document: int, sentence: int, chance: float) -> dict[str, Any]:
        """Give a document's report of an event, which quotes it one time in five."""
        made = {**MENTION, "document_id": self.known["documents"][document]}
        return made | self.quoted(document, sentence) if chance < 0.2 else made  # noqa: PLR2004

    def quoted(self, document: int, sentence: int, longest: int | None = None) -> dict[str, Any]:
        """Quote a document: one of its sentences, or so many words of it, and where they stand."""
        text = self.texts[document]
        pieces = text.split(". ")
        quote = pieces[sentence % len(pieces)].removesuffix(".")
        if longest:
            quote = " ".join(quote.split()[:longest])
        start = text.find(quote)
        return {"quote": quote, "start": start, "end": start + len(quote)}

    def dated(self, draw: np.random.Generator, size: int) -> list[str]:
        """Draw dates (EDTF), as precise and as long as they are."""
        days = self.days(draw, size)
        precision = (pick(PARAMETERS["date_precisions"].values(), draw.random(size)) + 1).tolist()
        decile = draw.integers(0, 10, size).tolist()
        long = [
            1 if one == 1 else PARAMETERS["days"][str(one)][tenth]
            for one, tenth in zip(precision, decile, strict=True)
        ]
        ends = np.datetime_as_string(days + np.array(long) - 1).tolist()
        written = {1: "{0}", 2: "{0}/{1}", 3: "{0}/{1}", 4: "{0:.7}", 5: "{0:.4}"}
        starts = np.datetime_as_string(days).tolist()
        return [
            written[one].format(start, end)
            for one, start, end in zip(precision, starts, ends, strict=True)
        ]

    def killed(self, draw: np.random.Generator, size: int) -> list[dict[str, Any]]:
        """Draw how many were killed: shares of single numbers, and a Pareto tail above them."""
        fitted = PARAMETERS["deaths"]
        few = len(fitted["few"])
        best = pick([*fitted["few"], 1 - sum(fitted["few"])], draw.random(size))
        many = (few - 0.5) * (1 - draw.random(size)) ** (-1 / fitted["alpha"])
        best = np.where(best < few, best, np.minimum(np.round(many), fitted["most"])).astype(int)
        low = np.where(draw.random(size) < fitted["lower"], best // 2, best)
        wide = np.maximum(best + 1, (best * fitted["ratio"]).astype(int))
        high = np.where(draw.random(size) < fitted["higher"], wide, best)
        return [
            {**RANGE, "low": lowest, "best": one, "high": highest}
            for lowest, one, highest in zip(low.tolist(), best.tolist(), high.tolist(), strict=True)
        ]

    def _statements(  # noqa: C901, PLR0915 - one draw a member
        self, chunk: int, numbers: Any, events: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        draw, size = self.draw("statements", chunk), len(numbers)
        if not size:
            return []
        fame = np.cumsum((1 - draw.random(len(events))) ** -0.6)
        claimed = np.searchsorted(fame / fame[-1], draw.random((size, 3)), side="right").tolist()
        weights = 1 / np.arange(1, len(self.known["heavy"]) + 1)
        heavy = pick(weights, draw.random(size)).tolist()
        chance_heavy = self.heaviest * weights.sum() / self.size["statements"]
        claims = (pick(NUMBERS["claims"], draw.random(size)) + 1).tolist()
        home = pick([country.share for country in self.countries], draw.random(3 * size))
        actors = self.who(home, draw.random(3 * size)).reshape(size, 3).tolist()
        documents = (self.size["documents"] * draw.random(size) ** 2).astype(int).tolist()
        sets = {name: chosen(WORDS[name], draw.random(size)) for name in ("acts", "forms", "media")}
        stances = chosen(WORDS["stances"], draw.random(3 * size))
        aspects = chosen(WORDS["aspects"], draw.random(3 * size))
        lag = draw.integers(0, 4, size)
        happened = [events[one[0]]["starts_on"] for one in claimed]
        days: Any = np.array(happened, "datetime64[D]") + lag
        said = np.datetime_as_string(days).tolist()
        texts = draw.integers(0, len(self.sentences), (size, 2)).tolist()
        chances = draw.random((size, 12)).tolist()
        ids, instants = self.ids("statements", numbers), self.instants("statements", numbers)
        known = self.known
        statements = []
        for row, chance in enumerate(chances):
            form, document = sets["forms"][row], documents[row]
            who = [known["actors"][actor] for actor in actors[row]]
            told = form != "narration"
            statement = STATEMENT | dates(said[row])
            statement |= {
                "id": ids[row],
                "act": sets["acts"][row],
                "form": form,
                "text": self.sentences[texts[row][0]],
                "language": "en",
                "date": said[row],
                "document_id": known["documents"][document],
                "created_at": instants[row],
                "updated_at": instants[row],
                "version": 1,
                "retraction": None,
                "quote_verified": None,
            }
            if told and chance[0] < 0.75:  # noqa: PLR2004 - shares, here and below
                statement["speaker_id"] = who[0]
                statement["speaker_role"] = "spokesman" if chance[1] < 1 / 2 else None
            elif told:
                statement["speaker_label"] = "a local official" if chance[1] < 1 / 2 else "police"
            if told:
                statement["medium"] = sets["media"][row] if chance[2] < 0.6 else None  # noqa: PLR2004
                statement["on_behalf_of_id"] = who[1] if chance[3] < 0.2 else None  # noqa: PLR2004
                statement["addressee_ids"] = [who[2]] if chance[4] < 0.1 else None  # noqa: PLR2004
            if form.endswith("quote"):
                longest = 8 if form == "partial_quote" else None
                quoted = self.quoted(document, texts[row][1], longest)
                statement |= quoted | {"quote_verified": True, "words": plain(quoted["quote"])}
            if chance[5] < 0.15:  # noqa: PLR2004
                carrier = {"actor_id": who[2]} if chance[6] < 1 / 2 else {"label": "local press"}
                statement["chain"] = [{**CARRIER, **carrier, "medium": "print"}]
            if chance[7] < 0.2:  # noqa: PLR2004
                statement["hedge"] = "reportedly"
            if chance[8] < 0.3:  # noqa: PLR2004
                statement["location_id"] = events[claimed[row][0]]["location_id"]
            if chance[9] < 0.5:  # noqa: PLR2004
                statement["credibility"] = 1 + int(chance[10] * 6)
            targets = [events[one]["id"] for one in claimed[row][: claims[row]]]
            if chance[11] < chance_heavy:
                targets[0] = known["heavy"][heavy[row]]
            statement["claims"] = [
                {
                    **CLAIM,
                    "event_id": target,
                    "stance": stances[3 * row + place],
                    "aspect": aspects[3 * row + place],
                    "value": claimed_value(
                        aspects[3 * row + place],
                        who[1],
                        events[claimed[row][place]]["location_id"],
                        chance[1],
                    ),
                }
                for place, target in enumerate(targets)
            ]
            statements.append(statement)
        return statements


def claimed_value(aspect: str, actor_id: str, location_id: str | None, chance: float) -> Any:
    """Give what a statement claims of an aspect of an event."""
    if aspect == "responsibility":
        return actor_id
    if aspect == "fatalities":
        return int(30 * chance**2)
    return location_id if aspect == "location" else None


def mixed(numbers: Any) -> Any:
    """Mix 64 bits so that neighbours share nothing (the finalizer of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def grid(box: Any, number: int) -> list[tuple[float, ...]]:
    """Cut a box (west, south, east, north in degrees) into so many cells, in rows."""
    west, south, east, north = box
    across = int(np.ceil(np.sqrt(number)))
    down = -(-number // across)
    cells = []
    for cell in range(number):
        column, row = cell % across, cell // across
        corners = (
            west + (east - west) * column / across,
            south + (north - south) * row / down,
            west + (east - west) * (column + 1) / across,
            south + (north - south) * (row + 1) / down,
        )
        cells.append(tuple(round(at, 4) for at in corners))
    return cells
