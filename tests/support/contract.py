"""The checker that holds every response against the OpenAPI document."""

import gzip
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import orjson
import yaml
from backports import zstd
from werkzeug.test import TestResponse

DOCUMENT = "urn:openapi"
"""The name under which JSON Schema finds the document, so that the references in it resolve."""

IS_JSON = re.compile(r"application/(json|[^/]+\+json)")
IS_YAML = re.compile(r"(application|text)/(yaml|[^/]+\+yaml)")


UNPACK: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "zstd": zstd.decompress,
}
"""How each coding of an answer is undone."""


EXTENDED = {"Fault", "Geometry", "LinkedData", "Problem"}
"""Schemas of which some answers have members of their own."""


class Contract:
    """What an OpenAPI 3.1 document promises, to be compared with what was answered."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Take a document as YAML gives it; its paths begin where those of the requests begin."""
        # YAML makes numbers of statuses and dates of examples, where JSON has strings.
        plain = orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)
        self.document: dict[str, Any] = orjson.loads(plain)
        # More members may come to answers, but each that there is has to be described.
        closed = orjson.loads(plain)
        for name, schema in closed.get("components", {}).get("schemas", {}).items():
            if name not in EXTENDED and "properties" in schema:
                schema["additionalProperties"] = False
        slim = orjson.loads(orjson.dumps(closed))
        for name in _nested(slim):
            slim["components"]["schemas"][name].pop("required", None)
        self.registries = {
            paths: jsonschema_rs.Registry([(DOCUMENT, each)])
            for paths, each in ((False, closed), (True, slim))
        }
        self.validators: dict[tuple[str, bool], jsonschema_rs.Draft202012Validator] = {}
        self.templates = {
            path: re.compile(re.sub(r"\\\{[^/{}]+\\\}", "[^/]+", re.escape(path)))
            for path in sorted(self.document["paths"], key=_literals_first)
        }

    def check(self, method: str, path: str, response: TestResponse, *, paths: bool = False) -> None:
        """Raise AssertionError unless the document declares this response to this request.

        Where `fields` has `paths`, these may leave out what is required of nested objects.
        """
        answer = f"{method.upper()} {path} answered {response.status_code}"
        try:
            pointer = self._declared(method.lower(), path.partition("?")[0], response.status_code)
            self._check_headers(pointer, response)
            self._check_body(pointer, method.upper(), response, paths=paths)
        except AssertionError as fault:
            raise AssertionError(f"{answer}, but {fault}") from None

    def _declared(self, method: str, path: str, status: int) -> str:
        """Point to what the document says of an answer."""
        template = next((name for name, like in self.templates.items() if like.fullmatch(path)), "")
        assert template, "the document has no such path"
        operations = self.document["paths"][template]
        method = "x-query" if method == "query" else method
        if method == "head" and method not in operations:
            method = "get"
        assert method in operations, f"{template} declares no {method.upper()}"
        responses = operations[method]["responses"]
        code = str(status) if str(status) in responses else "default"
        assert code in responses, f"{template} declares only {_names(responses)} there"
        return self._follow(_join("#", "paths", template, method, "responses", code))

    def _check_headers(self, pointer: str, response: TestResponse) -> None:
        for name in self._at(pointer).get("headers", {}):
            header = self._at(self._follow(_join(pointer, "headers", name)))
            assert name in response.headers or not header.get("required"), f"without {name}"

    def _check_body(
        self, pointer: str, method: str, response: TestResponse, *, paths: bool
    ) -> None:
        content = self._at(pointer).get("content", {})
        body = UNPACK[response.headers.get("Content-Encoding")](response.get_data())
        if response.status_code in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            content = {}
        if method == "HEAD" or not content:
            assert not body, f"with a body, where none belongs: {body[:100]!r}"
        if not content:
            return
        kinds = {_essence(kind): kind for kind in content}
        assert response.mimetype in kinds, (
            f"as {response.mimetype or 'nothing'}, where {_names(kinds)} is declared"
        )
        if method != "HEAD" and "schema" in content[kinds[response.mimetype]]:
            schema = _join(pointer, "content", kinds[response.mimetype], "schema")
            self._check_schema(schema, response.mimetype, body, paths=paths)

    def _check_schema(self, pointer: str, kind: str, body: bytes, *, paths: bool) -> None:
        try:
            if IS_JSON.fullmatch(kind):
                instance = orjson.loads(body)
            elif IS_YAML.fullmatch(kind):
                instance = yaml.load(body, Loader=yaml.CSafeLoader)
            else:
                return
        except (ValueError, yaml.YAMLError) as error:
            raise AssertionError(f"its body is not {kind}: {error}") from None
        if (pointer, paths) not in self.validators:
            self.validators[pointer, paths] = jsonschema_rs.Draft202012Validator(
                {"$ref": DOCUMENT + quote(pointer, safe="#/~")},
                registry=self.registries[paths],
                validate_formats=True,
            )
        faults = [
            f"\n  {_join('', *error.instance_path) or 'the whole'}: {error.message}"
            for error in self.validators[pointer, paths].iter_errors(instance)
        ]
        assert not faults, f"not as {pointer} has it:{''.join(faults)}"

    def _at(self, pointer: str) -> dict[str, Any]:
        """Return the part of the document that a JSON pointer (#/…) names."""
        part = self.document
        for key in pointer.split("/")[1:]:
            part = part[key.replace("~1", "/").replace("~0", "~")]
        return part

    def _follow(self, pointer: str) -> str:
        """Return the pointer to which the references at a pointer lead in the end."""
        while "$ref" in (part := self._at(pointer)):
            pointer = part["$ref"]
        return pointer


def _nested(document: dict[str, Any]) -> set[str]:
    """Name the schemas of what is nested in records, which are those that lists have."""
    schemas = document.get("components", {}).get("schemas", {})

    def below(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"].rpartition("/")[2]
            part = [*part.values()]
        for each in part if isinstance(part, list) else ():
            yield from below(each)

    records = {name.removesuffix("List") for name in schemas if name.endswith("List")}
    found, ahead = set[str](), {*records} & schemas.keys()
    while ahead:
        found |= ahead
        ahead = {name for each in ahead for name in below(schemas[each])} - found
    return found - records


def _literals_first(path: str) -> list[tuple[bool, int]]:
    """Sort /events/summary before /events/{id}.csv, and that before /events/{id}."""
    literals = [re.sub(r"\{[^{}]+\}", "", segment) for segment in path.split("/")]
    return [
        (literal != segment, -len(literal))
        for literal, segment in zip(literals, path.split("/"), strict=True)
    ]


def _essence(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()


def _names(declared: dict[str, Any]) -> str:
    return ", ".join(declared) or "nothing"


def _join(pointer: str, *keys: str | int) -> str:
    escaped = [str(key).replace("~", "~0").replace("/", "~1") for key in keys]
    return "/".join([pointer, *escaped])
