"""openapi.yaml: valid, complete, derived from what is served, and one with the SQL."""

import re
from urllib.parse import quote

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from support.parameters import DOCUMENT, PAGE, PATHS, SCHEMAS, parameters, query_of
from support.resources import RESOURCES
from support.service import ROOT

from api.app import create_app
from api.description import openapi
from api.service.serve import pool_of
from models.tables import TABLES
from schemas.vocabularies.lists import CODE_LISTS

METHODS = ("get", "post", "put", "patch", "delete")

OPERATIONS = [
    (method, path, place[method])
    for path, place in DOCUMENT["paths"].items()
    for method in METHODS
    if method in place
]


def written(resource, name):
    """Write some value of a parameter of a list: whatever it takes, if it finds nothing."""
    fields = {each.data_key or own: each for own, each in query_of(resource)().fields.items()}
    value = fields[name].metadata["example"]
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def app(settings):
    """Make the service, without a database."""
    return create_app(pool_of(settings, "dbname=none"), settings)


def test_the_file_is_what_is_served(app):
    """openapi.yaml is derived from the views: see `make openapi`."""
    assert openapi.text(app) == (ROOT / "openapi.yaml").read_text()


def test_it_is_valid():
    """It is a valid OpenAPI 3.1 document, its examples and defaults included."""
    assert DOCUMENT["openapi"].startswith("3.1.")
    faults = list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors())
    assert faults == []


def test_every_operation_can_be_called_by_name():
    """Every operation has a stable id, a summary and a tag that is explained."""
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len({*ids})
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", each) for each in ids)
    known = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    summaries = [operation["summary"] for _, _, operation in OPERATIONS]
    assert len(summaries) == len({*summaries})
    for _, _, operation in OPERATIONS:
        assert operation["summary"]
        assert operation["description"] not in {operation["summary"], f"{operation['summary']}."}
        assert len(operation["description"]) > len("Read an event.")
        assert operation["tags"]
        assert {*operation["tags"]} <= known


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_verbs_are_the_same_everywhere(resource):
    """Every resource has the same six operations."""
    found = {
        operation["operationId"]: (method, path)
        for method, path, operation in OPERATIONS
        if operation["operationId"].startswith(f"{resource}.")
    }
    many, one = f"/v1/{resource}", f"/v1/{resource}/{{id}}"
    assert (
        found.items()
        >= {
            f"{resource}.search": ("get", many),
            f"{resource}.create": ("post", many),
            f"{resource}.read": ("get", one),
            f"{resource}.replace": ("put", one),
            f"{resource}.change": ("patch", one),
            f"{resource}.withdraw": ("delete", one),
        }.items()
    )


def test_every_parameter_is_explained():
    """Every parameter has a description; see test_examples for what they are filled in with."""
    lists = [
        place.get("parameters", ())
        for operations in PATHS.values()
        for place in (operations, *(each for each in operations.values() if isinstance(each, dict)))
    ]
    every = [parameter for each in lists for parameter in each]
    for parameter in every:
        assert parameter["description"], parameter["name"]
        assert len(parameter["description"]) > len("The id."), parameter["name"]
    assert len(every) > 400


def test_what_several_have_stands_once():
    """Every code list has a name, and every parameter of several operations too."""
    lists = {
        name: schema["enum"]
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if "enum" in schema
    }
    assert lists.items() >= {name: [*each.words] for name, each in CODE_LISTS.items()}.items()
    text = (ROOT / "openapi.yaml").read_text()
    assert text.count("\n" + " " * 6 + "- AD\n") == text.count("- AD\n") == 1
    shared = DOCUMENT["components"]["parameters"].values()
    own = [
        parameter
        for _, _, operation in OPERATIONS
        for parameter in operation.get("parameters", ())
        if "$ref" not in parameter
    ]
    for parameter in own:
        assert own.count(parameter) == 1
        assert parameter not in shared


def unexplained(schema, pointer):
    """Find the properties that have no description, or no example where they are plain values."""
    for name, member in schema.get("properties", {}).items():
        where = f"{pointer}/{name}"
        kinds = member.get("type", [])
        nested = member.get("items") or "$ref" in member or "anyOf" in member or "allOf" in member
        if not member.get("description"):
            yield f"{where}: description"
        if not nested and "example" not in member and "object" not in kinds:
            yield f"{where}: example"
        if "example" not in member:  # an example of the whole is one of its parts
            yield from unexplained(member, where)


def test_every_property_is_explained():
    """Every property has a description, and an example where it is a plain value."""
    schemas = DOCUMENT["components"]["schemas"]
    assert [fault for name, schema in schemas.items() for fault in unexplained(schema, name)] == []


def test_every_view_is_described(app):
    """Whatever is served under /v1 is described, and what is described is served."""
    served = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/v1"):
            path = re.sub(r"<(?:\w+:)?\w+_id>", "{id}", rule.rule)
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            served |= {(method.lower(), path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    queries = {("query", path) for path, place in DOCUMENT["paths"].items() if "x-query" in place}
    described = {(method, path) for method, path, _ in OPERATIONS if path.startswith("/v1")}
    assert served == described | queries
    assert {path for _, path in queries} == {f"/v1/{resource}" for resource in RESOURCES}


def test_what_each_operation_may_answer():
    """Refusals are problems, and writes need a key; to match is to read."""
    for method, path, operation in OPERATIONS:
        statuses = {*operation["responses"]}
        assert {"500", "503"} <= statuses, path
        if path.startswith("/v1"):
            assert {"400", "401", "403"} <= statuses, path
            answered = [operation["responses"][each] for each in statuses & {"200", "201"}]
            assert ("406" in statuses) == any("content" in each for each in answered), path
        if method != "get" and not path.endswith(("/match", "/search")):
            assert operation["security"] == [{"key": []}], path
        for status in statuses - {"200", "201", "204", "304"}:
            assert operation["responses"][status]["$ref"].startswith("#/components/responses/")
    for response in DOCUMENT["components"]["responses"].values():
        assert [*response["content"]] == ["application/problem+json"]


def test_examples_of_refusals_are_refusals_of_that_kind():
    """The example of a 400 is a 400."""
    responses = DOCUMENT["components"]["responses"]
    used = {
        status: operation["responses"][status]["$ref"].rpartition("/")[2]
        for _, _, operation in OPERATIONS
        for status in operation["responses"]
        if status >= "400" or status == "308"
    }
    assert {*used.values()} == {*responses}
    for status, name in used.items():
        example = responses[name]["content"]["application/problem+json"]["example"]
        assert example["status"] == int(status)
        assert example["type"] in responses[name]["description"]


def test_answers_require_what_is_always_there():
    """Clients need not look whether a member is there; of records it is as `fields` say."""
    required = {
        name: {*schema["required"]}
        for name, schema in SCHEMAS.items()
        if schema.get("type") == "object" and "required" in schema
    }
    assert required["Key"] == {"id", "name", "scopes", "method", "created_at", "revoked_at"}
    assert required["KeyWithSecret"] == required["Key"] | {"secret"}
    assert required["Explanation"] >= {"status", "asserted_by", "denied_by", "rule"}
    assert required["Revision"] >= {"number", "operation", "recorded_at", "comment"}
    assert required["Evidence"] >= {"statement_id", "stance", "aspect", "value", "chain"}
    assert required["Participant"] >= {"actor_id", "label", "role", "size"}
    assert required["Claim"] >= {"event_id", "stance", "aspect", "value"}
    assert not {"actor", "value_actor"} & (required["Participant"] | required["Claim"])
    assert required["ClaimInput"] == {"stance", "aspect"}
    assert "record" not in required["Change"]
    assert required["Event"] == {"id"}
    assert not {"NewKey", "Error", "Voice", "Stayed", "Result", "Size"} & SCHEMAS.keys()


OTHER_IDS = {
    **dict.fromkeys(("Dataset", "DatasetInput", "DatasetPatch", "DatasetReplacement"), "a slug"),
    **dict.fromkeys(("Change", "Assessment"), "of a dataset, its slug"),
    **dict.fromkeys(("Plover", "PloverEntity"), "texts of another format"),
    "Problem": "the id of a request",
}
"""Schemas of which some id is no UUID, and what it is instead."""


def test_ids_of_records_are_uuids_wherever_they_stand():
    """Clients that know UUIDs can compare an id with any other id of the same record."""

    def parts(path, part):
        if isinstance(part, dict):
            yield path, part
            for member, each in part.get("properties", {}).items():
                yield from parts([*path, member], each)
            for name in ("items", "additionalProperties"):
                yield from parts(path, part.get(name))
            for each in (*part.get("anyOf", ()), *part.get("oneOf", ())):
                yield from parts(path, each)

    uuid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    others = set()
    for schema, whole in SCHEMAS.items():
        for path, part in parts([schema], whole):
            is_text = "string" in part.get("type", ()) and "@[" not in part.get("pattern", "")
            is_id = re.fullmatch(r"id|source|target|(?!external_)\w+_id", path[-1])
            is_id = is_id or uuid.fullmatch(str(part.get("example")))
            if is_text and is_id and part.get("format") != "uuid":
                others.add(schema)
    assert others == OTHER_IDS.keys()


def test_instants_have_their_format():
    """Clients that know instants get them wherever an answer has one; they give those of files."""
    plain = {
        schema
        for schema, whole in SCHEMAS.items()
        for name, part in whole.get("properties", {}).items()
        if name.endswith("_at") and part.get("format") != "date-time"
    }
    assert plain == {"DocumentFile", "DocumentFileInput", "DocumentFileInBundle"}


# The schemas and the SQL.


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_filter_has_its_condition(resource):
    """Each parameter of a list asks for a condition of the table, and none is there for nothing."""
    query, table = query_of(resource), TABLES[resource]
    choices = {
        name: parameter["schema"].get("enum", [written(resource, name)])
        for name, parameter in parameters(resource).items()
        if name not in PAGE
    }
    together = {"near": "radius", "radius": "near", "datetime_match": "datetime"}
    together |= {"location_match": "bbox"}
    asked = set()
    plain = {*query.read({})}
    for name, values in choices.items():
        for value in values:
            sent = {name: value}
            if other := together.get(name):
                sent[other] = choices[other][0]
            found = {*query.read(sent)} - {"limit", "sort", "best_first", "filter"}
            assert found <= {*table.filters}, sent
            if value != parameters(resource)[name]["schema"].get("default"):
                assert {*query.read(sent)} != plain, sent
            asked |= found
    for verdicts in ("agree", "none,agree"):
        asked |= {*query.read({"assessed": verdicts})} - plain
    asked |= {*query.read({"method": "model", "assessed": "none"})} - plain
    if "datetime" in choices and resource != "actors":
        timed = {"datetime": "2021-08-22T06:00:00Z"}
        asked |= {*query.read(timed)} - {*plain}
        if "datetime_match" in choices:
            asked |= {*query.read({**timed, "datetime_match": "certain"})} - {*plain}
    if "location_match" in choices:
        circle = {name: choices[name][0] for name in ("near", "radius")}
        asked |= {*query.read({**circle, "location_match": "certain"})} - {*plain}
    # Nobody asks for these: they are put where an early instant is read, where words are rare, or a
    # filter says so.
    rarely = {"q_rare"} if "q" in choices else set()
    lifted = {"starts_from", "starts_before"} if "starts_from" in table.filters else set()
    assert asked | {"created_until"} | rarely | lifted == {*table.filters}


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_sort_has_its_order(resource):
    """Whatever a list can be sorted by has an order in SQL, both ways, and the other way round."""
    known = parameters(resource)["sort"]["schema"]["enum"]
    assert {sort.removeprefix("-") for sort in known} == {*TABLES[resource].orders}
    assert sorted(known) == sorted(
        f"{sign}{name}" for name in TABLES[resource].orders for sign in ("", "-")
    )


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_filter_can_be_asked(panjshir, resource):
    """Every parameter's own example, and every word of its code list, is taken."""
    for name, parameter in parameters(resource).items():
        schema = parameter["schema"]
        if name == "cursor":
            continue
        some = written(resource, name)
        words = schema.get("enum") or schema.get("items", {}).get("enum") or [some]
        more = {
            "near": "&radius=5",
            "radius": "&near=69,34",
            "datetime_match": "&datetime=2021",
            "location_match": "&bbox=69,35,71,36",
            "highlight": "&q=siege",
        }.get(name, "")
        for word in {some, *words[:3], words[-1]}:
            answer = panjshir.get(f"/v1/{resource}?{name}={quote(str(word))}{more}")
            assert answer.status_code == 200, (name, word, answer.get_json())


@pytest.mark.parametrize("resource", RESOURCES)
def test_all_filters_at_once(panjshir, resource):
    """All filters together are one statement that PostgreSQL understands."""
    query = "&".join(
        f"{name}={quote(written(resource, name))}"
        for name in parameters(resource)
        if name not in PAGE
    )
    for total in ("exact", "estimate"):
        assert panjshir.get(f"/v1/{resource}?total={total}&{query}").status_code == 200


def test_the_schema_of_bundles(panjshir):
    """The JSON Schema of bundles refers to nothing outside, and fits what is shipped."""
    schema = panjshir.get("/v1/bundles/schema").get_json()
    text = str(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {*re.findall(r"'\$ref': '([^']*)'", text)} <= {
        f"#/$defs/{name}" for name in schema["$defs"]
    }


def test_the_description_is_readable():
    """The file can be read by YAML's plain loader, and has no anchors."""
    text = (ROOT / "openapi.yaml").read_text()
    assert yaml.load(text, Loader=yaml.CSafeLoader)["info"]["title"] == "Attest"
    assert not re.search(r"^\s*[^'\"]*: [&*][a-z0-9]+$", text, re.MULTILINE)


def test_what_clients_generate_from_it_loses_nothing():
    """Numbers keep their digits, a bundle what stands, and both ways of an order have a name."""
    point = SCHEMAS["Location"]["properties"]["point"]
    assert {each["format"] for each in point["prefixItems"]} == {"double"}
    assert SCHEMAS["Change"]["properties"]["position"]["format"] == "int64"
    assert SCHEMAS["EventInput"]["properties"]["modality"]["default"] == "actual"
    for name in SCHEMAS:
        if name.endswith("InBundle"):
            members = SCHEMAS[name]["properties"].values()
            assert "ref" not in SCHEMAS[name]["properties"] or not any(
                "default" in member for member in members
            )
    for resource in RESOURCES:
        sort = parameters(resource)["sort"]["schema"]
        assert len({*sort["x-enum-varnames"]}) == len(sort["enum"])
    assert parameters("events")["sort"]["schema"]["x-enum-varnames"][0] == "STARTS_ON_DESC"
    answered = {name for name in SCHEMAS if name in {"Event", "EventList", "Attestation", "Claim"}}
    assert {SCHEMAS[name]["additionalProperties"] for name in answered} == {True}
    assert SCHEMAS["EventInput"]["additionalProperties"] is False
