"""The names that generated clients have: each of them is in the description, none is made up."""

import re
from runpy import run_path

import pytest
from support.parameters import DOCUMENT
from support.service import ROOT

SCHEMAS = DOCUMENT["components"]["schemas"]

NAMING = run_path(str(ROOT / "sdk" / "names.py"))
"""The names of methods, which are made where clients are, and not by what is installed."""

INSIDE = ("items", "additionalProperties", "schema")
"""Keywords under which one schema stands."""


def unnamed(part, pointer, *, top=False):
    """Find the schemas for which a generator would have to make up a name."""
    kinds = part.get("type", [])
    kinds = {kinds} if isinstance(kinds, str) else {*kinds}
    if not top and ("enum" in part or "object" in kinds):
        yield pointer
    if len(kinds - {"null"}) > 1:
        yield f"{pointer}: {sorted(kinds)}"
    several = [each for each in part.get("anyOf", ()) if each != {"type": "null"}]
    if not top and len(several) > 1:
        yield f"{pointer}: anyOf"
    inside = {name: part[name] for name in INSIDE if isinstance(part.get(name), dict)}
    inside |= part.get("properties", {})
    for keyword in ("anyOf", "oneOf", "allOf"):
        inside |= {f"{keyword}/{place}": each for place, each in enumerate(part.get(keyword, ()))}
    for name, each in inside.items():
        yield from unnamed(each, f"{pointer}/{name}")


def operations():
    """Give every operation, by its id."""
    for place in DOCUMENT["paths"].values():
        for method, operation in place.items():
            if isinstance(operation, dict) and not method.startswith("x-"):
                yield operation["operationId"], operation


def test_no_type_has_a_made_up_name():
    """Whatever is an object or a list of words is a component, or else a code list that may be."""
    found = [each for name, schema in SCHEMAS.items() for each in unnamed(schema, name, top=True)]
    for name, parameter in DOCUMENT["components"]["parameters"].items():
        found += unnamed(parameter, name)
    for operation, described in operations():
        for parameter in described.get("parameters", ()):
            found += unnamed(parameter, f"{operation}/{parameter.get('name')}")
        contents = [described.get("requestBody", {}), *described["responses"].values()]
        for content in (each.get("content", {}) for each in contents):
            for media in content.values():
                found += unnamed(media, operation)
    assert found == []


def test_each_constant_has_a_name():
    """A constant is named after its word, or where no program could have that as a name by us."""
    enums = {name: schema for name, schema in SCHEMAS.items() if "enum" in schema}
    assert len(enums) > 60
    for name, schema in enums.items():
        words = schema["enum"]
        constants = schema.get("x-enum-varnames", [word.upper() for word in words])
        assert len({*constants}) == len(words), name
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", each) for each in constants), name
    assert SCHEMAS["EventSort"]["x-enum-varnames"][6:8] == ["CREATED_AT_DESC", "CREATED_AT_ASC"]
    assert SCHEMAS["FilterCrs"]["x-enum-varnames"] == ["CRS84"]
    assert SCHEMAS["EventExpand"]["x-enum-varnames"][2] == "PARTICIPANTS_ACTOR"
    assert "x-enum-varnames" not in SCHEMAS["EventType"]


def test_the_same_object_is_one_type_everywhere():
    """What records have in common has one type, and a second one where what is sent differs."""
    for name in ("Actor", "Dataset", "Document", "Event", "Location", "Statement"):
        for form in ("", "Input", "Patch"):
            members = SCHEMAS[f"{name}{form}"]["properties"]
            assert f"#/components/schemas/ExternalIds{form}" in str(members["external_ids"])
            assert "#/components/schemas/Attributes" in str(members["attributes"])
    assert not {"GeometryPatch", "CountsInput", "AttributesInput"} & SCHEMAS.keys()


def test_each_operation_is_a_verb_of_its_tag():
    """Operations are `tag.verb`; what other tags have of a resource begins with that."""
    for operation, described in operations():
        owner, verb = operation.split(".")
        [tag] = described["tags"]
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", verb), operation
        if tag != owner:
            assert tag == "assessments", operation
            assert verb in {"assessments", "assessment", "assess", "unassess"}
        elif tag == "exports":
            assert verb.partition("_")[0] in {f"{name.lower()}s" for name in SCHEMAS}


@pytest.mark.parametrize(
    ("language", "operation", "method"),
    [
        ("python", "events.search", "list"),
        ("java", "events.search", "list"),
        ("go", "events.search", "List"),
        ("go", "exports.events_ndjson", "EventsNdjson"),
        ("typescript", "events.summary_csv", "summaryCsv"),
        ("java", "actors.assess", "assessActor"),
        ("csharp", "events.assessments", "ListOfEvent"),
        ("r", "locations.assessment", "get_of_location"),
        ("go", "actors.read", "Get"),
        ("java", "actors.change", "patch"),
        ("python", "statements.withdraw", "delete"),
        ("typescript", "bundles.create", "create"),
    ],
)
def test_methods_are_called_what_developers_look_for(language, operation, method):
    """Methods are verbs without their resource, which the class is called after already."""
    assert NAMING["methods"](DOCUMENT, language)[operation] == method


@pytest.mark.parametrize("language", NAMING["CASES"])
def test_every_operation_has_a_method_of_its_own(language):
    """No two methods of a tag have one name, and none has its tag in it."""
    found = NAMING["methods"](DOCUMENT, language)
    tags = {operation: described["tags"][0] for operation, described in operations()}
    assert found.keys() == tags.keys()
    assert len({(tags[operation], name) for operation, name in found.items()}) == len(tags)
    assert not [name for operation, name in found.items() if tags[operation] in name.lower()]
