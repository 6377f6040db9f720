"""The schemas of the description: whatever operations send and answer, made from marshmallow's."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from api.description.choices import Choices
from api.description.fields import ours
from api.description.jsonschema import (
    answering,
    each,
    pruned,
    reference,
    references,
    sending,
    sized,
    without_null,
)
from api.description.queries import CQL2, CQL2_JSON, query_body
from api.http.operation import Content, Json, Operation, Variant, name_of, noun
from schemas.bundles import REF, BundleSchema
from schemas.fields.groupings import Groupings
from schemas.fields.ids import UUID
from schemas.fields.names import SCORE
from schemas.fields.parameters import CommaSeparated
from schemas.fields.search import HIGHLIGHTS
from schemas.links import Way, ways
from schemas.lists import ListSchema, Query
from schemas.problem import ProblemSchema
from schemas.record import LAST, EffectsSchema, RecordSchema, Strict
from schemas.resources import MEMBERS, RESOURCES
from schemas.searched import BestFirst

RECORDS = {name: shape.record for name, shape in RESOURCES.items()}
"""The schema of each resource's records."""


class Converter:
    """marshmallow's schemas and fields, as apispec describes them; ours are told to it."""

    def __init__(self, version: str) -> None:
        """Make ready to describe."""
        plugin = MarshmallowPlugin()
        self.spec = APISpec("Attest", version, "3.1.0", plugins=[plugin])
        assert plugin.converter is not None  # noqa: S101 - made by APISpec
        plugin.converter.add_attribute_function(ours)
        self.converter = plugin.converter
        self.choices = Choices()

    def all(self, operations: Iterable[Operation]) -> dict[str, Any]:
        """Describe whatever operations send and answer, and all that this is made of."""
        given = [*operations]
        sent = [one.body.content for one in given if one.body]
        answers = [reply for one in given for reply in one.answers.values()]
        contents: list[Content] = [*sent, *(one.content for one in answers if one.content)]
        queries = [one for one in contents if isinstance(one, Variant) and one.form == "Body"]
        written = [content for content in contents if content not in queries]
        schemas = [
            *RECORDS.values(),
            ProblemSchema,
            EffectsSchema,
            *(schema_of(content) for content in written),
        ]
        for schema in dict.fromkeys(schemas):
            if schema and schema is not BundleSchema:
                self.register(schema)
        raw = deepcopy(self.spec.to_dict()["components"]["schemas"])
        found = {name: answering(schema) for name, schema in raw.items()}
        self.require_all(found)
        found |= {f"{name}Input": sending(schema) for name, schema in raw.items()}
        for record in RECORDS.values():
            complete(found, record)
        for name in {name_of(content) for content in sent} & raw.keys():
            found[name] = sending(raw[name])
        for content in contents:
            if isinstance(content, Json):
                found[content.name] = dict(content.schema)
        found |= {"Cql2": CQL2, "Cql2Json": CQL2_JSON}
        for asked in queries:
            found[asked.name] = query_body(self.converter, asked.schema, self.choices)
        for several in listed(contents):
            found.setdefault(several.name, page(noun(several.schema), counted=False))
        for schema, members in found_with(given):
            properties = found[noun(schema)]["properties"]
            found[noun(schema)]["properties"] = ordered({**properties, **members})
        found[noun(BundleSchema)] = bundle(found)
        found = {name: each(schema, sized) for name, schema in found.items()} | self.choices.schemas
        roots = {name_of(content) for content in contents} | {noun(ProblemSchema)}
        return {name: self.choices.inside(schema) for name, schema in pruned(found, roots).items()}

    def require_all(self, found: dict[str, Any]) -> None:
        """Require of answers whatever is always there.

        Our own schemas give all their members, null where nothing is known. Of records, clients
        often ask for some `fields` only, and other schemas name what they require. Of what is
        nested in records only a path in `fields` leaves members out, which that parameter says:
        few ask so, and everybody else would have to look whether each member is there.
        """
        for key, name in self.converter.refs.items():
            schema = key[0]
            if issubclass(schema, Strict) and not issubclass(schema, (RecordSchema, Query)):
                members = found[name]["properties"]
                found[name]["required"] = [each for each in members if each not in schema.sometimes]

    def register(self, schema: type[Schema]) -> None:
        """Let apispec describe a schema, and those that it is made of."""
        if noun(schema) not in self.spec.components.schemas:
            self.spec.components.schema(noun(schema), schema=schema)

    def parameter(
        self, operation: str, name: str, field: Any, tried: dict[str, Any]
    ) -> dict[str, Any]:
        """Describe a parameter of the query string, with its example of those that are tried."""
        schema = sized(without_null(self.converter.field2property(field)))
        schema.pop("example", None)
        schema = self.choices.named(schema, name, operation)
        if name in tried:
            schema["example"] = tried[name]
        described: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": field.required,
            "description": schema.pop("description"),
            "schema": schema,
        }
        if isinstance(field, CommaSeparated):
            described |= {"style": "form", "explode": isinstance(field, Groupings)}
        return described


def schema_of(content: Content) -> type[Schema] | None:
    """Give the schema behind content, if there is one."""
    if isinstance(content, Json):
        return None
    return content.schema if isinstance(content, Variant) else content


def listed(contents: Iterable[Content]) -> list[Variant]:
    """List the lists among contents."""
    return [one for one in contents if isinstance(one, Variant) and one.form == "List"]


def found_with(operations: Iterable[Operation]) -> Iterator[tuple[type[Schema], dict[str, Any]]]:
    """Yield the records of lists that are found by name or words, and what they have then."""
    for operation in operations:
        if issubclass(operation.query, BestFirst):
            score = {"score": SCORE} if "name" in operation.query().fields else {}
            content = operation.answers[HTTPStatus.OK].content
            for one in listed([content] if content else []):
                yield one.schema, {**score, "highlights": HIGHLIGHTS}


def complete(found: dict[str, Any], record: type[RecordSchema]) -> None:
    """Add to the schemas what belongs to records: their patches, lists and embedded records."""
    name = noun(record)
    answer, sent = found[name], found[f"{name}Input"]
    answer["required"] = ["id"]
    answer["description"] = (record.__doc__ or "").splitlines()[0]
    for way in ways(record()):
        embed(found, answer, way, noun(RECORDS[way.to]))
    answer["properties"] = ordered(answer["properties"])
    sent["properties"] = ordered(sent["properties"])
    if record in MEMBERS.values():  # which can be retracted
        answer["properties"]["effects"] = {
            **reference(noun(EffectsSchema)),
            "description": "Only if a record is retracted or reinstated with `dry_run`: what "
            "else would change.",
        }
    patch = deepcopy(sent)
    patch.pop("required", None)
    for member, schema in patch["properties"].items():
        schema.pop("default", None)
        if member not in sent.get("required", []) and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
    external_id = patch["properties"]["external_ids"]["additionalProperties"]
    external_id["type"] = ["string", "null"]
    found[f"{name}Patch"] = patch
    if "id" in record().load_fields:  # which stands in the address where it is replaced
        needed = [member for member in sent["required"] if member != "id"]
        replacement = {key: value for key, value in sent.items() if key != "required"}
        found[f"{name}Replacement"] = {**replacement, **({"required": needed} if needed else {})}
    found[f"{name}List"] = page(name)
    revision = deepcopy(found["Revision"])
    revision["properties"]["record"] = {
        "anyOf": [reference(name), {"type": "null"}],
        "description": "The record as of this revision; null if it was withdrawn.",
    }
    found[f"{name}Revision"] = revision


def embed(found: dict[str, Any], holder: dict[str, Any], way: Way, name: str) -> None:
    """Describe where a record can be embedded in another, along a path of members."""
    *steps, member = way.member.split(".")
    for step in steps:
        described = next(references(holder["properties"][step]), None)
        if described is None:  # any JSON value, of which nothing is described
            return
        holder = found[described.rpartition("/")[2]]
    about = {"description": f"With `expand={way.path}`: the record itself."}
    many = f"{member[:-1]}_ids" in holder["properties"]
    inside = {"type": "array", "items": reference(name)} if many else reference(name)
    holder["properties"][member] = {**inside, **about}


def ordered(properties: dict[str, Any]) -> dict[str, Any]:
    """Put what every record has behind its own, as in the records themselves."""
    own = [name for name in properties if name not in LAST]
    return {name: properties[name] for name in (*own, *LAST) if name in properties}


def page(name: str, *, counted: bool = True) -> dict[str, Any]:
    """Describe a page of a list, whose records can be `counted`."""
    described = {name: field.metadata for name, field in ListSchema().fields.items()}
    counts = ("total", "ranked") if counted else ()
    return {
        "type": "object",
        "description": "A page of a list.",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": reference(name), "description": "The records."},
            "next_cursor": {"type": ["string", "null"], **described["next_cursor"]},
            **{count: {"type": "integer", **described[count]} for count in counts},
        },
        "additionalProperties": True,
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
            "description": "Its name in this bundle: other records refer to it with `@` before.",
            "pattern": f"^{REF.pattern}$",
            "example": "taliban",
        }
        member["properties"] = {"ref": ref, **member["properties"]}
        for sent in member["properties"].values():
            if (default := sent.pop("default", None)) is not None:  # what stands is kept
                sent["description"] += f" Of a new record, `{default}` unless it is sent."
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


def referring(part: dict[str, Any]) -> dict[str, Any]:
    """Let an id also be a ref of the same bundle."""
    if part.get("format") == "uuid":
        del part["format"]
        part["pattern"] = f"^(@{REF.pattern}|{UUID.pattern})$"
        part["description"] = f"{part.get('description', '')} Or `@ref`."
        part["example"] = RECORDS[part["x-refers-to"]].example_ref
    if isinstance(part.get("$ref"), str):
        part["$ref"] = part["$ref"].replace("Input", "InBundle")
    return part
