"""Questions to Attest alone, beyond lists: sums, words, expressions, networks, the past.

`python -m bench growth` measures these beside the lists of `bench.cases`. What is counted costs as
much as there is to count, so it is asked of a country of few events and of one of many.
"""

# ruff: noqa: S608 - SQL is put together here, from literals of ours alone

from collections.abc import Iterator
from urllib.parse import urlencode

from psycopg import Connection

from bench.cases import LIMIT, Case, by_country, column, row


def reads(connection: Connection) -> Iterator[Case]:
    """Pick the parameters of what is asked from the database."""
    countries = by_country(connection)
    of = {
        "few": next((each for each in countries[::-1] if each[1] > LIMIT), countries[-1]),
        "many": countries[0],
    }
    yield from sums(of)
    yield from words(of)
    yield from records(connection)
    yield asked("changes", "changes from the first", "changes", after="0")


def sums(of: dict[str, tuple[str, int]]) -> Iterator[Case]:
    """Ask how many events there were, of what type, when, where, and between whom."""
    for name, (country, number) in of.items():
        title = f"{country}, {number:,} events"
        for by in ("type", "month"):
            path = {"by": by, "country": country}
            yield asked(f"summary-{by}-{name}", f"by {by}: {title}", "events/summary", **path)
        yield asked(f"dyads-{name}", f"dyads: {title}", "events/dyads", country=country)
    yield asked("summary-all", "by country: all events", "events/summary", by="country")


def words(of: dict[str, tuple[str, int]]) -> Iterator[Case]:
    """Ask for events by words of their texts, and by expressions."""
    country, _ = of["many"]
    yield asked("words", "words of many events", "events", q="troops deployed", limit=f"{LIMIT}")
    yield asked(
        "words-country", "words, in one country", "events", q='"talks held"', country=country
    )
    expression = f"type IN ('coerce', 'aid') AND country = '{country}' AND fatalities.low > 3"
    yield asked("cql2", "an expression of three terms", "events", filter=expression)
    expression = "S_INTERSECTS(geometry, BBOX(60, 30, 75, 38)) AND NOT type = 'assault'"
    yield asked("cql2-box", "an expression with a box", "events", filter=expression)


def records(connection: Connection) -> Iterator[Case]:
    """Ask for what is derived of one record, and for what it was before."""
    claimed = row(
        connection,
        "SELECT claims.event_id::text, count(*) FROM claims GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1",
    )
    if claimed:
        title = f"explanation of {claimed[1]:,} claims"
        yield asked("explanation-busiest", title, f"events/{claimed[0]}/attestation")
    few = column(
        connection,
        "SELECT claims.event_id::text FROM claims GROUP BY 1 HAVING count(*) BETWEEN 2 AND 4"
        " ORDER BY md5(claims.event_id::text) LIMIT 1",
    )
    actor = row(
        connection,
        "SELECT participants.actor_id::text, count(DISTINCT participants.event_id)"
        " FROM participants WHERE participants.actor_id IS NOT NULL GROUP BY 1"
        f" HAVING count(*) BETWEEN {LIMIT // 5} AND {4 * LIMIT} ORDER BY 2 DESC, 1 LIMIT 1",
    )
    for one in few:
        yield asked("explanation", "explanation of a few claims", f"events/{one}/attestation")
        yield asked("revisions", "revisions of an event", f"events/{one}/revisions")
    if actor:
        title = f"actor of {actor[1]:,} events"
        yield asked("network", f"network: {title}", f"actors/{actor[0]}/network")
        yield asked("timeline", f"timeline: {title}", f"actors/{actor[0]}/timeline")


def asked(name: str, title: str, path: str, **query: str) -> Case:
    """Make a case that only Attest is asked."""
    return Case(name, title, (f"/v1/{path}{'?' if query else ''}{urlencode(query)}",))
