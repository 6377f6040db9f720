"""Filters in CQL2, each beside what it says of a record, told in Python."""

COMMON = [
    ("A_CONTAINS(tags, ('red'))", lambda record: "red" in record["tags"]),
    (
        "A_OVERLAPS(tags, ('green', 'Ü')) AND NOT dataset = 'first'",
        lambda record: {"green", "Ü"} & {*record["tags"]} and record["dataset"] != "first",
    ),
    (
        "external_ids.test LIKE '%1%' OR tags IS NULL",
        lambda record: "1" in record["external_ids"].get("test", ""),
    ),
]
"""Filters on records of every resource."""


def some(record, member, fits):
    """Tell whether an entry of a list fits."""
    return any(map(fits, record[member] or ()))


def best(record):
    """Give the best estimate of the deaths, or None."""
    return (record["fatalities"] or {"best": None})["best"]


FILTERS = {
    "events": [
        ("type = 'assault'", lambda event: event["type"] == "assault"),
        (
            "type IN ('assault', 'protest') AND starts_on >= DATE('2021-01-01')",
            lambda event: (
                event["type"] in {"assault", "protest"} and (event["starts_on"] or "") >= "2021"
            ),
        ),
        (
            "participants.role = 'initiator' AND participants.side IS NULL",
            lambda event: some(
                event,
                "participants",
                lambda one: one["role"] == "initiator" and one["side"] is None,
            ),
        ),
        (
            "NOT participants.role = 'target'",
            lambda event: (
                event["participants"] is not None
                and not some(event, "participants", lambda one: one["role"] == "target")
            ),
        ),
        (
            "NOT (modality = 'actual' OR mode = 'riot')",
            lambda event: event["modality"] != "actual" and event["mode"] not in {None, "riot"},
        ),
        (
            "fatalities.best >= 1 OR starts_on < DATE('2000-01-01')",
            lambda event: (
                (best(event) or 0) >= 1
                or (event["starts_on"] is not None and event["starts_on"] < "2000")
            ),
        ),
    ],
    "statements": [
        (
            "claims.stance = 'denies' AND claims.aspect = 'occurrence'",
            lambda statement: some(
                statement,
                "claims",
                lambda one: (one["stance"], one["aspect"]) == ("denies", "occurrence"),
            ),
        ),
        (
            "act <> 'assert' AND speaker_id IS NOT NULL",
            lambda statement: statement["act"] != "assert" and statement["speaker_id"],
        ),
    ],
    "actors": [
        (
            "kind = 'person' OR country IS NULL",
            lambda actor: actor["kind"] == "person" or actor["country"] is None,
        ),
        (
            "affiliations.role = 'commander'",
            lambda actor: some(actor, "affiliations", lambda one: one["role"] == "commander"),
        ),
    ],
    "locations": [
        (
            "kind IN ('area', 'country')",
            lambda location: location["kind"] in {"area", "country"},
        ),
        ("parent_id IS NULL", lambda location: location["parent_id"] is None),
    ],
    "documents": [
        (
            "kind = 'article' AND NOT language = 'en'",
            lambda paper: paper["kind"] == "article" and paper["language"] not in {None, "en"},
        ),
        ("published_on IS NULL", lambda paper: paper["published_on"] is None),
    ],
}
"""Filters on the records of one resource."""


def written(resource, drawn):
    """Choose a filter, and what it says."""
    return drawn.choice([*COMMON, *FILTERS[resource]])
