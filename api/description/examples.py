"""Examples of requests: the description can be sent as it stands to a new service.

The ids are those of the example that a new service starts with, and its release is `example`.
Filters are shown where they find something together, and other parameters by the example of their
field. Cursors, which nobody has before the first page, and keys that are new each time have none.
Every write is a dry run, so that it can be sent twice.
"""

from typing import Any

from api.description.bodies import (
    AFGHANISTAN,
    ASSAULT,
    BODIES,
    DATASET_ID,
    LOCAL_FIGHTERS,
    PROVINCE,
    PUBLISHER,
    REPORT,
    SHARED_BODIES,
    SIEGE,
    TALIBAN,
    VALLEY,
)
from schemas.fields.ids import EXAMPLES, example_id
from schemas.fields.parameters import CommaSeparated
from schemas.lists import Query
from schemas.resources import complete

PAST, PART = {"as_of": "example"}, {"limit": 50}
PAGE = {
    **PAST,
    **PART,
    "total": "exact",
    "dataset": [DATASET_ID],
    "retracted": "exclude",
    "filter-lang": "cql2-text",
    "filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "method": ["import"],
    "assessed": ["none"],
}
FILTERED = {name: value for name, value in PAGE.items() if name not in {"limit", "total"}}
SUMMED = {"limit": 1000}
CHOSEN = {"fields": ["id", "version"]}
SOURCE = {"resource": ["events"], "dataset": [DATASET_ID]}
AROUND = {"bbox": "69,34,71,36", "near": "69.17,34.53", "radius": 100, "location_match": "possible"}

SEARCHES: dict[str, dict[str, Any]] = {
    "actors": {
        "filter": "CASEI(name) LIKE 'tal%'",
        "external_id": ["seed:taliban"],
        "name": ["Taleban"],
        "kind": ["organization"],
        "q": "Taliban",
        "highlight": True,
        "sort": "name",
    },
    "datasets": {"filter": "id = 'panjshir-2021'", "sort": "-created_at"},
    "documents": {
        "filter": "T_INTERSECTS(published_on, DATE('2021-08-23'))",
        "external_id": ["seed:article"],
        "publisher": [PUBLISHER],
        "kind": ["article"],
        "reliability": ["F"],
        "language": ["en"],
        "datetime": "2021-08-15/2021-08-31",
        "q": "siege Panjshir",
        "highlight": True,
        "sort": "-published_on",
    },
    "events": {
        "filter": "participants.role = 'initiator' AND NOT attestation.status = 'denied'",
        **AROUND,
        "datetime": "2021-08-15/2021-08-31",
        "datetime_match": "certain",
        "external_id": ["seed:E1"],
        "type": ["coerce"],
        "mode": ["restrict"],
        "code": ["cameo:191"],
        "modality": ["actual"],
        "location": [VALLEY],
        "covers": [VALLEY],
        "country": ["AF"],
        "actor": [TALIBAN],
        "actor_role": ["initiator"],
        "side": ["a"],
        "certainty": ["certain"],
        "affiliated_with": [TALIBAN],
        "status": ["disputed"],
        "disputed_on": ["occurrence"],
        "document": [REPORT],
        "q": "siege",
        "highlight": True,
        "sort": "-starts_on",
    },
    "locations": {
        "filter": "S_WITHIN(geometry, BBOX(60,29,75,39))",
        **AROUND,
        "external_id": ["seed:kabul"],
        "name": ["Kaboul"],
        "kind": ["populated_place"],
        "country": ["AF"],
        "within": [AFGHANISTAN],
        "q": "Kabul",
        "highlight": True,
        "sort": "name",
    },
    "statements": {
        "filter": "claims.stance = 'asserts' AND claims.aspect = 'occurrence'",
        "external_id": ["seed:S1"],
        "speaker": [TALIBAN],
        "speaker_affiliated_with": [TALIBAN],
        "act": ["assert"],
        "form": ["paraphrase"],
        "carrier": [PUBLISHER],
        "document": [REPORT],
        "reliability": ["F"],
        "event": [SIEGE],
        "stance": ["asserts"],
        "aspect": ["occurrence"],
        "event_location": [PROVINCE],
        "about": [TALIBAN],
        "q": 'besieged "Panjshir Valley"',
        "highlight": True,
        "sort": "-starts_on",
    },
}
"""Filters and the sort of each list; what they find is one record of the example."""

complete("SEARCHES in api/description/examples.py", SEARCHES)
complete("EXAMPLES in schemas/fields/ids.py", dict.fromkeys(("datasets", *EXAMPLES)))
complete(
    "BODIES in api/description/bodies.py",
    {name.removesuffix(".create"): body for name, body in BODIES.items()},
)

ANY_DATA = {
    *("against", "bom", "dry_run", "expand", "facets", "fill", "include", "operation", "order"),
    *("unlocated", "wait"),
}
"""Parameters that are shown with the example of their field, for any data will do."""

UNSORTED = {
    resource: {name: value for name, value in asked.items() if name != "sort"}
    for resource, asked in SEARCHES.items()
}
DYADS = {**PAST, "dataset": [DATASET_ID], "retracted": "exclude", **UNSORTED["events"]}
COUNTED = {**DYADS, "limit": 100}

OTHERS: dict[str, dict[str, Any]] = {
    "actors.network": {**COUNTED, "depth": 2},
    "actors.network_graphml": {**COUNTED, "depth": 2},
    "actors.timeline": {**PAST, **PART, "datetime": "2021", "sort": "-starts_on"},
    "events.dyads": COUNTED,
    "events.dyads_graphml": COUNTED,
    "events.dyads_csv": COUNTED,
    "changes.search": {**SOURCE, **PART, "id": [SIEGE]},
    "changes.stream": SOURCE,
    "actors.dependents": {**PAST, **PART, "sort": "resource"},
    "documents.dependents": {**PAST, **PART, "sort": "resource"},
    "events.attestation": PAST,
    "events.plover": PAST,
    "releases.search": {**PART, "sort": "-at"},
    "events.summary": {
        **FILTERED,
        **UNSORTED["events"],
        **SUMMED,
        "by": ["month,place"],
        "level": "admin1",
        "measure": ["count", "fatalities"],
    },
    "statements.summary": {
        **FILTERED,
        **UNSORTED["statements"],
        **SUMMED,
        "by": ["speaker,stance,day"],
    },
    **{
        f"exports.{resource}_geojson": {
            **FILTERED,
            **SEARCHES[resource],
            "fields": fields,
            "geometry": "point",
            "sort": "id",
        }
        for resource, fields in (
            ("events", ["title", "location_precision"]),
            ("locations", ["name", "uncertainty_km"]),
        )
    },
}
"""Parameters of operations that only one resource has."""

OTHERS |= {f"{name}_csv": OTHERS[name] for name in ("events.summary", "statements.summary")}

FORMS: dict[str, dict[str, Any]] = {
    "ndjson": {**CHOSEN, "sort": "id"},
    **{form: {"sort": "id"} for form in ("csv", "csv_digest")},
}
"""Parameters of exports, by their form."""

ROWS = {
    "actors": "names",
    "documents": "files",
    "events": "participants",
    "locations": "names",
    "statements": "claims",
}
"""The list of each resource whose entries are shown as rows."""

TYPED: dict[str, dict[str, Any]] = {
    "events": {"rows": "participants", "fields": ["event_id", "role"]},
    "statements": {"rows": "claims", "fields": ["statement_id", "claims_stance"]},
}
"""Rows and columns of typed exports."""

OTHERS |= {
    f"exports.{resource}_{suffix}": {**FILTERED, **SEARCHES[resource], **shown, "sort": "id"}
    for resource, shown in TYPED.items()
    for suffix in ("parquet", "arrow", "xlsx")
}

SHARED: dict[str, dict[str, Any]] = {
    "read": {**PAST, **CHOSEN},
    "jsonld": PAST,
    "revisions": {**PAST, **PART, "sort": "-number"},
    "assessments": {**PAST, **PART, "sort": "-assessed_at"},
    **dict.fromkeys(("revision", "diff", "assessment"), PAST),
}
"""Parameters of operations that every resource has."""

PLACES: dict[str, dict[str, str]] = {
    "/v1/actors/{id}/merge": {"id": LOCAL_FIGHTERS},
    "/v1/events/{id}/merge": {"id": ASSAULT},
    "/v1/locations/{id}/merge": {"id": VALLEY},
}
"""Parameters in paths, where they are not the first record of the resource."""


def parameters_of(operation_id: str, query: type[Query]) -> dict[str, Any]:
    """Give the examples of an operation's parameters in the query string, by their names."""
    return of_any_data(query) | of_the_example(operation_id)


def of_any_data(query: type[Query]) -> dict[str, Any]:
    """Give the examples of parameters that do not depend on the records that there are."""
    fields = {field.data_key or name: field for name, field in query().fields.items()}
    return {
        name: [example] if isinstance(fields[name], CommaSeparated) else example
        for name in ANY_DATA & fields.keys()
        if (example := fields[name].metadata["example"]) is not None
    }


def of_the_example(operation_id: str) -> dict[str, Any]:
    """Give the examples of parameters that depend on the records of the example."""
    resource, _, view = operation_id.partition(".")
    if operation_id in OTHERS:
        return OTHERS[operation_id]
    if resource == "exports":
        return exported(view)
    found = dict(SHARED.get(view, {}))
    if view == "search" and resource in SEARCHES:
        found |= searched(resource)
    return found


def searched(resource: str) -> dict[str, Any]:
    """Give the examples of a list's parameters."""
    return {**PAGE, **CHOSEN, **SEARCHES[resource]}


def exported(view: str) -> dict[str, Any]:
    """Give the examples of an export's parameters."""
    resource, _, form = view.partition("_")
    found = {**FILTERED, **SEARCHES[resource], **FORMS.get(form, {})}
    del found["sort"]
    if resource in ROWS and form.startswith("csv"):
        found["rows"] = ROWS[resource]
    return found


def as_json(name: str, value: Any) -> Any:
    """Give the example of a parameter as a body has it."""
    return [float(number) for number in value.split(",")] if name in {"bbox", "near"} else value


def body_of(operation_id: str) -> Any:
    """Give the example of an operation's body; None where each of its members shows one."""
    resource, _, view = operation_id.partition(".")
    if view in {"find", "query"}:
        return {name: as_json(name, value) for name, value in searched(resource).items()}
    return SHARED_BODIES.get(view) or BODIES.get(operation_id)


def id_in(path: str) -> str:
    """Give the id in a path."""
    resource = path.split("/")[2]
    shown = example_id(resource) if resource in EXAMPLES else example_id("events")
    return PLACES.get(path, {}).get("id", shown)
