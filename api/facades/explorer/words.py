"""The page's words for those of the API: statuses, stances, roles and kinds of change."""

from collections.abc import Mapping
from typing import Any

STATUSES = {
    "corroborated": "Two or more origins assert it, none denies it.",
    "claimed": "One origin asserts it, none denies it.",
    "reported": "Documents report it in their own voice; no origin asserts or denies it.",
    "disputed": "Asserted by some, denied by others.",
    "denied": "Denied, and asserted by nobody.",
    "unattested": "Nobody on record asserts or denies it.",
    "confirmed": "A curator judged that it happened.",
    "refuted": "A curator judged that it did not happen.",
    "hypothetical": "Planned, threatened or imagined; not said to have happened.",
    "retracted": "Taken back by those who recorded it, and kept to be read.",
}

GROUPS = (
    (
        "Counted from what sources say",
        ("corroborated", "claimed", "reported", "disputed", "denied", "unattested"),
    ),
    ("Judged by a curator", ("confirmed", "refuted")),
    ("Not a claim that it happened", ("hypothetical", "retracted")),
)
"""The statuses by what they rest on."""

STANCES = {
    "asserts": "Asserted by",
    "denies": "Denied by",
    "questions": "Questioned by",
    "projects": "Foreseen or threatened by",
}
VERBS = {
    "asserts": "asserts",
    "denies": "denies",
    "questions": "questions",
    "projects": "foresees or threatens",
}

CLAIMED = {
    "responsibility": "who did it",
    "fatalities": "how many died",
    "casualties": "who came to harm",
    "location": "where it was",
    "date": "when it was",
    "intent": "what it was for",
    "degree": "how far it went",
}
"""Aspects as the objects of a sentence: the source asserts *who did it*."""

ASPECTS = {
    "responsibility": ("Who did it?", "Named"),
    "fatalities": ("How many died?", "Deaths"),
    "casualties": ("Who came to harm?", "Harm"),
    "location": ("Where was it?", "Place"),
    "date": ("When was it?", "Date"),
    "intent": ("What for?", "Purpose"),
    "degree": ("How far did it go?", "Degree"),
}
"""Aspects as questions, and the heading of what answers them."""

AFFILIATED = {
    "member": "member of",
    "leader": "leader of",
    "commander": "commander of",
    "spokesperson": "speaks for",
    "official": "official of",
    "founder": "founder of",
    "faction_of": "faction of",
    "ally_of": "ally of",
    "opponent_of": "opponent of",
    "parent_of": "parent of",
    "child_of": "child of",
    "successor_of": "successor of",
    "other": "otherwise tied to",
}
AFFILIATED_BY = {
    "member": "has as member",
    "leader": "is led by",
    "commander": "is commanded by",
    "spokesperson": "is spoken for by",
    "official": "has as official",
    "founder": "was founded by",
    "faction_of": "has as faction",
    "ally_of": "has as ally",
    "opponent_of": "has as opponent",
    "parent_of": "has as parent",
    "child_of": "has as child",
    "successor_of": "has as successor",
    "other": "otherwise tied to",
}
"""Roles of affiliations, from either side."""

RELATIONS = {
    "follows": "Follows",
    "responds_to": "Responds to",
    "same_as": "The same as",
    "causes": "Causes",
}
ROLES = {
    "initiator": "Acted",
    "target": "Was acted upon",
    "participant": "Took part",
    "victim": "Was a victim",
    "mediator": "Mediated",
}
PRECISIONS = {
    "exact": "exactly there",
    "near": "near there",
    "admin2": "somewhere in the district",
    "admin1": "somewhere in the province",
    "region": "somewhere in the region",
    "country": "somewhere in the country",
    "unknown": "how near is not known",
}
OPERATIONS = {
    "create": "added",
    "change": "changed",
    "withdraw": "withdrawn",
    "restore": "restored",
    "retract": "retracted",
    "reinstate": "reinstated",
    "merge": "merged",
    "unmerge": "unmerged",
    "derive": "weighed anew",
    "assess": "assessed",
}
METHODS = {"human": "by hand", "model": "by a model", "import": "by import"}
ONE = {
    "datasets": "dataset",
    "documents": "document",
    "actors": "actor",
    "locations": "location",
    "events": "event",
    "statements": "statement",
}
"""Resources in the singular."""


PARAMETERS = {
    "bbox": "area",
    "datetime": "when",
    "location": "where",
    "actor": "who",
    "q": "words",
    "fatalities_min": "deaths at least",
    "fatalities_max": "deaths at most",
}
"""Parameters of lists, where their own name says too little."""


def plain(word: str | None) -> str:
    """Write a code as words: `social_media` -> `social media`."""
    return (word or "").replace("_", " ").replace("-", " ")


def wording(statement: Mapping[str, Any]) -> str:
    """Give a statement in the coder's words, else in its own, or say that it has none."""
    return statement["text"] or statement["quote"] or "No words given"


def harm(value: Mapping[str, Any], who: str | None = None) -> str:
    """Write who is claimed to have come to harm, how, and how many."""
    named = who or value["label"]
    return f"{plain(value['kind'])}: {amount(value)}" + (f" ({named})" if named else "")


def number(value: Any) -> str:
    """Write a number."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def amount(value: Any) -> str:
    """Write how many: a number, or `low`, `best` and `high`, of which any may be unknown."""
    if value is None:
        return "not known"
    if not isinstance(value, dict):
        return number(value)
    low, best, high = (value.get(name) for name in ("low", "best", "high"))
    ends = "–".join("?" if end is None else number(end) for end in (low, high))  # noqa: RUF001
    if best is not None:
        return number(best) if {low, high} in ({None}, {best}) else f"{number(best)} ({ends})"
    if low == high:
        return number(low) if low is not None else "not known"
    if high is None:
        return f"at least {number(low)}"
    return f"at most {number(high)}" if low is None else ends
