"""The checker itself: a checker that lets a fault pass proves nothing."""

import pytest
import yaml
from support.contract import Contract
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

DOCUMENT = """
openapi: 3.1.0
info: {title: Shelves, version: "1"}
paths:
  /v1/books:
    get:
      responses:
        "200":
          description: All books
          content:
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Book"}}}
    post:
      responses:
        "201":
          description: A book was made
          headers:
            Location: {required: true, schema: {type: string}}
            ETag: {$ref: "#/components/headers/ETag"}
            Warning: {schema: {type: string}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}
        default: {$ref: "#/components/responses/Problem"}
  /v1/books/{id}:
    get:
      responses:
        200:
          description: One book
          content:
            application/json: {schema: {$ref: "#/components/schemas/Book"}}
            application/yaml: {schema: {$ref: "#/components/schemas/Book"}}
        304: {description: The one you have}
    delete:
      responses:
        204: {description: Gone}
  /v1/books/summary:
    head:
      responses:
        204: {description: There is one}
    get:
      responses:
        200:
          description: How many
          content: {application/json: {schema: {type: integer}}}
  /v1/books/{id}.html:
    get:
      responses:
        200:
          description: A page
          content: {text/html: {schema: {type: string, maxLength: 1}}}
components:
  headers:
    ETag: {required: true, schema: {type: string}}
  responses:
    Problem:
      description: Refused
      content: {application/problem+json: {schema: {type: object, required: [title]}}}
  schemas:
    Book:
      type: object
      required: [id]
      properties:
        id: {type: string, format: uuid}
        pages: {type: [integer, "null"]}
        sequel: {$ref: "#/components/schemas/Book"}
        chapters: {type: array, items: {$ref: "#/components/schemas/Chapter"}}
      additionalProperties: false
      example: {printed_on: 2021-08-23}
    BookList: {type: object, required: [items]}
    Chapter: {type: object, required: [title], properties: {title: {type: string}}}
"""
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
BOOK = f'{{"id": "{ID}", "pages": null}}'
MADE = {"Location": f"/v1/books/{ID}", "ETag": '"1"'}


@pytest.fixture(scope="module")
def contract():
    """Return a checker of a document small enough to be read."""
    return Contract(yaml.safe_load(DOCUMENT))


def answer(status, body="", kind="application/json", headers=None):
    """Make a response as a test client returns it."""
    made = Response(body, status, headers or {})
    made.headers.pop("Content-Type")
    if kind is not None:
        made.headers["Content-Type"] = kind
    return TestResponse(made.response, made.status, made.headers, request=None)


@pytest.mark.parametrize(
    ("request_line", "response"),
    [
        ("GET /v1/books", answer(200, f"[{BOOK}]")),
        ("GET /v1/books?limit=1&q=a/b", answer(200, "[]", "application/json; charset=utf-8")),
        ("HEAD /v1/books", answer(200)),
        ("POST /v1/books", answer(201, BOOK, headers=MADE)),
        ("POST /v1/books", answer(422, '{"title": "No"}', "application/problem+json")),
        ("get /v1/books/1", answer(200, f'{{"id": "{ID}", "sequel": {BOOK}}}')),
        ("GET /v1/books/1", answer(200, f"id: {ID}\npages: 12\n", "application/yaml")),
        ("GET /v1/books/1", answer(304)),
        ("DELETE /v1/books/1", answer(204, kind="text/html")),
        ("GET /v1/books/summary", answer(200, "7")),
        ("HEAD /v1/books/summary", answer(204)),
        ("GET /v1/books/1.html", answer(200, "<p>Not validated</p>", "text/html")),
    ],
)
def test_what_is_declared_passes(contract, request_line, response):
    """A response that the document declares is accepted."""
    contract.check(*request_line.split(" "), response)


@pytest.mark.parametrize(
    ("request_line", "response", "fault"),
    [
        ("GET /v1/films", answer(200, "[]"), "the document has no such path"),
        ("GET /v1/books/1/2", answer(200, BOOK), "the document has no such path"),
        ("GET /v1/books/", answer(200, "[]"), "the document has no such path"),
        ("GET /v1/booksXsummary", answer(200, "7"), "the document has no such path"),
        ("PUT /v1/books/1", answer(200, BOOK), "/v1/books/{id} declares no PUT"),
        ("GET /v1/books", answer(404, "{}"), "/v1/books declares only 200 there"),
        ("GET /v1/books/summary", answer(200, BOOK), "is not of type"),
        ("HEAD /v1/books/summary", answer(200), "/v1/books/summary declares only 204 there"),
        ("GET /v1/books", answer(200, "[]", "text/html"), "as text/html, where application/json"),
        ("GET /v1/books", answer(200, "[]", None), "as nothing, where application/json"),
        ("HEAD /v1/books", answer(200, kind="text/html"), "as text/html"),
        ("POST /v1/books", answer(400, "{}"), "as application/json, where application/problem"),
        ("POST /v1/books", answer(400, "{}", "application/problem+json"), "required property"),
        ("GET /v1/books", answer(200, ""), "its body is not application/json"),
        ("GET /v1/books", answer(200, "[NaN]"), "its body is not application/json"),
        ("GET /v1/books/1", answer(200, "{", "application/yaml"), "its body is not application/y"),
        ("GET /v1/books", answer(200, '[{"id": "1"}]'), '/0/id: "1" is not a "uuid"'),
        ("GET /v1/books/1", answer(200, f'{{"id": "{ID}", "isbn": 1}}'), "'isbn' was unexpected"),
        ("GET /v1/books/1", answer(200, f'{{"id": "{ID}", "sequel": {{}}}}'), "/sequel: "),
        ("GET /v1/books/1", answer(200, "pages: 12", "application/yaml"), '"id" is a required'),
        ("HEAD /v1/books", answer(200, "[]"), "with a body, where none belongs"),
        ("GET /v1/books/1", answer(304, BOOK), "with a body, where none belongs"),
        ("DELETE /v1/books/1", answer(204, BOOK), "with a body, where none belongs"),
        ("POST /v1/books", answer(201, BOOK, headers={"ETag": '"1"'}), "without Location"),
        ("POST /v1/books", answer(201, BOOK, headers={"Location": "/"}), "without ETag"),
    ],
)
def test_what_is_not_declared_is_caught(contract, request_line, response, fault):
    """A response that breaks the document is refused, and the refusal names what was broken."""
    with pytest.raises(AssertionError) as refusal:
        contract.check(*request_line.split(" "), response)
    status = response.status_code
    assert str(refusal.value).startswith(f"{request_line} answered {status}, but ")
    assert fault in str(refusal.value)


@pytest.mark.parametrize(
    ("body", "paths", "passes"),
    [
        (f'{{"id": "{ID}", "chapters": [{{"title": "One"}}]}}', False, True),
        (f'{{"id": "{ID}", "chapters": [{{}}]}}', False, False),
        (f'{{"id": "{ID}", "chapters": [{{}}]}}', True, True),
        (f'{{"id": "{ID}", "chapters": [{{"title": 1}}]}}', True, False),
        ('{"chapters": [{}]}', True, False),
    ],
)
def test_paths_leave_out_what_is_nested(contract, body, paths, passes):
    """Nested objects have all members they require, unless `fields` leads into them."""
    faults = []
    try:
        contract.check("GET", "/v1/books/1", answer(200, body), paths=paths)
    except AssertionError as fault:
        faults.append(fault)
    assert (not faults) == passes
