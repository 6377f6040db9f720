"""The schemas of the description: what is sent and what is answered, made from marshmallow's."""

from copy import deepcopy
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from api.description.fields import ours
from api.description.jsonschema import (
    answering,
    each,
    pruned,
    reference,
    references,
    sending,
    without_null,
)
from schemas import (
    attestation,
    changes,
    keys,
    matching,
    merges,
    problem,
    releases,
    revisions,
    service,
)
from schemas.bundles import MEMBERS, REF, BundleResultSchema, BundleSchema
from schemas.datasets import DatasetSchema
from schemas.documents import DependentSchema
from schemas.fields.ids import UUID
from schemas.fields.names import SCORE
from schemas.fields.parameters import CommaSeparated
from schemas.links import paths
from schemas.lists import ListSchema
from schemas.record import LAST, RecordSchema

RECORDS: dict[str, type[RecordSchema]] = {"datasets": DatasetSchema, **MEMBERS}
"""Every resource, and the schema of its records."""

ANSWERS: list[type[Schema]] = [
    attestation.ExplanationSchema,
    problem.ProblemSchema,
    BundleResultSchema,
    changes.ChangeListSchema,
    keys.NewKeySchema,
    keys.KeyListSchema,
    revisions.RevisionSchema,
    releases.ReleaseSchema,
    DependentSchema,
    merges.MergeResultSchema,
    merges.UnmergeResultSchema,
    matching.MatchResultsSchema,
    service.HomeSchema,
    service.HealthSchema,
]
"""What else is answered."""

SENT: list[type[Schema]] = [
    keys.KeyInputSchema,
    revisions.RevertSchema,
    merges.MergeSchema,
    merges.UnmergeSchema,
    releases.ReleaseInputSchema,
]
"""What else is sent."""

UNCOUNTED = ("Revision", "Release", "Dependent")
"""Of what there are lists that nobody counts."""

JSON_PATCH: dict[str, Any] = {
    "type": "array",
    "description": "A JSON Patch (RFC 6902): operations, to be applied one after the other.",
    "items": {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {
                "type": "string",
                "description": "What is done: add, remove, replace, move, copy or test.",
                "example": "replace",
            },
            "path": {
                "type": "string",
                "description": "Where (RFC 6901).",
                "example": "/attestation/status",
            },
            "from": {"type": "string", "description": "Where from.", "example": "/tags/0"},
            "value": {"description": "What is put there.", "example": "disputed"},
        },
    },
}
"""The difference between two revisions."""

EVENTS = "Server-Sent Events: the data of each event `change` is a Change, its id a cursor."
EVENT = 'id: 1734-1795420800000000\nevent: change\ndata: {"position":1734}\n\n'

ASKED: list[type[Schema]] = [
    matching.ActorMatchSchema,
    matching.LocationMatchSchema,
    matching.EventMatchSchema,
]
"""What else is sent, with `Input` behind its name."""

SCORED = ("Actor", "Location")
"""What is found by name, with a score."""


class Converter:
    """marshmallow's schemas and fields, as apispec describes them; ours are told to it."""

    def __init__(self, version: str) -> None:
        """Make ready to describe."""
        plugin = MarshmallowPlugin()
        self.spec = APISpec("Attest", version, "3.1.0", plugins=[plugin])
        assert plugin.converter is not None  # noqa: S101 - made by APISpec
        plugin.converter.add_attribute_function(ours)
        self.converter = plugin.converter

    def all(self) -> dict[str, Any]:
        """Describe every schema that an operation names, and all that these are made of."""
        named: list[type[Schema]] = [*RECORDS.values(), *SENT, *ASKED, *ANSWERS]
        for schema in named:
            if noun(schema) not in self.spec.components.schemas:
                self.spec.components.schema(noun(schema), schema=schema)
        raw = deepcopy(self.spec.to_dict()["components"]["schemas"])
        found = {name: answering(schema) for name, schema in raw.items()}
        found |= {f"{name}Input": sending(schema) for name, schema in raw.items()}
        for record in RECORDS.values():
            complete(found, record)
        found |= {noun(schema): sending(raw[noun(schema)]) for schema in SENT}
        for name in UNCOUNTED:
            found[f"{name}List"] = page(name)
            del found[f"{name}List"]["properties"]["total"]
        found["JsonPatch"] = JSON_PATCH
        found["Bundle"] = bundle(found)
        found["JsonSchema"] = {"type": "object", "description": "A description of JSON."}
        found["EventStream"] = {"type": "string", "description": EVENTS, "example": EVENT}
        roots = {
            "DatasetReplacement",
            "Bundle",
            "JsonSchema",
            "JsonPatch",
            "RetractionInput",
            *(f"{name}List" for name in UNCOUNTED),
            *(noun(schema) for schema in SENT),
            "EventStream",
            *(f"{noun(schema)}Input" for schema in ASKED),
            *(noun(schema) for schema in ANSWERS),
        }
        for name in [noun(record) for record in RECORDS.values()]:
            roots |= {name, f"{name}List", f"{name}Input", f"{name}Patch", f"{name}Revision"}
        return dict(sorted(pruned(found, roots).items()))

    def parameter(self, name: str, field: Any) -> dict[str, Any]:
        """Describe a parameter of the query string."""
        schema = without_null(self.converter.field2property(field))
        described: dict[str, Any] = {
            "name": field.data_key or name,
            "in": "query",
            "required": False,
            "description": schema.pop("description"),
            "schema": schema,
        }
        if isinstance(field, CommaSeparated):
            described |= {"style": "form", "explode": False}
        return described


def noun(schema: type[Schema]) -> str:
    """Call a schema by what it describes."""
    return schema.__name__.removesuffix("Schema")


def complete(found: dict[str, Any], record: type[RecordSchema]) -> None:
    """Add to the schemas what belongs to records: their patches, lists and embedded records."""
    name = noun(record)
    answer, sent = found[name], found[f"{name}Input"]
    answer["required"] = ["id"]
    answer["description"] = (record.__doc__ or "").splitlines()[0]
    for path, to in paths(record()):
        embed(found, answer, path, noun(RECORDS[to]))
    if name in SCORED:
        answer["properties"]["score"] = SCORE
    answer["properties"] = ordered(answer["properties"])
    sent["properties"] = ordered(sent["properties"])
    patch = deepcopy(sent)
    patch.pop("required", None)
    for member, schema in patch["properties"].items():
        schema.pop("default", None)
        if member not in sent.get("required", []) and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
    external_id = patch["properties"]["external_ids"]["additionalProperties"]
    external_id["type"] = ["string", "null"]
    found[f"{name}Patch"] = patch
    if name == "Dataset":
        needed = [member for member in sent["required"] if member != "id"]
        found["DatasetReplacement"] = {**sent, "required": needed}
        if not needed:
            del found["DatasetReplacement"]["required"]
    found[f"{name}List"] = page(name)
    revision = deepcopy(found["Revision"])
    revision["properties"]["record"] = {
        "anyOf": [reference(name), {"type": "null"}],
        "description": "The record as it then was; null where it was withdrawn.",
    }
    found[f"{name}Revision"] = revision


def embed(found: dict[str, Any], holder: dict[str, Any], path: str, name: str) -> None:
    """Describe where a record can be embedded in another, along a path of members."""
    *steps, member = path.split(".")
    for step in steps:
        holder = found[next(references(holder["properties"][step])).rpartition("/")[2]]
    about = {"description": f"With `expand={path}`: the record itself."}
    many = f"{member[:-1]}_ids" in holder["properties"]
    inside = {"type": "array", "items": reference(name)} if many else reference(name)
    holder["properties"][member] = {**inside, **about}


def ordered(properties: dict[str, Any]) -> dict[str, Any]:
    """Put what every record has behind its own, as in the records themselves."""
    own = [name for name in properties if name not in LAST]
    return {name: properties[name] for name in (*own, *LAST) if name in properties}


def page(name: str) -> dict[str, Any]:
    """Describe a page of a list."""
    described = {field: ListSchema().fields[field].metadata for field in ("next_cursor", "total")}
    return {
        "type": "object",
        "description": "A page of a list.",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": reference(name), "description": "The records."},
            "next_cursor": {"type": ["string", "null"], **described["next_cursor"]},
            "total": {"type": "integer", **described["total"]},
        },
        "additionalProperties": False,
    }


def bundle(found: dict[str, Any]) -> dict[str, Any]:
    """Describe a bundle: the records as they are sent, each perhaps with a ref.

    Adds to `found` the variants of what is sent in which ids may be refs.
    """
    names = [noun(schema) for schema in MEMBERS.values()]
    for name, schema in pruned(found, {f"{name}Input" for name in names}).items():
        found[name.replace("Input", "InBundle")] = each(deepcopy(schema), referring)
    about = BundleSchema().fields
    arrays = {}
    for resource, name in zip(MEMBERS, names, strict=True):
        member = found[f"{name}InBundle"]
        ref = {
            "type": "string",
            "description": "What the bundle's other records call it, with `@` before.",
            "pattern": f"^{REF.pattern}$",
            "example": "taliban",
        }
        member["properties"] = {"ref": ref, **member["properties"]}
        needed = [field for field in member.pop("required", []) if field != "dataset"]
        member |= {"required": needed} if needed else {}
        description = about[resource].metadata["description"]
        items = reference(f"{name}InBundle")
        arrays[resource] = {"type": "array", "description": description, "items": items}
    return {
        "type": "object",
        "description": "Records that are stored together or not at all.",
        "required": ["dataset"],
        "properties": {
            "dataset": {
                **deepcopy(found["ActorInput"]["properties"]["dataset"]),
                "description": about["dataset"].metadata["description"],
            },
            **arrays,
        },
        "additionalProperties": False,
    }


EXAMPLES = {
    "documents": "@article",
    "actors": "@taliban",
    "locations": "@panjshir",
    "events": "@siege",
    "statements": "@s23",
}
"""What records of each resource may be called in a bundle."""


def referring(part: dict[str, Any]) -> dict[str, Any]:
    """Let an id also be a ref of the same bundle."""
    if part.get("format") == "uuid":
        del part["format"]
        part["pattern"] = f"^(@{REF.pattern}|{UUID.pattern})$"
        part["description"] = f"{part.get('description', '')} Or `@ref`."
        part["example"] = EXAMPLES[part["x-refers-to"]]
    if isinstance(part.get("$ref"), str):
        part["$ref"] = part["$ref"].replace("Input", "InBundle")
    return part
