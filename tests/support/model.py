"""A model of the service, in dictionaries and loops: what ought to stand, told without any SQL."""

from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from support.resources import MINIMAL, RECORDS

UNITED = ("affiliations", "mentions", "codes")
"""Lists that a record is given by one that is merged into it, beside names and external ids."""

POINTS: dict[str, dict[str, str]] = {
    **{resource: {} for resource in RECORDS},
    "documents": {"publisher_id": "actors", "copy_of_id": "documents"},
    "actors": {"affiliations/actor_id": "actors", "affiliations/document_id": "documents"},
    "locations": {"parent_id": "locations", "borders/": "locations"},
    "events": {
        "location_id": "locations",
        "other_locations/location_id": "locations",
        "participants/actor_id": "actors",
        "casualties/actor_id": "actors",
        "part_of_id": "events",
        "related/event_id": "events",
        "mentions/document_id": "documents",
    },
    "statements": {
        "speaker_id": "actors",
        "on_behalf_of_id": "actors",
        "addressee_ids/": "actors",
        "chain/actor_id": "actors",
        "document_id": "documents",
        "location_id": "locations",
        "responds_to_id": "statements",
        "claims/event_id": "events",
        "claims/statement_id": "statements",
        "claims/value": "actors",  # only claims of responsibility have one here
    },
}
"""Where records point at others: a member, or a list's name and a member of its entries."""

MEMBERS: dict[str, dict[str, Any]] = {
    **{resource: dict.fromkeys(MINIMAL[resource]) for resource in RECORDS},
    "documents": dict.fromkeys(
        (
            *("title", "kind", "publisher_id", "url", "language", "published_on"),
            *("text", "text_sha256", "reliability", "files", "copy_of_id"),
        )
    ),
    "actors": dict.fromkeys(
        ("name", "names", "kind", "sector", "country", "reliability", "affiliations")
    ),
    "locations": dict.fromkeys(
        (
            "name",
            "names",
            "kind",
            "parent_id",
            "borders",
            "country",
            "point",
            "geometry",
            "uncertainty_km",
        )
    ),
    "events": {
        **dict.fromkeys(("type", "mode", "codes", "date", "location_id", "other_locations")),
        **dict.fromkeys(("participants", "fatalities", "part_of_id", "related", "mentions")),
        "casualties": None,
        "modality": "actual",
        "verification": None,
    },
    "statements": {
        **dict.fromkeys(("act", "form", "quote", "start", "end", "hedge", "medium", "date")),
        **dict.fromkeys(("speaker_id", "speaker_label", "on_behalf_of_id", "addressee_ids")),
        **dict.fromkeys(("chain", "document_id", "location_id", "responds_to_id", "claims")),
    },
}
"""The members that records have here, and what they are where nothing is sent."""

COMMON: dict[str, Any] = {"dataset": None, "external_ids": {}, "tags": []}

PASSAGE = ("document_id", "quote", "start", "end")


class Refused(Exception):  # noqa: N818 - it names what is so
    """A write that ought to be refused."""

    def __init__(self, status: int) -> None:
        """Keep the status."""
        super().__init__(status)
        self.status = status


class Record(NamedTuple):
    """One record as it stands, or as it was when it was withdrawn."""

    resource: str
    id: str
    body: dict[str, Any]
    version: int
    retraction: dict[str, Any] | None = None
    withdrawn: bool = False
    verified: bool | None = None
    method: str = "human"


class Assessment(NamedTuple):
    """An assessment in the model: its verdict, the version it is on, and how many came before."""

    verdict: str
    record_id: str
    version: int
    turn: int


class Draft(NamedTuple):
    """A record as it is to be."""

    resource: str
    id: str
    body: dict[str, Any]
    operation: str = ""
    retraction: dict[str, Any] | None = None


FOLDED: dict[str, tuple[str, ...]] = {
    "participants": ("actor_id", "role"),
    "casualties": ("kind", "actor_id", "label", "side"),
    "affiliations": (),
    "related": (),
    "other_locations": (),
    "addressee_ids": (),
    "borders": (),
    "claims": (),
}
"""Lists that say a thing once after a merge, and in which members entries agree; () is all."""


class Merge(NamedTuple):
    """What was done when a record was merged."""

    into: str
    given: dict[str, Any]
    moved: dict[str, list[tuple[Any, ...]]]
    pointing: set[str]


class Revision(NamedTuple):
    """One version of a record: what was done, and what was seen of it at first."""

    number: int
    operation: str
    seen: dict[str, Any] | None
    retraction: dict[str, Any] | None
    body: dict[str, Any]


def places(resource, body, retraction=None):
    """Yield where a record points at others: the steps that lead there, the resource, the id."""
    for path, to in POINTS[resource].items():
        name, inside, member = path.partition("/")
        if not inside:
            if body[name]:
                yield (name,), to, body[name]
            continue
        for position, entry in enumerate(body[name] or ()):
            found = entry[member] if member else entry
            if found:
                yield (name, position, member) if member else (name, position), to, found
    if retraction and retraction["superseded_by"]:
        yield (), resource, retraction["superseded_by"]


def pointed(body, retraction, wheres, to):
    """Let a record point at another one at some places: give its body and its retraction."""
    body, retraction = deepcopy(body), deepcopy(retraction)
    for steps in wheres:
        holder: Any = body
        for step in steps[:-1]:
            holder = holder[step]
        if steps:
            holder[steps[-1]] = to
        else:
            retraction["superseded_by"] = to
    return body, retraction


def folded(body, moved):
    """Let a record say once what it says twice since a merge; give it, and its lists as they were.

    `moved` says of places by which merges they were moved: the same ones let entries stand.
    """
    body, unfolded = deepcopy(body), {}
    for name, members in FOLDED.items():
        by = {where[1]: moves for where, moves in moved.items() if where and where[0] == name}
        if not by or not body.get(name):
            continue
        shown: list[tuple[Any, list[Any]]] = []
        for position, entry in enumerate(body[name]):
            moves = by.get(position, set())
            for place, (first, known) in enumerate(shown):
                agree = (
                    all(first[one] == entry[one] for one in members) if members else first == entry
                )
                if agree and moves not in known:
                    if isinstance(entry, dict):
                        told = {one: value for one, value in first.items() if value is not None}
                        shown[place] = {**entry, **told}, [*known, moves]
                    else:
                        shown[place] = first, [*known, moves]
                    break
            else:
                shown.append((entry, [moves]))
        if len(shown) < len(body[name]):
            unfolded[name] = body[name]
            body[name] = [entry for entry, _ in shown]
    return body, unfolded


@dataclass
class State:
    """What stands at one moment, and what is left of the rest."""

    records: dict[str, Record] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    assessments: dict[tuple[str, str], Assessment] = field(default_factory=dict)
    """By the record that they were written to, and by whom."""

    def copy(self):
        """Keep what stands now: records are never altered, but replaced."""
        return State(dict(self.records), dict(self.merged), dict(self.assessments))

    def stands(self, record_id):
        """Tell whether there is a record."""
        return record_id in self.records and not self.records[record_id].withdrawn

    def standing(self, resource):
        """List the records of a resource that stand."""
        return [
            one for one in self.records.values() if one.resource == resource and not one.withdrawn
        ]

    def survivor(self, record_id):
        """Follow merges to the record that stands for one: mostly itself."""
        while record_id in self.merged:
            record_id = self.merged[record_id]
        return record_id

    def referrers(self, record_id):
        """List the standing records that point at one."""
        return {
            one.id
            for one in self.records.values()
            if not one.withdrawn
            and any(to == record_id for _, _, to in places(one.resource, one.body, one.retraction))
        }

    def thought(self, record_id):
        """Tell what is thought of a record: by whom -> what counts, and whether it is outdated."""
        found: dict[str, Assessment] = {}
        for (written_to, by), one in self.assessments.items():
            if self.survivor(written_to) == record_id:
                other = found.get(by, one)
                found[by] = max(
                    one, other, key=lambda each: (each.record_id == record_id, each.turn)
                )
        version = self.records[record_id].version
        return {
            by: (one, (one.record_id, one.version) != (record_id, version))
            for by, one in found.items()
        }

    def assessed(self, record_id):
        """Count what is thought of a record."""
        numbers = dict.fromkeys(("agree", "disagree", "unsure", "outdated"), 0)
        for one, outdated in self.thought(record_id).values():
            numbers["outdated" if outdated else one.verdict] += 1
        return numbers

    def holders(self, resource, dataset, external_id):
        """Tell who is called so elsewhere: by whom it was first held -> who holds it now."""
        return {
            one.id: self.survivor(one.id)
            for one in self.records.values()
            if (one.resource, one.body["dataset"]) == (resource, dataset)
            and external_id in one.body["external_ids"].items()
        }

    def above(self, location_id):
        """List what a location lies in; None where it would lie in itself."""
        found: list[str] = []
        while parent := self.records[location_id].body["parent_id"]:
            if parent in found:
                return None
            found.append(parent)
            location_id = parent
        return found

    def seen(self, record_id):
        """Give what a reader is to see of a record."""
        one = self.records[record_id]
        seen = {"id": one.id, "version": one.version, "retraction": None, **one.body}
        seen["assessments"] = self.assessed(record_id)
        if one.retraction:
            seen["retraction"] = {
                name: one.retraction[name] for name in ("reason", "superseded_by")
            }
        if one.resource == "events":
            seen["attestation"] = self.attestation(record_id)
        if one.resource == "documents":
            seen["source_reliability"] = self.source_reliability(one.body)
        if one.resource == "statements":
            seen["quote_verified"] = one.verified
            seen["attestation"] = self.hearsay(record_id)
        return seen

    def source_reliability(self, document):
        """Give the grade of a document, and whose it is: its own, or that of its publisher."""
        publisher = self.records.get(document["publisher_id"])
        if document["reliability"]:
            return {"grade": document["reliability"], "of": "document", "actor_id": None}
        if not publisher or publisher.retraction or not publisher.body["reliability"]:
            return None
        grade = publisher.body["reliability"]
        return {"grade": grade, "of": "publisher", "actor_id": publisher.id}

    def hearsay(self, statement_id):
        """Count who says of a statement that it was made, or not; a narration is a document's."""
        groups: list[tuple[set[Any], set[str]]] = []
        for statement in self.standing("statements"):
            if not (self.weighs(statement.id) and self.weighs(statement.body["document_id"])):
                continue
            stances = {
                claim["stance"]
                for claim in statement.body["claims"] or ()
                if claim.get("statement_id") == statement_id
            }
            marks = {self.source(statement)} | carried(statement)
            if statement.body["form"] == "narration":
                marks = {("narrated", self.original(statement.body["document_id"]) or statement.id)}
            for group in [group for group in groups if stances and group[0] & marks]:
                groups.remove(group)
                marks |= group[0]
                stances |= group[1]
            if stances:
                groups.append((marks, stances))
        stances = {"asserted": "asserts", "denied": "denies", "questioned": "questions"}
        return {name: sum(stance in told for _, told in groups) for name, stance in stances.items()}

    def weighs(self, record_id):
        """Tell whether a statement or document has weight."""
        return record_id is None or self.records[record_id].retraction is None

    def told(self, event_id):
        """List what is said of an event: statement, its claim."""
        return [
            (statement, claim)
            for statement in self.standing("statements")
            for claim in statement.body["claims"] or ()
            if claim.get("event_id") == event_id
        ]

    def said(self, event_id):
        """List what is said of an event and has weight: statement, its claim."""
        return [
            (statement, claim)
            for statement, claim in self.told(event_id)
            if self.weighs(statement.id) and self.weighs(statement.body["document_id"])
        ]

    def weightless(self, event_id):
        """List the retracted statements and documents that say something of an event."""
        mentions = self.records[event_id].body["mentions"] or ()
        found = {one["document_id"] for one in mentions if not self.weighs(one["document_id"])}
        for statement, _ in self.told(event_id):
            if not self.weighs(statement.id):
                found.add(statement.id)
            elif not self.weighs(statement.body["document_id"]):
                found.add(statement.body["document_id"])
        return found

    def origins(self, event_id):
        """Group the statements on an event's occurrence by who is behind them."""
        groups: list[tuple[set[Any], set[str]]] = []
        for statement, claim in self.said(event_id):
            if claim["aspect"] != "occurrence" or statement.body["form"] == "narration":
                continue
            marks = {self.source(statement)} | carried(statement)
            ids = {statement.id}
            for group in [group for group in groups if group[0] & marks]:
                groups.remove(group)
                marks |= group[0]
                ids |= group[1]
            groups.append((marks, ids))
        return [ids for _, ids in groups]

    def original(self, document_id):
        """Give the document that stands for all with the same text, and all that reprint those."""
        if document_id is None:
            return None
        found, texts, grown = {document_id}, set(), True
        while grown:
            size = len(found)
            texts |= {self.records[one].body["text_sha256"] for one in found} - {None}
            for one in self.standing("documents"):
                above = one.body["copy_of_id"]
                if one.id in found and above:
                    found.add(above)
                elif above in found or one.body["text_sha256"] in texts:
                    found.add(one.id)
            grown = len(found) > size
        return min(found)

    def source(self, statement):
        """Give whom a statement counts under."""
        body = statement.body
        if body["on_behalf_of_id"] or body["speaker_id"]:
            return body["on_behalf_of_id"] or body["speaker_id"]
        label = " ".join((body["speaker_label"] or "").lower().split())
        return (self.original(body["document_id"]) or statement.id, label)

    def stances(self, event_id, stance):
        """Group the statements of one stance by who is behind them: a set of sets of ids."""
        own = {
            statement.id
            for statement, claim in self.said(event_id)
            if (claim["aspect"], claim["stance"]) == ("occurrence", stance)
            and statement.body["form"] != "narration"
        }
        return {frozenset(ids & own) for ids in self.origins(event_id) if ids & own}

    def voices(self, event_id):
        """List the documents that speak of an event themselves, and those that assert it."""
        mentions = self.records[event_id].body["mentions"] or ()
        reporting = {
            self.original(one["document_id"]) for one in mentions if self.weighs(one["document_id"])
        }
        documents = set(reporting)
        for statement, claim in self.said(event_id):
            if claim["aspect"] == "occurrence" and statement.body["form"] == "narration":
                voice = self.original(statement.body["document_id"]) or statement.id
                documents.add(voice)
                if claim["stance"] == "asserts":
                    reporting.add(voice)
        return documents, reporting

    def attestation(self, event_id):
        """Count who says so."""
        event = self.records[event_id]
        documents, reporting = self.voices(event_id)
        asserted = len(self.stances(event_id, "asserts"))
        denied = len(self.stances(event_id, "denies"))
        if event.retraction:
            status = "retracted"
        elif event.body["modality"] != "actual":
            status = "hypothetical"
        elif event.body["verification"]:
            status = event.body["verification"]["level"]
        elif (asserted or reporting) and denied:
            status = "disputed"
        elif denied:
            status = "denied"
        elif asserted:
            status = "claimed" if asserted == 1 else "corroborated"
        else:
            status = "reported" if reporting else "unattested"
        return {
            "status": status,
            "asserted_by": asserted,
            "denied_by": denied,
            "questioned_by": len(self.stances(event_id, "questions")),
            "origins": len(self.origins(event_id)),
            "documents": len(documents),
        }


def carried(statement):
    """Give the words that tie a statement to others: more than four, as they are read."""
    words = "".join(letter if letter.isalnum() else " " for letter in statement.body["quote"] or "")
    told = tuple(words.lower().split())
    return {told} if len(told) > 4 else set()


def patched(body, patch):
    """Apply a JSON merge patch."""
    found = dict(body)
    for name, value in patch.items():
        if isinstance(value, dict):
            found[name] = patched(found[name] if isinstance(found.get(name), dict) else {}, value)
        elif value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return found


def whole(resource, sent):
    """Complete what was sent of a record by what it is without, and by what is derived."""
    body = {**COMMON, **MEMBERS[resource], **deepcopy(sent)}
    if body.get("fatalities"):
        body["fatalities"] = {"low": None, "best": None, "high": None, **body["fatalities"]}
    if body.get("text"):
        body["text_sha256"] = sha256(body["text"].encode()).hexdigest()
    return body


def forgetting(resource, standing, sent):
    """Leave out of what stands what another quote or text makes wrong."""
    found = dict(standing)
    if resource == "statements" and any(
        name in sent and sent[name] != standing[name] for name in ("quote", "document_id")
    ):
        found |= {"start": None, "end": None}
    if resource == "documents" and sent.get("text"):
        found["text_sha256"] = None
    return found


class Model:
    """The service as it ought to be: what stands, every version, and who stands for whom."""

    def __init__(self):
        """Begin with nothing."""
        self.state = State()
        self.revisions: dict[str, list[Revision]] = {}
        self.merges: dict[str, Merge] = {}
        self.unfolded: dict[str, dict[str, Any]] = {}
        self.method = "human"
        self.turn = 0

    def copy(self):
        """Give a model in which something can be tried."""
        other = Model()
        other.state = self.state.copy()
        other.revisions = {one: [*found] for one, found in self.revisions.items()}
        other.merges = dict(self.merges)
        other.unfolded = dict(self.unfolded)
        other.turn = self.turn
        return other

    # What can be done.

    def put(self, resource, record_id, sent):
        """Create or replace a record."""
        new = record_id not in self.state.records
        retraction = None if new else self.held(record_id).retraction
        self.store([Draft(resource, record_id, whole(resource, sent), "", retraction)])
        return 201 if new else 200

    def patch(self, record_id, patch):
        """Change some members of a record."""
        one = self.held(record_id)
        body = patched(forgetting(one.resource, one.body, patch), patch)
        draft = Draft(one.resource, one.id, whole(one.resource, body), "", one.retraction)
        self.store([draft])
        return 200

    def withdraw(self, record_id):
        """Withdraw a record."""
        self.held(record_id)
        self.bury(record_id, "withdraw")
        return 204

    def bury(self, record_id, operation):
        """Leave a tombstone of a record, unless others refer to it."""
        one = self.state.records[record_id]
        if self.state.referrers(record_id) - {record_id}:
            raise Refused(409)
        self.state.records[record_id] = one._replace(version=one.version + 1, withdrawn=True)
        self.remember(record_id, operation)

    def assess(self, record_id, verdict):
        """Say what one thinks of a record: how, by the key, tells by whom; None takes it back."""
        one, by = self.held(record_id), self.method
        before = self.state.thought(record_id).get(by)
        if verdict is None:
            if before is None:
                raise Refused(404)
            for place in [*self.state.assessments]:
                if place[1] == by and self.state.survivor(place[0]) == record_id:
                    del self.state.assessments[place]
            return 204
        if before is None or before[1] or before[0].verdict != verdict:
            self.turn += 1
            made = Assessment(verdict, record_id, one.version, self.turn)
            self.state.assessments[record_id, by] = made
        return 200 if before else 201

    def revert(self, record_id, to):
        """Make a record again what it was."""
        one = self.state.records[record_id]
        if not 1 <= to <= one.version:
            raise Refused(404)
        wanted = self.revisions[record_id][to - 1]
        if wanted.seen is None:
            raise Refused(422)
        if record_id in self.state.merged:
            raise Refused(409)
        operation = "restore" if one.withdrawn else "change"
        self.store([Draft(one.resource, one.id, wanted.body, operation, wanted.retraction)])
        return 200

    def retract(self, record_id, reason, superseded_by):
        """Retract a record."""
        one = self.held(record_id)
        retraction = {"reason": reason, "superseded_by": superseded_by}
        if one.retraction is None or one.retraction | retraction != one.retraction:
            retraction["turn"] = len(self.revisions[record_id])
            self.store([Draft(one.resource, one.id, one.body, "retract", retraction)])
        return 200

    def reinstate(self, record_id):
        """Lift the retraction of a record."""
        one = self.held(record_id)
        if one.retraction is None:
            raise Refused(404)
        self.store([Draft(one.resource, one.id, one.body, "reinstate", None)])
        return 200

    def merge(self, record_id, into):
        """Merge a record into another; say how many were moved of each resource."""
        state, into = self.state, self.state.survivor(into)
        one = self.held(record_id)
        if into not in state.records or into == record_id:
            raise Refused(422)
        other = state.records[into]
        if other.withdrawn or other.retraction:
            raise Refused(409)
        drafts, moved, lists = [], {}, {}
        for each in sorted(state.referrers(record_id) - {record_id, into}):
            found = state.records[each]
            unfolded, by, _ = self.laid_out(found)
            wheres = [
                where
                for where, _, to in places(found.resource, unfolded, found.retraction)
                if to == record_id
            ]
            body, retraction = pointed(unfolded, found.retraction, wheres, into)
            for where in wheres:
                by[where] = by.get(where, set()) | {record_id}
            body, lists[each] = folded(body, by)
            operation = "change" if () in wheres else ""
            drafts.append(Draft(found.resource, each, body, operation, retraction))
            moved[each] = wheres
        earlier = [merge.given for merge in self.merges.values() if merge.into == into]
        body, given = united(one, other, earlier)
        state.merged[record_id] = into
        first = Draft(other.resource, into, body, "", other.retraction)
        self.store([first, *drafts], unless=409)
        self.bury(record_id, "merge")
        self.merges[record_id] = Merge(into, given, moved, state.referrers(into))
        self.unfolded |= lists
        return counted(drafts)

    def laid_out(self, record):
        """Give a body with the lists that were folded in it, and by which merges places moved.

        Also the lists of which that is no longer known.
        """
        lists = self.unfolded.get(record.id)
        if not lists:
            return record.body, {}, ()
        by = {}
        for merged, merge in self.merges.items():
            for where in merge.moved.get(record.id, ()):
                by[where] = by.get(where, set()) | {merged}
        again, _ = folded(lists, by)
        if any(record.body[name] != shown for name, shown in again.items()):
            return record.body, {}, [*lists]
        return {**record.body, **lists}, by, ()

    def unmerge(self, record_id):
        """Part a record from the one that stands for it; say what was moved, and what stays."""
        state = self.state
        if record_id not in self.merges:
            raise Refused(409)
        merge = self.merges[record_id]
        if not state.stands(merge.into):
            raise Refused(409)
        stayed = {
            (one, "arrived")
            for one in state.referrers(merge.into) - merge.pointing - {record_id, *merge.moved}
        }
        drafts, lists = [], {}
        for each, wheres in merge.moved.items():
            found = state.records[each]
            unfolded, by, unknown = self.laid_out(found)
            at = {
                where: to
                for where, _, to in places(found.resource, unfolded, found.retraction)
                if not where or where[0] not in unknown
            }
            if found.withdrawn:
                stayed.add((each, "withdrawn"))
            elif any(at.get(where) != merge.into for where in wheres):
                stayed.add((each, "changed"))
            else:
                body, retraction = pointed(unfolded, found.retraction, wheres, record_id)
                by = {where: moves - {record_id} for where, moves in by.items()}
                body, lists[each] = folded(body, by)
                operation = "change" if () in wheres else ""
                drafts.append(Draft(found.resource, each, body, operation, retraction))
        one, other = state.records[record_id], state.records[merge.into]
        del self.merges[record_id]
        self.unfolded |= lists
        del state.merged[record_id]
        own = Draft(one.resource, one.id, one.body, "unmerge", one.retraction)
        body = taken_back(other, merge.given)
        first = Draft(other.resource, other.id, body, "", other.retraction)
        self.store([own], unless=409, beside=merge.into)  # which still has ids that it was given
        self.store([first, *drafts], unless=409)
        return counted(drafts), stayed

    def bundle(self, dataset, sent):
        """Store many records at once; say how many became what.

        What is sent is a list of resource, the id that it has if it is new, and its members.
        """
        became: dict[str, dict[str, int]] = {
            name: {} for name in ("created", "updated", "unchanged", "withdrawn", "merged")
        }
        drafts = []
        for resource, new_id, members in sent:
            [[scheme, value]] = members["external_ids"].items()
            known = self.state.holders(resource, dataset, (scheme, value))
            record_id, holder = next(iter(known.items()), (new_id, new_id))
            if record_id != holder:
                count(became["merged"], resource)
            elif not known:
                body = whole(resource, {**members, "dataset": dataset})
                drafts.append(Draft(resource, record_id, body))
            elif self.state.records[record_id].withdrawn:
                count(became["withdrawn"], resource)
            else:
                one = self.state.records[record_id]
                before = forgetting(resource, one.body, members)
                ids = {**before["external_ids"], **members["external_ids"]}
                body = whole(resource, {**before, **members, "external_ids": ids})
                for merge in self.merges.values():
                    if merge.into == record_id:
                        give(body, merge.given)
                drafts.append(Draft(resource, record_id, body, "", one.retraction))
        new = {draft.id for draft in drafts if draft.id not in self.state.records}
        for draft, changed in zip(drafts, self.store(drafts), strict=True):
            state = "unchanged" if not changed else "created" if draft.id in new else "updated"
            count(became[state], draft.resource)
        return became

    # How it is done.

    def held(self, record_id):
        """Give a record that stands."""
        if record_id in self.state.merged:
            raise Refused(409)
        if self.state.records[record_id].withdrawn:
            raise Refused(410)
        return self.state.records[record_id]

    def store(self, drafts, unless=422, beside=None):
        """Store records, all or none, beside what holds the same ids; tell which have changed."""
        own = {draft.id for draft in drafts}
        drafts = [self.referring(draft, own, unless) for draft in drafts]
        texts = {draft.id: draft.body["text"] for draft in drafts if draft.resource == "documents"}
        checked = [self.quoting(draft, texts, unless) for draft in drafts]
        changed = [self.stored(draft, verified, beside) for draft, verified in checked]
        if any(self.state.above(one.id) is None for one in self.state.standing("locations")):
            raise Refused(unless)
        if self.has_circle():
            raise Refused(unless)
        for document in texts:
            self.verify_anew(document)
        for draft, anew in zip(drafts, changed, strict=True):
            if anew:
                self.remember(draft.id, anew)
        return changed

    def has_circle(self):
        """Tell whether a record is a part of itself, answers itself or takes its own place."""
        onward = {"part_of_id": {}, "copy_of_id": {}, "responds_to_id": {}, "superseded_by": {}}
        for one in self.state.records.values():
            for name, to in onward.items() if not one.withdrawn else ():
                to[one.id] = {**one.body, **(one.retraction or {})}.get(name)
        for to in onward.values():
            for begin in to:
                place, steps = to[begin], 0
                while place in to and place != begin and steps < len(to):
                    place, steps = to[place], steps + 1
                if place == begin:
                    return True
        return False

    def referring(self, draft, own, unless):
        """Let a draft point at what stands: at those that stand for merged ones."""
        body, retraction, moved = draft.body, draft.retraction, {}
        for where, _, to in [*places(draft.resource, body, retraction)]:
            if to not in own and not self.state.stands(to):
                survivor = self.state.survivor(to)
                if not self.state.stands(survivor):
                    raise Refused(unless)
                body, retraction = pointed(body, retraction, [where], survivor)
                moved[where] = {to}
        body, _ = folded(body, moved)
        if draft.id in {to for _, _, to in places(draft.resource, body, retraction)}:
            raise Refused(unless)
        return draft._replace(body=body, retraction=retraction)

    def quoting(self, draft, texts, unless):
        """Find what a statement quotes: give it with the place, and whether it is found."""
        if draft.resource != "statements":
            return draft, None
        body, document = draft.body, draft.body["document_id"]
        kept = self.state.records.get(document)
        text = texts[document] if document in texts else kept and kept.body["text"]
        if not text or not body["quote"]:
            return draft, None
        if body["quote"] in text:
            start = text.index(body["quote"])
            found = {"start": start, "end": start + len(body["quote"])}
            return draft._replace(body={**body, **found}), True
        one = self.state.records.get(draft.id)
        if one is None or one.verified or any(one.body[name] != body[name] for name in PASSAGE):
            raise Refused(unless)
        return draft, False

    def verify_anew(self, document):
        """Look for what statements quote in a text that may have changed."""
        text = self.state.records[document].body["text"]
        for one in self.state.standing("statements"):
            if one.body["document_id"] == document:
                quote = one.body["quote"]
                verified = quote in text if text and quote else None
                self.state.records[one.id] = one._replace(verified=verified)

    def stored(self, draft, verified, beside):
        """Store a record unless it is so already; give what was done, if anything."""
        one = self.state.records.get(draft.id)
        if (
            one
            and draft.operation in {"", "change"}
            and (draft.body, draft.retraction) == (one.body, one.retraction)
        ):
            return None
        for external_id in draft.body["external_ids"].items():
            known = self.state.holders(draft.resource, draft.body["dataset"], external_id)
            if {*known.values()} - {draft.id, beside}:
                raise Refused(409)
        version = one.version + 1 if one else 1
        self.state.records[draft.id] = Record(
            *(draft.resource, draft.id, draft.body, version, draft.retraction),
            verified=verified,
            method=self.method,
        )
        return draft.operation or ("change" if one else "create")

    def remember(self, record_id, operation):
        """Keep a version, of which nothing is seen before all is done."""
        one = self.state.records[record_id]
        found = self.revisions.setdefault(record_id, [])
        found.append(Revision(one.version, operation, None, one.retraction, one.body))

    def show(self, before):
        """Let the versions be seen that were not there before."""
        for record_id, one in self.state.records.items():
            known = record_id in before.records and before.records[record_id].version
            if known != one.version and not one.withdrawn:
                [*_, last] = self.revisions[record_id]
                seen = self.state.seen(record_id)
                self.revisions[record_id][-1] = last._replace(seen=seen)


def count(numbers, resource):
    """Count one more of a resource."""
    numbers[resource] = numbers.get(resource, 0) + 1


def counted(drafts):
    """Count drafts by their resource."""
    numbers: dict[str, int] = {}
    for draft in drafts:
        count(numbers, draft.resource)
    return numbers


def without(body, resource, gone):
    """Take from a record the entries that point at another one; give both."""
    dropped: dict[str, list[Any]] = {}
    for where, _, to in places(resource, body):
        if to == gone and len(where) == 1:
            raise Refused(409)
        if to == gone:
            dropped.setdefault(where[0], []).append(body[where[0]][where[1]])
    for name, entries in dropped.items():
        body[name] = [entry for entry in body[name] if entry not in entries]
    return body, dropped


def united(one, other, earlier):
    """Give a record what another one has that is merged into it; and what it was given.

    What it has only by earlier merges was absent before.
    """
    body, dropped = without(deepcopy(other.body), other.resource, one.id)
    given: dict[str, Any] = {"dropped": dropped, "external_ids": {}}
    given["absent"] = {
        name
        for name in ("names", *UNITED)
        if name in body
        and (body[name] is None or (body[name] and any(name in gift["absent"] for gift in earlier)))
    }
    if one.body["dataset"] == body["dataset"]:
        given["external_ids"] = {
            scheme: value
            for scheme, value in one.body["external_ids"].items()
            if scheme not in body["external_ids"]
        }
    if "names" in body:
        known = {body["name"].lower(), *(name["name"].lower() for name in body["names"] or ())}
        given["names"] = []
        for name in ({"name": one.body["name"], "kind": "alias"}, *(one.body["names"] or ())):
            if name["name"].lower() not in known:
                known.add(name["name"].lower())
                kind = "alias" if name["kind"] == "primary" else name["kind"]
                given["names"].append({"name": name["name"], "kind": kind})
    for name in UNITED:
        if name in body:
            given[name] = [
                entry
                for entry in one.body[name] or ()
                if entry not in (body[name] or ())
                and entry.get("actor_id") not in {one.id, other.id}
            ]
    give(body, given)
    return body, given


def give(body, given):
    """Give a record what it has from one that is merged into it, where it does not have it."""
    body["external_ids"] = {**given["external_ids"], **body["external_ids"]}
    for name in ("names", *UNITED):
        missing = [one for one in given.get(name, ()) if one not in (body[name] or ())]
        if missing:
            body[name] = [*(body[name] or ()), *missing]


def taken_back(other, given):
    """Take from a record what it was given, where it still has that."""
    body = deepcopy(other.body)
    for scheme, value in given["external_ids"].items():
        if body["external_ids"].get(scheme) == value:
            del body["external_ids"][scheme]
    for name in ("names", *UNITED):
        for entry in given.get(name, ()):
            if entry in (body[name] or ()):
                body[name].remove(entry)
        if name in given["absent"] and not body[name]:
            body[name] = None
    for name, entries in given["dropped"].items():
        body[name] = [*(body[name] or ()), *entries]
    return body
