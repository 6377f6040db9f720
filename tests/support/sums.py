"""Expected summaries: counted in Python, record by record, from the records of lists."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import product

TIMES = {
    "day": lambda day: day.isoformat(),
    "week": lambda day: "{:04}-W{:02}".format(*day.isocalendar()),
    "month": lambda day: day.isoformat()[:7],
    "quarter": lambda day: f"{day.year:04}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year:04}",
}
"""Units of time, and how the bucket is called that a day is in."""

DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}
"""Days that a bucket has at least."""

MOST = 53
"""A date is possible in so many buckets at the most."""

PARTICIPANTS = ("actor", "actor_role", "side", "certainty")
CLAIMS = ("event", "statement", "stance", "aspect", "value")
"""Filters on participants and on claims."""


def buckets(record, unit, asked):
    """Give the bucket that a date certainly lies in, or those that it may lie in, or neither."""
    if record["date"] is None:
        return None, []
    first, last = (record[name] and date.fromisoformat(record[name]) for name in BOUNDS)
    loose = bool({*record["date"]} & {*"?~%"})
    if "datetime" in asked:
        _, begin, end = asked["datetime"]
        if begin and (first is None or first < date.fromisoformat(begin)):
            first, loose = date.fromisoformat(begin), True
        if end and (last is None or last > date.fromisoformat(end)):
            last, loose = date.fromisoformat(end), True
    if first is None or last is None or (last - first).days > 400 * DAYS[unit]:
        return None, []
    # Every day of the interval, one after the other.
    found = [
        *dict.fromkeys(TIMES[unit](first + timedelta(i)) for i in range((last - first).days + 1))
    ]
    if len(found) == 1 and not loose:
        return found[0], []
    return None, found if len(found) <= MOST else []


BOUNDS = ("starts_on", "ends_on")


class Sums:
    """What is counted of the records of a world."""

    def __init__(self, truth, resource, by, asked, level=None):
        """Count all records that fit, by words."""
        self.truth, self.resource, self.by, self.level = truth, resource, by, level
        self.asked = asked
        self.rows = defaultdict(Counter)
        self.deaths = defaultdict(list)
        self.left_out, self.total = Counter(), Counter()
        wanted = {"retracted": "include", **asked}
        for record in truth.all[resource].values():
            if not truth.fits(resource, record, wanted):
                continue
            reason = self.reason(record)
            if reason:
                self.left_out[reason] += 1
            else:
                self.add(record)

    def reason(self, record):
        """Say why a record is left out, or None."""
        if "retracted" not in self.asked and record["retraction"]:
            return "retracted"
        if self.resource != "events" or {"status"} & {*self.asked, *self.by}:
            return None
        if not {"modality"} & {*self.asked, *self.by} and record["modality"] != "actual":
            return "not_actual"
        status = record["attestation"]["status"]
        return status if status in {"refuted", "denied"} else None

    def add(self, record):
        """Count a record, in the rows that it certainly is in, or else may be in."""
        disputed = self.resource == "events" and record["attestation"]["status"] == "disputed"
        then = self.certainly_then(record)
        if then:
            self.total.update(count=1, disputed=disputed)
            self.deaths[None].append(record.get("fatalities"))
        else:
            self.total.update(possible=1)
        certain, possible = set(), set()
        for part in self.parts(record):
            doubtful = part.get("certainty") not in {None, "certain"}
            for sure, key in self.keys(record, part):
                (certain if sure and then and not doubtful else possible).add(key)
        for key in certain:
            self.rows[key].update(count=1, disputed=disputed)
            self.deaths[key].append(record.get("fatalities"))
        for key in possible - certain:
            self.rows[key].update(possible=1)

    def certainly_then(self, record):
        """Tell whether a record certainly lies within the asked `datetime`, if any is asked."""
        certain = {"datetime_match": "certain"}
        return "datetime" not in self.asked or self.truth.any_datetime(
            record, self.asked["datetime"], certain
        )

    def parts(self, record):
        """List the participants or claims of a record that are counted by, if any are."""
        if {"actor", "actor_role"} & {*self.by}:
            member, names, renamed = "participants", PARTICIPANTS, {"actor": "actor_id"}
            renamed["actor_role"] = "role"
        elif {"stance", "aspect"} & {*self.by}:
            member, names = "claims", CLAIMS
            renamed = {"event": "event_id", "statement": "statement_id"}
        else:
            return [{}]
        fitting = [
            part
            for part in record[member] or ()
            if all(
                str(part[renamed.get(name, name)]) in {str(one) for one in self.asked[name]}
                for name in names
                if name in self.asked
            )
        ]
        return fitting or [{}]

    def keys(self, record, part):
        """Give the rows of a record: whether it is certain by its date, and the row's key."""
        found = []
        for word in self.by:
            if word in TIMES:
                certain, possible = buckets(record, word, self.asked)
                found.append([(False, each) for each in possible] or [(True, certain)])
            else:
                found.append([(True, each) for each in self.values(record, part, word)])
        for chosen in product(*found):
            yield all(sure for sure, _ in chosen), tuple(key for _, key in chosen)

    def values(self, record, part, word):
        """Give what a record has of what is counted by."""
        truth = self.truth
        if word.startswith("code:"):
            codes = record["codes"] or ()
            scheme = word.partition(":")[2]
            return {code["code"] for code in codes if code["scheme"] == scheme} or {None}
        if word in {"place", "admin1"}:
            level = self.level if word == "place" else "admin1"
            around = truth.places.get(record["location_id"], ())
            return {at for at in around if truth.all["locations"][at]["kind"] == level} or {None}
        if word == "publisher":
            return {
                truth.all["documents"][paper]["publisher_id"] if paper else None
                for paper in self.papers(record)
            }
        if word == "country":
            code = record["location_id"] and truth.country(record["location_id"])
            return {code if code and truth.events_country(record, {code}, {}) else None}
        names = {"actor": "actor_id", "actor_role": "role", "stance": "stance", "aspect": "aspect"}
        if word in names:
            return {part.get(names[word])}
        members = {"location": "location_id", "speaker": "speaker_id"}
        return {
            record["attestation"][word] if word == "status" else record[members.get(word, word)]
        }

    def papers(self, record):
        """List the documents that report an event, or that a statement is in."""
        if self.resource == "statements":
            return [record["document_id"]]
        mentioned = {mention["document_id"] for mention in record["mentions"] or ()}
        claiming = self.truth.claiming.get(record["id"], set()) - {None}
        return mentioned | claiming or [None]


def deaths(given):
    """Add up numbers of deaths: null where none is known, and how many are not known."""
    known = [each for each in given if each]
    found = {"unknown": len(given) - len(known)}
    for name, order in (
        ("low", ("low", "best")),
        ("best", ("best", "low")),
        ("high", ("high", "best", "low")),
    ):
        numbers = [
            next((each[other] for other in order if each[other] is not None), None)
            for each in known
        ]
        numbers = [number for number in numbers if number is not None]
        found[name] = sum(numbers) if numbers or not given else None
    return found
