"""Disputes once more, in plain Python: every claim is held against every other one."""

from itertools import permutations, product
from math import inf

from schemas.fields.dates import parse


def disputed(heard, above):
    """Tell on which aspects voices contradict each other, but for the occurrence.

    `heard` are tuples of a voice, its stance, the aspect and the value; `above` gives the places
    that one lies in.
    """
    return {
        aspect
        for aspect, subject in {(each[2], subject_of(each)) for each in heard}
        if contradictory(
            [each for each in heard if (each[2], subject_of(each)) == (aspect, subject)], above
        )
    }


def subject_of(heard):
    """Tell what a claim on casualties is of; all others on an aspect are of one thing."""
    _, _, aspect, value = heard
    if aspect != "casualties" or value is None:
        return None
    named = [(name, value.get(name)) for name in ("actor_id", "label", "side") if value.get(name)]
    return value["kind"], *((name, text.lower()) for name, text in named)


def contradictory(heard, above):
    """Tell whether any two voices contradict each other on one aspect."""
    voices = {each[0] for each in heard}
    said = {
        (voice, stance): [
            value
            for other, its, aspect, written in heard
            if (other, its) == (voice, stance)
            and (value := reach(aspect, written, above)) is not None
        ]
        for voice, stance in product(voices, ("asserts", "denies"))
    }
    free = heard[0][2] in {"intent", "degree"}
    for one, other in permutations(voices, 2):
        mine, theirs = said[one, "asserts"], said[other, "asserts"]
        pairs = [fit(own, its) for own in mine for its in theirs]
        if pairs and not free and not any(pairs):
            return True
        if any(covers(denied, value) for denied in said[other, "denies"] for value in mine):
            return True
    return False


def reach(aspect, value, above):
    """Give the lowest and the highest of what is claimed, or else a chain of places, or a name."""
    if value is None:
        return None
    if aspect == "location":
        return [value, *above(value)]
    if aspect == "date":
        span = parse(value)
        first, last = span.starts_on, span.ends_on
        return (first.toordinal() if first else -inf, last.toordinal() if last else inf)
    if aspect in {"fatalities", "casualties"}:
        return numbers(value if isinstance(value, dict) else {"best": value})
    return " ".join(value.lower().split())


def numbers(known):
    """Give the lowest and the highest number that somebody names."""
    low, best, high = (known.get(name) for name in ("low", "best", "high"))
    if low is None and high is None:
        return None if best is None else (best, best)
    return (-inf if low is None else low, inf if high is None else high)


def fit(one, other):
    """Tell whether both can be so."""
    if isinstance(one, tuple):
        return max(one[0], other[0]) <= min(one[1], other[1])
    return covers(one, other) or covers(other, one)


def covers(wide, narrow):
    """Tell whether one is the other, or holds it within."""
    if isinstance(wide, tuple):
        return wide[0] <= narrow[0] and narrow[1] <= wide[1]
    return wide[0] in narrow if isinstance(wide, list) else wide == narrow
