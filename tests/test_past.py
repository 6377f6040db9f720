"""The past over HTTP: whatever is done to records, each instant is read as it was.

Random histories are told to the service and to a model of it (`model`), which keeps a copy of all
that stood at each instant. `ATTEST_EXAMPLES=300` asks for so many histories, and longer ones.
"""

import math
import os
import random
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from jsonpatch import JsonPatch
from support.model import MEMBERS, Model, Refused
from support.resources import MERGED, MINIMAL, RECORDS
from support.service import undone, world
from support.truth import FIRST, Truth, bounds, filters, geometry, values

EXAMPLES = int(os.environ.get("ATTEST_EXAMPLES", "0"))

CURRENT = {"If-Match": "*"}

LONG = "We shall never give up the valley"

DATES = [None, "2021-08-22", "2021-08-21", "2021-08", "2021-07-22/2021-08-22", "2021-08-23/.."]

BOX = (69, 35, 70, 36)

GIVEN = {
    "dataset": ["d1"],
    "name": ["Kabul", "kabul", "Ünal"],
    "country": [None, "AF", "UZ", "SU"],
    "date": DATES,
    "published_on": DATES,
    "type": ["assault", "protest", "control"],
    "sector": [None, "GOV"],
    "modality": ["actual", "actual", "actual", "planned"],
    "codes": [None, [{"scheme": "cameo", "code": "19"}], [{"scheme": "cameo", "code": "190"}]],
    "fatalities": [None, {"low": 1, "best": None, "high": 9}, {"best": 5}],
    "reliability": [None, None, "A", "D", "F"],
    "files": [None, [{"sha256": "a" * 64}], [{"sha256": "b" * 64}, {"sha256": "a" * 64}]],
    "verification": [None, None, None, {"level": "confirmed"}, {"level": "refuted"}],
    "act": ["assert", "deny"],
    "form": ["paraphrase", "direct_quote", "narration"],
    "quote": [None, None, LONG, f"“{LONG.upper()}!”", "so they say"],
    "hedge": [None, "reportedly"],
    "medium": [None, "speech"],
    "speaker_label": [None, "a witness", "A  Witness"],
    "title": [None],
    "url": [None, "https://example.org/1"],
    "language": [None, "en"],
    "text": [None, None, f"{LONG}.", f"{LONG}, so they say."],
    "tags": [[], ["red"], ["red", "blue"]],
}
"""The values that members may have, where they point at nothing."""

KIND = {
    "documents": [None, "article"],
    "actors": [None, "person"],
    "locations": ["country", "area"],
}


def ref(resource, *, certain=False):
    """Choose a record by its place among those that stand, or now and then among all others."""
    numbers = [f"{resource}:{number}" for number in range(4)]
    others = [] if certain else [None] * 3 + [f"{resource}:gone:0"]
    return st.sampled_from(numbers * 2 + others)


def some(entries, most=2):
    """Choose a short list, or none at all."""
    return st.none() | st.lists(entries, max_size=most)


def entry(**members):
    """Make an entry of a list."""
    return st.fixed_dictionaries(members)


def one_of(*known):
    """Choose one of a few values."""
    return st.sampled_from(known)


NAMES = entry(name=one_of("Kaboul", "Kabul"), kind=one_of(None, "primary", "former"))

SPECIAL = {
    "names": some(NAMES),
    "publisher_id": ref("actors"),
    "copy_of_id": one_of(None, None, "documents:0", "documents:1", "documents:2"),
    "affiliations": some(
        entry(
            actor_id=ref("actors"),
            role=one_of("member", "commander", "ally_of"),
            date=one_of(*DATES),
            document_id=one_of(None, "documents:0"),
        )
    ),
    "parent_id": ref("locations"),
    "borders": some(ref("locations")),
    "location_id": ref("locations"),
    "other_locations": some(entry(location_id=ref("locations")), 1),
    "participants": some(
        entry(
            actor_id=ref("actors"),
            label=one_of("men"),
            role=one_of("initiator", "initiator", "target"),
            side=one_of(None, "a"),
            certainty=one_of(None, "probable"),
        )
    ),
    "casualties": some(
        entry(
            kind=one_of("killed", "injured"),
            actor_id=ref("actors"),
            label=one_of(None),
            side=one_of(None),
            low=one_of(None),
            best=one_of(None, 0, 4),
            high=one_of(None, 5),
        ),
        1,
    ),
    "part_of_id": ref("events"),
    "related": some(entry(event_id=ref("events"), relation=one_of("follows", "same_as")), 1),
    "mentions": some(entry(document_id=ref("documents"))),
    "speaker_id": ref("actors"),
    "on_behalf_of_id": one_of(None, None, None, "actors:0", "actors:1"),
    "addressee_ids": some(ref("actors"), 1),
    "chain": some(entry(actor_id=ref("actors"), label=one_of("the press")), 1),
    "document_id": ref("documents"),
    "responds_to_id": one_of(None, None, "statements:0", "statements:1"),
    "claims": st.lists(
        entry(
            statement_id=one_of(None, None, None, "statements:0", "statements:1"),
            event_id=ref("events", certain=True),
            stance=one_of("asserts", "asserts", "denies", "questions", "projects"),
            aspect=one_of("occurrence", "occurrence", "occurrence", "responsibility", "date"),
            value=ref("actors"),
        ),
        min_size=1,
        max_size=3,
    ),
}
"""The members that point at others, or are made of several values."""

SHAPED = st.sampled_from(
    [
        *(
            {"point": point, "geometry": None, "uncertainty_km": radius}
            for point, radius in (
                *((None, None), ([69, 35], None), ([69.5, 35.5], None), ([180, 0], None)),
                *(([69, 35], 60), ([180, 0], 2_500)),
            )
        ),
        {"point": None, "geometry": geometry(*BOX), "uncertainty_km": None},
    ]
)

OWN = {
    resource: tuple(
        name
        for name in MEMBERS[resource]
        if name
        not in {"mode", "start", "end", "text_sha256", "point", "geometry", "uncertainty_km"}
    )
    for resource in RECORDS
}
"""The members that are sent, each by itself."""


def members(resource):
    """Make the members of a record, whose references are still to be resolved."""

    def of(name):
        if name in SPECIAL:
            return SPECIAL[name]
        given = {**GIVEN, "kind": KIND.get(resource)}.get(name)
        return st.sampled_from(given or [MINIMAL[resource].get(name)])

    own = st.fixed_dictionaries({name: of(name) for name in (*OWN[resource], "tags")})
    if resource == "locations":
        return st.builds(lambda one, shape: {**one, **shape}, own, SHAPED)
    return own


@st.composite
def part(draw, resource):
    """Make some members of a record: what may change at once."""
    found = draw(members(resource))
    chosen = draw(st.sets(st.sampled_from([*OWN[resource], "tags"]), min_size=1, max_size=2))
    if resource == "locations" and draw(st.booleans()):
        chosen |= {"point", "geometry", "uncertainty_km"}
    return {name: value for name, value in found.items() if name in chosen}


MOVES = {
    "locations": ("parent_id", "country"),
    "events": ("location_id", "other_locations", "participants"),
    "statements": ("claims", "location_id"),
}
"""The members by which much else is found."""

TELLING = {
    "documents": ["publisher", "tag"],
    "actors": ["affiliated_with", "external_id"],
    "locations": ["within", "country", "external_id"],
    "events": ["location", "country", "bbox", "actor", "affiliated_with", "document"],
    "statements": ["event_location", "speaker_holds", "event", "location", "speaker"],
}
"""The filters that are asked for more often: they depend on other records."""

RESOURCE = st.sampled_from(RECORDS)

SHARED = st.sampled_from(MERGED)

NUMBER = st.integers(0, 3)

BY = st.sampled_from(["human", "human", "model"])

VERDICT = st.sampled_from(["agree", "agree", "disagree", "unsure", None])


def like(expected, found):
    """Tell whether what is expected is found, beside other members of objects."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            name in found and like(value, found[name]) for name, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(expected) == len(found)
            and all(map(like, expected, found))
        )
    return (type(expected) is type(found) and expected == found) or is_close(expected, found)


def is_close(expected, found):
    """Tell whether two numbers are the same, written as 69 or as 69.0."""
    numbers = isinstance(expected, int | float) and isinstance(found, int | float)
    return numbers and math.isclose(expected, found)


class Then(Truth):
    """What lists ought to find by the state of the model at one instant."""

    # ruff: noqa: D102 - as in `Truth`

    def __init__(self, state):
        """Look at what stood."""
        self.state = state
        self.all = {
            resource: {one.id: state.seen(one.id) for one in state.standing(resource)}
            for resource in RECORDS
        }
        self.retracted = {one.id for one in state.records.values() if one.retraction}
        self.methods = {one.id: one.method for one in state.records.values()}
        self.places = {place: {place, *self.above(place)} for place in self.all["locations"]}
        self.claiming = {}
        for statement in self.all["statements"].values():
            for claim in statement["claims"] or ():
                self.claiming.setdefault(claim["event_id"], set()).add(statement["document_id"])

    def fits(self, resource, record, asked):
        if resource == "events":
            begins, _ = bounds(record)
            record = {**record, "starts_on": None if begins == FIRST else begins}
        if "external_id" not in asked:
            return super().fits(resource, record, asked)
        others = {name: wanted for name, wanted in asked.items() if name != "external_id"}
        held = {
            f"{scheme}:{value}"
            for one in self.state.records.values()
            if one.resource == resource and self.state.survivor(one.id) == record["id"]
            for scheme, value in one.body["external_ids"].items()
        }
        return bool(held & asked["external_id"]) and super().fits(resource, record, others)

    def place(self, resource, record):
        place = super().place(resource, record)
        if place is None:
            return None
        box = [*place["point"], *place["point"]] if place["point"] else None
        return {**place, "attributes": {"box": BOX if place["geometry"] else box}}

    def locations_borders(self, place, wanted, asked):
        known = wanted & self.all["locations"].keys()
        ours = not wanted.isdisjoint(place["borders"] or ())
        return ours or super().locations_borders(place, known, asked)


class Asking:
    """Every record there ever was, to choose from what is asked for."""

    def __init__(self, model):
        """Take what was last seen of each."""
        self.all = {resource: {} for resource in RECORDS}
        for record_id, one in model.state.records.items():
            seen = [each.seen for each in model.revisions[record_id] if each.seen]
            if seen:
                self.all[one.resource][record_id] = seen[-1]


FIGURES = Counter()
"""How much was done and compared, over all histories."""


class History(RuleBasedStateMachine):
    """One history: what is done to records, and what every instant of it looks like."""

    world = None

    def __init__(self):
        """Begin with a service that holds nothing."""
        super().__init__()
        self.stack = ExitStack()
        self.client = self.stack.enter_context(undone(self.world))
        self.connection = self.client.application.extensions["pool"].getconn()
        self.model = Model()
        self.instants = []
        self.broken = False
        sent = {"name": "a model", "scopes": ["write"], "method": "model"}
        secret = self.client.post("/v1/keys", json=sent).get_json()["secret"]
        self.heads = {"human": {}, "model": {"Authorization": f"Bearer {secret}"}}
        for dataset in ("d1", "d2"):
            self.client.put(f"/v1/datasets/{dataset}", json={})
        self.keep(self.model)
        FIGURES["histories"] += 1

    def teardown(self):
        """Look at every instant once more, unless something is wrong already."""
        try:
            if not self.broken:
                self.look_everywhere()
        finally:
            self.stack.close()

    # What is done.

    @initialize(
        first=st.fixed_dictionaries(
            {r: st.lists(members(r), min_size=2, max_size=2) for r in RECORDS}
        )
    )
    def begin(self, first):
        """Store some records of each resource in one bundle."""
        sent = {"dataset": "d1"}
        for resource in RECORDS:
            sent[resource] = [
                {
                    **self.resolved(one, f"{resource}{position}"),
                    "ref": f"{resource}{position}",
                    "external_ids": {"test": f"{resource}{position}"},
                }
                for position, one in enumerate(first[resource])
            ]
        self.send_bundle("d1", sent)

    @rule(resource=RESOURCE, number=NUMBER, data=st.data())
    def put(self, resource, number, data):
        """Create or replace a record under an id of ours."""
        record_id = self.identified(resource, number)
        known = self.model.state.records.get(record_id)
        name = f"{resource}{number}"
        sent = {
            **self.resolved(data.draw(members(resource)), own=record_id),
            "dataset": known.body["dataset"] if known else "d1",
            "external_ids": {**(known.body["external_ids"] if known else {}), "test": name},
        }
        self.write("PUT", f"/v1/{resource}/{record_id}", sent, "put", resource, record_id, sent)

    @rule(resource=RESOURCE, number=NUMBER, by=BY, data=st.data())
    def patch(self, resource, number, by, data):
        """Change some members of a record."""
        if record_id := self.chosen(resource, number):
            sent = self.resolved(data.draw(part(resource)), own=record_id)
            done = "patch", record_id, sent
            self.write("PATCH", f"/v1/{resource}/{record_id}", sent, *done, by=by)

    @rule(
        said=st.lists(
            st.tuples(st.sampled_from([*RECORDS, *MERGED]), NUMBER, BY, VERDICT, NUMBER),
            min_size=1,
            max_size=4,
        )
    )
    def think(self, said):
        """Say what one thinks of some records, or take that back."""
        for resource, number, by, verdict, gone in said:
            one = self.resolve(f"{resource}:{number}") if gone else self.chosen(resource, number)
            if one:
                self.assess(resource, one, by, verdict)

    def assess(self, resource, one, by, verdict):
        """Say what one thinks of a record."""
        path, before = f"/v1/{resource}/{one}/assessments/mine", self.model.state
        method, sent = ("PUT", {"verdict": verdict}) if verdict else ("DELETE", None)
        told, _ = self.write(method, path, sent, "assess", one, verdict, by=by)
        after = self.model.state
        if told and after.assessments != before.assessments:
            since = datetime.fromisoformat(told["assessed_at"])
            self.instants.append((written(since - timedelta(microseconds=1)), before))
            self.instants.append((written(since), after.copy()))

    @rule(
        move=st.sampled_from([(one, name) for one, names in MOVES.items() for name in names]),
        number=NUMBER,
        data=st.data(),
    )
    def move(self, move, number, data):
        """Move a location into another, an event to another place, a claim to another event."""
        resource, name = move
        if record_id := self.resolve(f"{resource}:{number}"):
            made = data.draw(SPECIAL[name] if name in SPECIAL else st.sampled_from(GIVEN[name]))
            sent = self.resolved({name: made}, own=record_id)
            self.write("PATCH", f"/v1/{resource}/{record_id}", sent, "patch", record_id, sent)

    @rule(
        resource=RESOURCE,
        number=NUMBER,
        sent=st.sampled_from(
            [
                *({"external_ids": {"alt": value}} for value in ("x", "y", None)),
                {"external_ids": {"alt": "x", "more": "z"}},
                *({"dataset": dataset} for dataset in ("d1", "d2")),
            ]
        ),
    )
    def rename(self, resource, number, sent):
        """Change the external ids of a record, or put it into another dataset."""
        if record_id := self.chosen(resource, number):
            self.write("PATCH", f"/v1/{resource}/{record_id}", sent, "patch", record_id, sent)

    @rule(resource=RESOURCE, number=NUMBER)
    def withdraw(self, resource, number):
        """Withdraw a record, which others may refer to."""
        if record_id := self.chosen(resource, number):
            self.write("DELETE", f"/v1/{resource}/{record_id}", None, "withdraw", record_id)

    @rule(number=st.integers(0, 7))
    def withdraw_unused(self, number):
        """Withdraw a record that nothing refers to."""
        state = self.model.state
        found = [
            one
            for resource in RECORDS
            for one in state.standing(resource)
            if not state.referrers(one.id)
        ]
        if found:
            one = found[number % len(found)]
            self.write("DELETE", f"/v1/{one.resource}/{one.id}", None, "withdraw", one.id)

    @rule(resource=RESOURCE, number=NUMBER, to=st.integers(1, 4))
    def revert(self, resource, number, to):
        """Make a record again what it was."""
        if record_id := self.chosen(resource, number):
            to = min(to, self.model.state.records[record_id].version + 1)
            path = f"/v1/{resource}/{record_id}/revert"
            self.write("POST", path, {"to": to}, "revert", record_id, to)

    @precondition(lambda self: self.gone())
    @rule(number=NUMBER, back=st.integers(1, 2))
    def restore(self, number, back):
        """Make a withdrawn record again what it was."""
        one = self.gone()[number % len(self.gone())]
        path, to = f"/v1/{one.resource}/{one.id}/revert", max(1, one.version - back)
        self.write("POST", path, {"to": to}, "revert", one.id, to)

    @rule(
        resource=st.sampled_from(["statements", "documents", "events", "statements", *RECORDS]),
        number=NUMBER,
        reason=st.sampled_from(["an error", "a hoax"]),
        data=st.data(),
    )
    def retract(self, resource, number, reason, data):
        """Retract a record."""
        if record_id := self.chosen(resource, number):
            other = data.draw(one_of(None, None, f"{resource}:0", f"{resource}:gone:0"))
            other = self.resolve(other, record_id)
            sent = {"reason": reason, "superseded_by": other}
            path = f"/v1/{resource}/{record_id}/retraction"
            self.write("PUT", path, sent, "retract", record_id, reason, other)

    @precondition(lambda self: any(one.retraction for one in self.model.state.records.values()))
    @rule(number=st.integers(0, 8))
    def reinstate(self, number):
        """Lift a retraction; now and then, where there is none."""
        known = [*self.model.state.records.values()]
        found = [one for one in known if one.retraction and not one.withdrawn]
        one = found[number % len(found)] if found and number else known[number % len(known)]
        path = f"/v1/{one.resource}/{one.id}/retraction"
        self.write("DELETE", path, None, "reinstate", one.id)

    @rule(
        resource=SHARED,
        number=NUMBER,
        other=NUMBER,
        gone=st.integers(0, 9),
        said=st.lists(st.tuples(st.booleans(), BY, VERDICT), max_size=3),
    )
    def merge(self, resource, number, other, gone, said):
        """Merge two records, of which somebody thinks something."""
        one = self.resolve(f"{resource}:{number}") if gone else self.chosen(resource, number)
        into = self.resolve(f"{resource}:{other}" if gone != 1 else f"{resource}:gone:{other}", one)
        if one and into:
            for of_one, by, verdict in said:
                self.assess(resource, one if of_one else into, by, verdict)
            path = f"/v1/{resource}/{one}/merge"
            answer, moved = self.write("POST", path, {"into": into}, "merge", one, into)
            if moved is not None:
                assert answer["moved"] == moved

    @precondition(lambda self: self.model.state.merged)
    @rule(number=NUMBER)
    def unmerge(self, number):
        """Part two records that were merged."""
        found = [*self.model.state.merged]
        one = found[number % len(found)]
        path = f"/v1/{self.model.state.records[one].resource}/{one}/unmerge"
        answer, expected = self.write("POST", path, {}, "unmerge", one)
        if expected is not None:
            rehomed, stayed = expected
            assert answer["rehomed"] == rehomed
            assert {(each["id"], each["reason"]) for each in answer["stayed"]} == stayed
            assert answer["stayed_total"] == len(stayed)

    @rule(
        chosen=st.lists(st.tuples(RESOURCE, NUMBER), min_size=1, max_size=3, unique=True),
        data=st.data(),
    )
    def send_again(self, chosen, data):
        """Send records in a bundle by their external ids: also merged and withdrawn ones."""
        sent = {"dataset": "d1"}
        for resource, number in chosen:
            name = f"{resource}{number}"
            one = self.named(resource, name)
            if one and one.body["dataset"] == "d1":
                new = self.resolved(data.draw(part(resource)), own=one.id)
                record = {"external_ids": {"test": name}, "ref": name, **new}
                sent.setdefault(resource, []).append(record)
        if len(sent) > 1:
            self.send_bundle("d1", sent)

    @precondition(lambda self: len(self.instants) > 8)
    @rule(data=st.data())
    def look(self, data):
        """Look at one instant amid what is done."""
        number = data.draw(st.integers(0, len(self.instants) - 1))
        self.guarded(self.look_at, *self.instants[number], number)

    # How it is done.

    def gone(self):
        """List the records that were withdrawn, but not merged."""
        state = self.model.state
        return [
            one for one in state.records.values() if one.withdrawn and one.id not in state.merged
        ]

    def identified(self, resource, number):
        """Give the id that a record has, or is given when it is made."""
        name = f"{resource}{number}"
        one = self.named(resource, name)
        return one.id if one else str(uuid5(UUID(int=0), name))

    def named(self, resource, name):
        """Find the record that has a name."""
        for one in self.model.state.records.values():
            if one.resource == resource and one.body["external_ids"].get("test") == name:
                return one
        return None

    def chosen(self, resource, number):
        """Choose among all records of a resource that there ever were."""
        known = [one.id for one in self.model.state.records.values() if one.resource == resource]
        return known[number % len(known)] if known else None

    def resolve(self, written, own=None):
        """Give the id of what a reference like `actors:2` or `actors:gone:0` means."""
        if written is None:
            return None
        resource, *gone, number = written.split(":")
        known = [
            one.id
            for one in self.model.state.records.values()
            if one.resource == resource and one.withdrawn is bool(gone) and one.id != own
        ]
        return known[int(number) % len(known)] if known else None

    def resolved(self, value, form=None, own=None):
        """Put ids, or refs of a `form`, in the place of references."""
        if isinstance(value, dict):
            found = {name: self.resolved(inner, form, own) for name, inner in value.items()}
            if found.get("statement_id"):  # of which it can only be said that it was made, or not
                stance = "denies" if found["stance"] == "projects" else found["stance"]
                found |= {"event_id": None, "aspect": "occurrence", "stance": stance}
            if found.get("aspect") not in {None, "responsibility"}:
                found["value"] = None
            if value.get("actor_id") and "label" in value and found["actor_id"]:
                found["label"] = None
            return found
        if isinstance(value, list):
            entries = [self.resolved(inner, form, own) for inner in value]
            return [one for one in entries if is_whole(one)]
        resource, _, number = value.partition(":") if isinstance(value, str) else ("", "", "")
        if resource not in RECORDS:
            return value
        if form:
            return self.forward(resource, number, form)
        return self.resolve(value, own)

    def forward(self, resource, number, form):
        """Give a ref of the first bundle; in circles only by way of other resources."""
        one = int(number.rpartition(":")[2]) % 2
        return f"@{resource}{one}" if resource != form[:-1] or f"{resource}{one}" < form else None

    def send_bundle(self, dataset, sent):
        """Send a bundle, whose new records have the ids that the answer says."""
        answer = self.client.post("/v1/bundles", json=sent).get_json()
        ids = answer.get("ids", {})
        records = []
        for resource in RECORDS:
            for one in sent.get(resource, ()):
                found = {name: value for name, value in one.items() if name != "ref"}
                records.append((resource, ids.get(one["ref"], one["ref"]), put_ids(found, ids)))
        self.guarded(self.hold, answer, "bundle", dataset, records)

    def hold(self, answer, *done):
        """Hold the answer of a bundle against the model's."""
        expected, trial = self.attempted(*done)
        assert trial is None or "ids" in answer, (done, answer)
        if trial is None:
            assert answer.get("status") == expected, (done, answer)
        else:
            assert {name: answer[name] for name in expected} == expected, answer
            self.keep(trial)

    def write(self, method, path, sent, *done, by="human"):
        """Write something, and hold the answer against the model's; give both."""
        return self.guarded(self.written, method, path, sent, by, *done)

    def written(self, method, path, sent, by, *done):
        """Write something, as above."""
        new = method == "PUT" and path.rpartition("/")[2] not in {*self.model.state.records}
        new = new and not path.endswith("/retraction")
        head = self.heads[by] | ({} if new else CURRENT)
        answer = self.client.open(path, method=method, json=sent, headers=head)
        expected, trial = self.attempted(*done, by=by)
        status = expected if isinstance(expected, int) else 200
        told = answer.get_json(silent=True)
        assert answer.status_code == status, (method, path, sent, expected, told)
        if trial is None:
            return None, None
        self.keep(trial)
        return told, expected

    def attempted(self, operation, *arguments, by="human"):
        """Do the same to a model; give its answer, and it; None where it refuses that."""
        trial = self.model.copy()
        trial.method = by
        FIGURES["writes"] += 1
        try:
            expected = getattr(trial, operation)(*arguments)
            trial.show(self.model.state)
        except Refused as refusal:
            FIGURES["refused"] += 1
            FIGURES[f"refused {operation} {refusal.status}"] += 1
            return refusal.status, None
        FIGURES[f"accepted {operation}"] += 1
        return expected, trial

    def guarded(self, work, *arguments):
        """Do something, and remember it if it fails."""
        self.broken = True
        found = work(*arguments)
        self.broken = False
        return found

    # What is looked at.

    def keep(self, model):
        """Keep what stands now; and what stood when it came to, and just before."""
        before, self.model = self.model.state, model
        state = model.state.copy()
        changed = [
            one
            for one in state.records.values()
            if one.version != (before.records[one.id].version if one.id in before.records else 0)
        ]
        if changed:
            path = f"/v1/{changed[0].resource}/{changed[0].id}/revisions?sort=-number&limit=1"
            recorded_at = self.client.get(path).get_json()["items"][0]["recorded_at"]
            since = datetime.fromisoformat(recorded_at)
            self.instants.append((written(since - timedelta(microseconds=1)), before))
            self.instants.append((written(since), state))
        [[now]] = self.connection.execute("SELECT clock_timestamp()").fetchall()
        self.instants.append((written(now), state))

    def look_everywhere(self):
        """Look at every instant, at what stands, and at all revisions."""
        for number, (instant, state) in enumerate(self.instants):
            if number % 3 == len(self.instants) % 3:
                self.look_at(instant, state, number)
        self.look_at(None, self.model.state, len(self.instants))
        for record_id in self.model.state.records:
            self.look_back(record_id)

    def look_at(self, instant, state, number):
        """Look at an instant, None for now: at all records, and at what some filters find."""
        FIGURES["instants"] += 1
        drawn = random.Random(f"{number} {len(self.instants)}")  # noqa: S311 - to be repeated
        then = Then(state)
        for resource in RECORDS:
            listed = self.ask(f"/v1/{resource}", instant, retracted="include", limit=1000)
            found = {one["id"]: one for one in listed["items"]}
            expected = {*then.all[resource]}
            assert {*found} == expected, (resource, instant, {*found} ^ expected)
            for record_id, seen in then.all[resource].items():
                expected = {name: value for name, value in seen.items() if name != "text"}
                assert like(expected, found[record_id]), (instant, expected, found[record_id])
                assert instant is None or found[record_id]["updated_at"] <= instant
                FIGURES["records compared"] += 1
        known = [*self.model.state.records.values()]
        for one in drawn.sample(known, min(len(known), 2)):
            self.look_at_one(one, instant, state)
        for event in drawn.sample([*then.all["events"]], min(1, len(then.all["events"]))):
            self.look_behind(event, instant, state)
        for resource in drawn.sample(RECORDS, 3):
            self.find(drawn, then, resource, instant)

    def look_at_one(self, one, instant, state):
        """Look at a record that there was at some time."""
        path = f"/v1/{one.resource}/{one.id}"
        answer = self.client.get(at(path, instant))
        FIGURES["records read"] += 1
        if state.stands(one.id):
            assert answer.status_code == 200, (path, instant)
            assert like(state.seen(one.id), answer.get_json()), (
                instant,
                state.seen(one.id),
                answer.get_json(),
            )
            self.look_at_assessments(one, instant, state)
            return
        merged = one.id in state.merged
        expected = 308 if merged else 410 if one.id in state.records else 404
        assert answer.status_code == expected, (path, instant)
        if merged:
            assert state.survivor(one.id) in answer.headers["Location"]
        if expected == 410:
            assert answer.get_json()["tombstone"]["version"] == state.records[one.id].version

    def look_at_assessments(self, one, instant, state):
        """Look at what was thought of a record that stood."""
        listed = self.ask(f"/v1/{one.resource}/{one.id}/assessments", instant)["items"]
        found = {each["method"]: each for each in listed}
        expected = state.thought(one.id)
        assert (len(listed), found.keys()) == (len(expected), expected.keys()), (instant, expected)
        for by, (own, outdated) in expected.items():
            members = {**own._asdict(), "outdated": outdated}
            del members["turn"]
            assert like(members, found[by]), (instant, members, found[by])
            FIGURES["assessments compared"] += 1

    def look_behind(self, event_id, instant, state):
        """Look at what stands behind an event's attestation: it adds up."""
        FIGURES["explanations"] += 1
        found = self.ask(f"/v1/events/{event_id}/attestation", instant)
        numbers = state.attestation(event_id)
        assert like(numbers, found), (instant, numbers, found)
        sections = {
            "asserting": "asserts",
            "denying": "denies",
            "questioning": "questions",
            "projecting": "projects",
        }
        for section, stance in sections.items():
            told = [
                frozenset(one["statement_id"] for one in origin["statements"])
                for origin in found[section]
            ]
            assert {*told} == state.stances(event_id, stance), (instant, section, found)
            assert len(told) == len({*told})
        beside = {
            (statement.id, claim["aspect"])
            for statement, claim in state.said(event_id)
            if claim["aspect"] != "occurrence"
        }
        told = {
            (each["statement_id"], one["aspect"])
            for one in found["aspects"]
            for each in one["claims"]
        }
        assert told == beside, (instant, found["aspects"])
        assert {one["id"] for one in found["retracted"]} == state.weightless(event_id), instant
        assert len(found["own_voice"]) == numbers["documents"], (instant, found)

    def find(self, drawn, then, resource, instant):
        """Find records by one or two filters."""
        asking = Asking(self.model)
        query, asked = {}, {}
        known = drawn.choice([asked_of(resource), TELLING.get(resource) or asked_of(resource)])
        for name in drawn.sample(known, drawn.choice([1, 1, 2])):
            written, meant = values(asking, resource, name, drawn)
            query |= {name: value for name, value in written.items() if value}
            asked |= {name: meant[name] for name in meant if name in query or name == "radius"}
        asked = {
            name: {then.state.survivor(one) for one in wanted} if type(wanted) is set else wanted
            for name, wanted in asked.items()
        }
        expected = {
            record_id
            for record_id, record in then.all[resource].items()
            if then.fits(resource, record, asked)
        }
        found = self.ask(f"/v1/{resource}", instant, **query, fields="id", total="exact")
        assert {one["id"] for one in found["items"]} == expected, (instant, query, found, expected)
        assert found["total"] == len(expected), (instant, query)
        FIGURES["lists"] += 1
        FIGURES["lists that find something"] += bool(expected)

    def look_back(self, record_id):
        """Look at the revisions of a record: each is what stood first under its number."""
        path = f"/v1/{self.model.state.records[record_id].resource}/{record_id}/revisions"
        expected = self.model.revisions[record_id]
        listed = self.ask(path, None, sort="number", limit=1000)["items"]
        numbers = [(each.number, each.operation) for each in expected]
        assert [(one["number"], one["operation"]) for one in listed] == numbers, path
        before = None
        for each in expected:
            record = self.ask(f"{path}/{each.number}", None)["record"]
            assert like(each.seen, record), (each.seen, record)
            patch = self.client.get(f"{path}/{each.number}/diff").get_json(force=True)
            assert JsonPatch(patch).apply(before) == record, (before, patch, record)
            before = record
            FIGURES["revisions"] += 1

    def ask(self, path, instant, **query):
        """Read something that is there."""
        answer = self.client.get(at(path, instant, **query))
        assert answer.status_code == 200, (path, instant, query, answer.get_json())
        return answer.get_json()


def asked_of(resource):
    """Name what a list can be filtered by."""
    return [name for name in filters(resource) if name != "as_of"]


def at(path, instant, **query):
    """Write an address as of an instant, None for now."""
    if instant:
        query["as_of"] = instant
    return f"{path}?{urlencode(query)}" if query else path


def written(instant):
    """Write an instant."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_whole(one):
    """Tell whether an entry of a list points at what it must point at."""
    if one is None:
        return False
    if isinstance(one, dict) and one.get("statement_id"):
        return True
    needed = {"event_id", "location_id"}
    if isinstance(one, dict):
        needed |= set() if "label" in one else {"actor_id"}
        needed |= set() if "actor_id" in one else {"document_id"}
        return all(one[name] for name in needed & one.keys())
    return True


def put_ids(value, ids):
    """Put ids in the place of the refs of a bundle."""
    if isinstance(value, dict):
        return {name: put_ids(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [put_ids(inner, ids) for inner in value]
    return ids.get(value[1:], value) if isinstance(value, str) and value[:1] == "@" else value


@pytest.fixture(scope="module")
def own_world(server, template, settings):
    """Give a client of a service that holds nothing, and that nobody else waits for."""
    with world(server, template, settings) as given:
        yield given


def test_any_history(own_world, capsys):
    """The state as of every instant is that of a plain model: records, lists, attestation."""

    class Told(History):
        """Histories of this service."""

        world = own_world

    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=EXAMPLES or 15,
            stateful_step_count=40 if EXAMPLES else 20,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    if EXAMPLES:
        with capsys.disabled():
            print("", *sorted(FIGURES.items()), sep="\n")  # noqa: T201 - what the long run did
