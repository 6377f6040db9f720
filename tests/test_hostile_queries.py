"""Parameters and bodies that are meant to keep the service busy: each is told soon."""

import time
from contextlib import suppress

import pytest
from marshmallow import ValidationError
from support.parameters import query_of
from support.problems import is_problem
from support.resources import RESOURCES

from schemas.exports import Cells, Lines, exporting
from schemas.summaries import EventSummaryQuery

BYTES = 4_000

HOSTILE = (
    *(",\"\\()[]{}-_=.:;/%?~+<>'\n\x1f"),
    *(
        "a,",
        '""',
        '"a",',
        "a=1 AND ",
        "a=(1,",
        "NOT ",
        "1^",
        "-(",
        "é́",
        "漢",
        "\u200f",
        "2021-",
        "XX-",
    ),
    *("1e", "x:", "OR ", '-"', "POINT(", "../", "T00:", "0.", "tag,", "event_title_"),
)
"""Pieces of which a long text is made."""

SECONDS = 1.0
"""Maximum CPU time of such a text; most take 0.01."""

QUERIES = {
    *(query_of(resource) for resource in RESOURCES),
    *(exporting(query_of(resource), how) for resource in RESOURCES for how in (Cells, Lines)),
    EventSummaryQuery,
}


def parameters():
    """Give each kind of parameter once, with a query that has it."""
    found = {}
    for query in sorted(QUERIES, key=lambda each: each.__name__):
        for name, field in query().load_fields.items():
            inner = type(getattr(field, "inner", None)).__name__
            found.setdefault((field.data_key or name, type(field).__name__, inner), query)
    return [(name, query) for (name, *_), query in found.items()]


def test_no_parameter_takes_long():
    """Whatever stands in a parameter, it is taken or refused, and soon."""
    every = parameters()
    assert len(every) > 60
    for name, query in every:
        for piece in HOSTILE:
            text = (piece * BYTES)[:BYTES]
            for sent in (text, f"a{text}", f"{text}!"):
                began = time.thread_time()
                with suppress(ValidationError):
                    query.read({name: [sent] if name in query.several() else sent})
                assert time.thread_time() - began < SECONDS, (name, piece)


@pytest.mark.parametrize(
    "queries",
    [[{"nmae": f"n{n}"} for n in range(40_000)], [{"names": [{"n": 1}] * 1_000}] * 60],
)
def test_too_many_queries_are_not_read(client, queries):
    """More than are answered at once are refused before it is looked what is wrong with each."""
    began = time.perf_counter()
    answer = client.post("/v1/actors/match", json={"queries": queries})
    [fault] = is_problem(answer, 422)["errors"]
    assert fault["pointer"] == "/queries"
    assert time.perf_counter() - began < 5
