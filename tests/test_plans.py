"""Plans: on a crowd of records, every documented list is read from an index, in bounds.

What is counted is what PostgreSQL looks at: buffers of 8 kB, which are the same on any machine,
where a timer is not. The statements are those that `finding` makes of the query strings, planned
as the service has them planned.
"""

import re
from datetime import datetime
from itertools import islice
from urllib.parse import parse_qsl, quote

import pytest
from psycopg import ClientCursor, sql
from support import crowd
from support.crowd import uid
from support.lists import SORTS
from support.parameters import PAGE, parameters, query_of
from support.resources import NOBODY, RECORDS, RESOURCES, Entries
from support.service import new_database

from models import statements
from models.database import connections
from models.database.connections import Connection
from models.derived import attestation, containment
from models.lists import search
from models.lists import text as full_text
from models.lists.summaries import compose
from models.lists.summaries.draft import Wanted
from models.names import search as by_name
from models.names.sounds import name_of
from models.past import as_of
from models.store import idempotency, merges, parts, references
from models.tables import TABLES
from schemas.fields.moments import Asked

LIMIT = 50
"""So many records has a page where nothing is said."""

SMALL = 1_000
"""Tables with no more rows than this may be read through."""

STOPPED = 1_500
"""Rows at which a scan has stopped by itself at the latest, which else reads a table through."""

FOUND = 400
"""So many buffers has a page at the most whose index finds and sorts: 51 rows, wherever each is."""

THEN_SORTED = {
    ("events", "datetime"): 3_000,
    ("events", "datetime_match"): 8_000,
    ("statements", "datetime"): 3_000,
    ("statements", "datetime_match"): 5_000,
    ("documents", "datetime"): 1_500,
    ("events", "bbox"): 600,
    ("events", "near"): 8_000,
    ("events", "location_match"): 8_000,
    ("locations", "location_match"): 1_200,
    ("events", "covers"): 12_000,
    ("events", "tag"): 10_000,
    **{(table, "q"): 12_000 for table in RECORDS},
    ("events", "disputed_on"): 10_000,
    ("events", "related"): 3_000,
    ("statements", "tag"): 8_000,
    ("events", "code"): 10_000,
    ("events", "fatalities_min"): 3_000,
    ("events", "casualties_min"): 8_000,
    ("events", "assessed"): 10_000,
    ("statements", "assessed"): 8_000,
    ("locations", "bbox"): 1_200,
    ("locations", "near"): 1_200,
    ("locations", "borders"): 1_200,
    ("actors", "name"): 8_000,
    ("locations", "name"): 8_000,
    ("actors", "datetime"): 800,
}
"""What no index both finds and sorts, and so many buffers as that takes at the most."""

ACROSS = {
    # The days of each affiliation are held against those of the record, row by row.
    ("events", "affiliated_with"): 1_500,
    ("statements", "speaker_affiliated_with"): 1_500,
    # Of more values than are hashed, each row's is looked for: three buffers each.
    ("statements", "event_location"): 1_300,
    ("statements", "about"): 2_000,
    # Which of the places lie inside is read from the places themselves, to count the first of them.
    ("statements", "location"): 1_000,
    # A tenth of all events is hashed, from two tables.
    ("events", "document"): 800,
}
"""What is found across other records where these are very many, and so many buffers as that takes
at the most: why it is more than `FOUND`."""

TOO_MUCH = {
    ("statements", "speaker_holds"): "all events in places that somebody holds are looked at",
}
"""What looks at too much as yet, and why: what is mended must go from here."""

UNUSED = {
    **{
        f"{table}_words_lexemes": "what is counted in so small a table is read through"
        for table in ("actor", "location", "document")
    },
    "locations_parent": "all locations are read through at each level",
}
"""Indexes that nothing uses as yet."""


def actor(n):
    """Give the id of an actor."""
    return uid("actors", n)


def place(n):
    """Give the id of a location."""
    return uid("locations", n)


def paper(n):
    """Give the id of a document."""
    return uid("documents", n)


def event(n):
    """Give the id of an event."""
    return uid("events", n)


def said(n):
    """Give the id of a statement."""
    return uid("statements", n)


COMMON = ["dataset = 'rare'", "dataset IN ('medium', 'rare')", "A_CONTAINS(tags, ('rare'))"]
"""Filters on records of every resource."""

ALL = {
    "filter": COMMON,
    "dataset": ["crowd", "medium", "rare", "empty", "medium,rare"],
    "tag": ["frequent", "medium", "rare", "nothing", "medium,rare"],
    "retracted": ["exclude", "include", "only"],
    "method": ["model", "human", "import", "human,import"],
    "assessed": ["none", "agree", "disagree", "unsure", "outdated", "agree,unsure", "none,unsure"],
}
"""What records of every resource are asked for."""

WORDED = {
    "q": [
        "frequent",
        "medium",
        "rare",
        "nothing",
        "medium OR rare",
        "frequent -medium",
        "even odd",
        "even frequent",
        '"frequent even"',
    ],
}
"""Words that many have, a few, three or none, and frequent ones that never stand together."""

DATED = {"datetime": ["2010-05-05", "2010-05", "2010", "../2000-03", "2025-10/..", "..", "1900"]}

LOCATED = {
    # A city where every tenth event is, its country, the world, and next to nothing beside them.
    "bbox": [
        "-52.5,-35,-52.4,-34.9",
        "-53,-35,-47,-29",
        "-180,-90,180,90",
        "-52.55,-35.05,-52.51,-35.01",
        "170,-90,-170,90",
        "-60,-40,-10,20",
    ],
    "near": [
        "-52.45,-34.95&radius=5",
        "-50,-32&radius=300",
        "-50,-32&radius=20100",
        "-52.53,-35.03&radius=1",
        "180,-90&radius=100",
        "-50,-32&radius=3000",
    ],
}

MATCHED = [f"certain&{name}={where}" for name in ("bbox", "near") for where in LOCATED[name]]

CASES = Entries(
    "CASES in tests/test_plans.py",
    {
        "events": {
            **ALL,
            **WORDED,
            **DATED,
            **LOCATED,
            "radius": ["1&near=-52.45,-34.95"],
            "external_id": ["seed:1", "seed:1,seed:5,seed:99", "seed:none"],
            "datetime_match": [f"certain&datetime={when}" for when in DATED["datetime"]],
            "type": ["assault", "aid", "other", "agree", "assault,protest,aid"],
            "mode": ["firearms", "riot", "unconventional", "visit", "firearms,riot"],
            "code": ["cameo:190", "cameo:010", "cameo:1", "cameo:none", "cameo:190,cameo:010"],
            "modality": ["actual", "planned", "hypothetical", "actual,planned"],
            "location": [
                place(1),
                place(101),
                place(1200),
                place(1201),
                place(1085),
                place(100),
                f"{place(1)},{place(14)}",
            ],
            "covers": [place(1), place(101), place(1200), place(1201), f"{place(1)},{place(14)}"],
            "country": ["AF", "UZ", "KI", "TV", "AF,UZ,KI"],
            "actor": [
                actor(1),
                actor(2),
                actor(4999),
                actor(5000),
                NOBODY,
                f"{actor(1)},{actor(2)},{actor(3)}",
            ],
            "location_match": MATCHED,
            "side": ["a", "b", "c", "d", "b,c"],
            "certainty": ["certain", "reported", "possible", "probable", "reported,possible"],
            "actor_role": ["initiator", "victim", "mediator", "participant", "target,victim"],
            "affiliated_with": [
                actor(11),
                actor(12),
                actor(13),
                actor(5000),
                f"{actor(11)},{actor(12)}",
            ],
            "status": ["claimed", "disputed", "hypothetical", "refuted", "claimed,disputed"],
            "disputed_on": ["occurrence", "date", "intent", "location", "date,intent"],
            "fatalities_min": ["0", "1", "10", "100", "1000", "1000000", "2000000"],
            "fatalities_max": ["0", "1", "100", "2000000"],
            "casualty_kind": ["killed", "injured", "displaced", "abducted", "missing,injured"],
            "casualties_min": ["0", "1", "10", "100", "1000", "1000000", "2000000"],
            "document": [
                paper(1),
                paper(2),
                paper(4),
                paper(5000),
                NOBODY,
                f"{paper(1)},{paper(2)}",
            ],
            "part_of": [event(1), event(100), event(2), event(199_998), f"{event(1)},{event(2)}"],
            "related": [event(1), event(2), event(100), NOBODY, f"{event(1)},{event(2)}"],
        },
        "statements": {
            **ALL,
            **WORDED,
            **DATED,
            "external_id": ["seed:1", "seed:1,seed:5,seed:99", "seed:none"],
            "datetime_match": [f"certain&datetime={when}" for when in DATED["datetime"]],
            "value": [actor(1), place(1), "5", "2021-08-22"],
            "speaker": [actor(1), actor(2), actor(4999), actor(5000), f"{actor(1)},{actor(2)}"],
            "speaker_affiliated_with": [
                actor(11),
                actor(12),
                actor(13),
                actor(5000),
                f"{actor(11)},{actor(12)}",
            ],
            "on_behalf_of": [
                actor(1),
                actor(2),
                actor(4999),
                actor(5000),
                f"{actor(1)},{actor(2)}",
            ],
            "addressee": [actor(1), actor(2), actor(4999), actor(5000), f"{actor(1)},{actor(2)}"],
            "carrier": [actor(1), actor(2), actor(4999), actor(5000), f"{actor(1)},{actor(2)}"],
            "act": ["assert", "refuse", "promise", "offer", "assert,refuse"],
            "form": ["paraphrase", "direct_quote", "narration", "partial_quote"],
            "medium": ["interview", "speech", "letter", "other", "interview,speech"],
            "document": [paper(1), paper(2), paper(4), paper(5000), f"{paper(1)},{paper(2)}"],
            "event": [
                event(1),
                event(2),
                event(100),
                event(199_999),
                NOBODY,
                f"{event(1)},{event(2)}",
            ],
            "statement": [said(1), said(2), said(3), said(100_000), NOBODY],
            "responds_to": [said(1), said(2), said(3), said(100_000), f"{said(1)},{said(2)}"],
            "credibility": ["2", "3", "6", "1", "2,3"],
            "stance": ["asserts", "questions", "projects", "asserts,denies"],
            "aspect": ["occurrence", "date", "degree", "intent", "occurrence,date"],
            "about": [actor(1), actor(2), actor(4999), actor(5000), f"{actor(1)},{actor(2)}"],
            "event_location": [
                place(1),
                place(101),
                place(1200),
                place(1201),
                place(1085),
                place(100),
                f"{place(1)},{place(14)}",
            ],
            "location": [
                place(1),
                place(1200),
                place(1201),
                place(1085),
                place(100),
                f"{place(1)},{place(14)}",
            ],
            "reliability": ["B", "A", "E", "F", "A,E"],
            "speaker_holds": ["true", "false"],
            "hedged": ["true", "false"],
            "quote_verified": ["true", "false"],
        },
        "actors": {
            **ALL,
            **WORDED,
            "external_id": ["seed:1", "seed:1,seed:5,seed:99", "seed:none"],
            "name": ["People", "actor 7", "nobody", "people,actor 7"],
            "kind": ["person", "organization", "collective", "person,collective"],
            "sector": ["GOV", "REB", "UNK", "MIL", "GOV,REB"],
            "country": ["AF", "UZ", "KI", "TV", "AF,UZ,KI"],
            "reliability": ["C", "B", "E", "F", "B,C"],
            "affiliated_with": [
                actor(11),
                actor(12),
                actor(13),
                actor(5000),
                f"{actor(11)},{actor(12)}",
            ],
            "affiliation_role": ["member", "leader", "successor_of", "ally_of", "member,leader"],
            "datetime": ["2010-05-05", "2010", "..", "1900"],
        },
        "locations": {
            **ALL,
            **WORDED,
            **LOCATED,
            "radius": ["1&near=-52.45,-34.95"],
            "location_match": MATCHED,
            "external_id": ["seed:1", "seed:1,seed:5,seed:99", "seed:none"],
            "name": ["Centre", "place 7", "nowhere", "centre,place 7"],
            "kind": ["populated_place", "admin1", "facility", "area", "country,facility"],
            "country": ["AF", "UZ", "KI", "TV", "AF,UZ,KI"],
            "within": [place(1), place(101), place(14), place(9000), f"{place(1)},{place(14)}"],
            "borders": [place(1), place(500), place(9000), f"{place(1)},{place(500)}"],
        },
        "documents": {
            **ALL,
            **WORDED,
            **DATED,
            "external_id": ["seed:1", "seed:1,seed:5,seed:99", "seed:none"],
            "publisher": [actor(99), actor(98), actor(97), actor(5000), f"{actor(99)},{actor(98)}"],
            "copy_of": [paper(1), paper(2), paper(3), paper(5000), f"{paper(1)},{paper(2)}"],
            "kind": ["article", "post", "broadcast", "other", "article,post"],
            "language": ["en", "fa", "kk", "de", "en,fa"],
            "url": ["https://example.org/0", "https://example.org/99", "https://example.org/none"],
            "file": ["a" * 64, "273a77e4f3a16ed3fcdb22dc07d7e3bf" * 2, "0" * 64],
            "reliability": ["B", "A", "E", "F", "A,B"],
            "text_sha256": ["273a77e4f3a16ed3fcdb22dc07d7e3bf" * 2, "0" * 64],
        },
        "datasets": {**ALL, "external_id": ["seed:1", "seed:none"]},
    },
)
"""What each parameter is given: what many records have, every hundredth, three, and none."""


class Plan:
    """A plan, as EXPLAIN tells it once it has been executed."""

    def __init__(self, output):
        """Take the answer of EXPLAIN."""
        self.top = output[0]["Plan"]
        self.nodes = [*self.walk(self.top)]

    def walk(self, node):
        """Give a node and all below it."""
        yield node
        for inner in node.get("Plans", ()):
            yield from self.walk(inner)

    @property
    def buffers(self):
        """Count the buffers that were looked at; a cache may have had them."""
        return self.top["Shared Hit Blocks"] + self.top["Shared Read Blocks"]

    @property
    def read_through(self):
        """Name the tables that were read through."""
        return {
            node["Relation Name"]
            for node in self.nodes
            if node["Node Type"] == "Seq Scan"
            and node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
            > STOPPED
        }

    @property
    def indexes(self):
        """Name the indexes that were used."""
        return {node["Index Name"] for node in self.nodes if "Index Name" in node}

    @property
    def rows(self):
        """Count what was found."""
        return self.top["Actual Rows"]


EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) "


class Planner:
    """A connection of the service, whose plans are looked at."""

    def __init__(self, connection):
        """Take the connection."""
        self.connection = connection

    def rows(self, found):
        """Execute a statement as the service does."""
        reusable = found.reusable
        cursor = self.connection.reader if reusable else ClientCursor(self.connection)
        return cursor.execute(found.sql, found.values).fetchall()

    def prepared(self, statement):
        """Find a statement that the connection has prepared, and the names of its values."""
        found = self.connection.execute(
            "SELECT name, generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement = %s",
            (numbered(statement)[0],),
            prepare=False,
        ).fetchone()
        return found, numbered(statement)[1]

    def explain(self, found):
        """Execute a statement as the service does, and tell how."""
        if found.reusable:
            self.rows(found)
            return self.again(found.sql, found.values)
        text = ClientCursor(self.connection).mogrify(found.sql, found.values)
        return self.plan_of(EXPLAIN + text)

    def again(self, statement, values, how=EXPLAIN):
        """Tell how a statement is executed once more that the connection has prepared."""
        (name, *_), names = self.prepared(statement)
        chosen = [values[each] for each in names] if names and names[0] != "" else values
        literals = [sql.Literal(value).as_string(self.connection) for value in chosen or ()]
        return self.plan_of(
            f"{how}EXECUTE {name}" + (f"({', '.join(literals)})" if literals else "")
        )

    def plan_of(self, text):
        """Read what EXPLAIN answers."""
        [[output]] = self.connection.execute(text, prepare=False).fetchall()
        return Plan(output)


def numbered(statement):
    """Write a statement as psycopg prepares it; also give the names of its values in order."""
    numbers = {}

    def number(match):
        name = match[1] or f"{len(numbers)}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    named = b"%(" in statement
    text = re.sub(r"%(?:\((\w+)\))?s", number, statement.decode()).replace("%%", "%")
    return text, [*numbers] if named else [""]


@pytest.fixture(scope="session")
def crowded(server, template):
    """Give a database with the crowd in it, which nobody writes to."""
    with new_database(server, template) as url:
        crowd.fill(url)
        yield url


@pytest.fixture(scope="module")
def planner(crowded):
    """Give a connection as the service has them."""
    with Connection.connect(
        connections.configure(crowded, 30_000), autocommit=True, prepare_threshold=0
    ) as connection:
        yield Planner(connection)


@pytest.fixture(scope="module")
def small(planner):
    """Name the tables that may be read through."""
    rows = planner.connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples <= %s", (SMALL,)
    )
    return {name for (name,) in rows}


def asked(resource, query, **more):
    """Give what a query string asks for, as `search` would be told."""
    arguments = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) | more
    found = query_of(resource).read(arguments)
    for name in ("members", "expand", "total", "best_first"):
        found.pop(name, None)
    return {**found, "limit": found["limit"] + 1}


def called(resource, wanted, way):
    """Compose the statement that finds who may be called by a name that is asked for."""
    filters = {name: value for name, value in wanted.items() if name not in by_name.UNFILTERED}
    where = by_name.Where(TABLES[resource], filters, by_name.MAX_CANDIDATES)
    return by_name.candidate_statement(where, [name_of(name) for name in wanted["name"]], way)


def pages(planner, resource, query):
    """Compose the statements of the first page of a list, and of a later one, if there is any."""
    table = TABLES[resource]
    wanted = asked(resource, query)
    if "name" in wanted:
        for way in ("sounds", "plain"):
            yield called(resource, wanted, way)
        return
    wanted = full_text.by_rarity(planner.connection, table, wanted)
    yield search.statement(table, **wanted)
    rows = planner.rows(search.statement(table, **{**wanted, "limit": 501}))
    if len(rows) > LIMIT:
        last, key, _ = rows[len(rows) // 2]
        yield search.statement(table, **wanted, cursor=(wanted["sort"], key, last))


def sorts(resource):
    """Give the sort of a list where nothing is said, and the other way round."""
    chosen = asked(resource, "limit=50")["sort"]
    return [chosen, chosen.removeprefix("-") if chosen.startswith("-") else f"-{chosen}"]


FILTERS = {
    "events": {
        "type = 'assault'": FOUND,
        "type = 'aid' AND country = 'UZ'": FOUND,
        "location.country = 'UZ'": FOUND,
        "country = 'AF' AND starts_on >= DATE('2010-05-01')": FOUND,
        "starts_on BETWEEN DATE('2010-05-01') AND DATE('2010-05-31')": FOUND,
        "type = 'assault' OR type = 'aid'": FOUND,
        "attestation.status = 'disputed' AND NOT type = 'assault'": FOUND,
        f"participants.actor_id = '{actor(1)}'": FOUND,
        f"participants.actor_id = '{actor(2)}' AND participants.role = 'initiator'": 2_500,
        f"participants.actor_id = '{actor(4999)}' AND participants.label IS NULL": FOUND,
        "S_INTERSECTS(geometry, BBOX(-52.55, -35.05, -52.51, -35.01))": 1_500,
        # Pages further on are joined in a worse order, for nobody knows how much of the box fits.
        "S_WITHIN(geometry, POLYGON((-52.5 -35, -52.4 -35, -52.4 -34.9, -52.5 -35)))": 20_000,
        "T_INTERSECTS(date, INTERVAL('2010-05-05', '2010-05-06'))": 3_000,
        "A_CONTAINS(tags, ('rare')) AND fatalities.best >= 1": 1_500,
        "external_ids.seed = '1'": FOUND,
        "NOT type = 'assault'": FOUND,
        f"id IN ('{event(1)}', '{event(2)}')": FOUND,
    },
    "statements": {
        f"speaker_id = '{actor(2)}' AND date IS NOT NULL": 1_500,
        f"claims.event_id = '{event(100)}' AND claims.stance = 'denies'": 600,
        "act = 'deny' AND starts_on >= DATE('2015-01-01')": FOUND,
        "quote_verified = TRUE": FOUND,
    },
    "documents": {"kind = 'article' AND language = 'fa'": FOUND},
    "actors": {"country = 'AF' AND kind = 'person'": FOUND},
    "locations": {"kind = 'facility' AND country = 'AF'": FOUND},
}
"""Filters in CQL2 that an index serves, and how many buffers a page of each may look at."""


@pytest.mark.parametrize(
    ("resource", "written"),
    [(resource, each) for resource in FILTERS for each in FILTERS[resource]],
)
def test_a_filter_is_read_from_an_index(planner, small, resource, written):
    """What a filter asks of a column is found by its index, as what a parameter asks."""
    bound, query = FILTERS[resource][written], f"filter={quote(written)}"
    assert not [*too_much(planner, small, resource, query, bound)]


LISTS = [(resource, name) for resource, filters in CASES.items() for name in filters]
"""Every filter of every resource."""


def too_much(planner, small, resource, query, bound):
    """List the pages of a list that look at more than they may, or read through a table."""
    for number, found in enumerate(pages(planner, resource, query)):
        plan = planner.explain(found)
        through = plan.read_through - small
        if plan.buffers > bound or through:
            yield query, f"page {number}", plan.buffers, *through


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_filter_has_a_case(resource):
    """What can be asked is tried here: a new filter needs values that are frequent and rare."""
    assert CASES[resource].keys() == parameters(resource).keys() - PAGE


def known(faults, key):
    """Mark what fails as yet."""
    return [pytest.mark.xfail(reason=faults[key])] if key in faults else []


ON_15 = {("locations", "q"): 20_000}
"""Bounds on PostgreSQL 15, which reads the words of all locations for frequent ones, and sorts."""


@pytest.mark.parametrize(
    ("resource", "name"), [pytest.param(*each, marks=known(TOO_MUCH, each)) for each in LISTS]
)
def test_each_filter_is_read_from_an_index(planner, small, resource, name):
    """Whatever a filter is given, a page of the list looks at few buffers, both ways and later."""
    bound = (THEN_SORTED | ACROSS).get((resource, name), FOUND)
    if planner.connection.info.server_version < 16_00_00:
        bound = ON_15.get((resource, name), bound)
    found = (
        each
        for value in CASES[resource][name]
        for sort in sorts(resource)
        for each in too_much(planner, small, resource, f"{name}={value}&sort={sort}", bound)
    )
    assert not [*islice(found, 5)]


TOGETHER = {
    "events?casualty_kind=killed&casualties_min=500": (8_000, None),
    "events?casualty_kind=injured&casualties_min=10&country=AF": (3_000, None),
    "events?country=AF&datetime=2010-05": (FOUND, None),
    "events?country=AF&datetime=..": (FOUND, None),
    "events?country=AF&type=assault": (FOUND, None),
    "events?country=AF&type=other": (FOUND, None),
    "events?country=UZ&type=aid": (FOUND, None),
    f"events?actor={actor(1)}&datetime=2010-05": (1_500, None),
    f"events?actor={actor(1)}&actor_role=initiator": (FOUND, None),
    f"events?actor={actor(2)}&country=UZ": (2_500, None),
    "events?tag=medium&country=AF": (1_500, None),
    "events?bbox=-52.5,-35,-52.4,-34.9&datetime=2010-05": (1_000, None),
    "events?bbox=-52.55,-35.05,-52.51,-35.01&sort=-updated_at": (FOUND, None),
    f"statements?event={event(1)}&stance=denies": (600, None),
    f"statements?speaker={actor(2)}&datetime=2010": (600, None),
    "statements?stance=denies&aspect=occurrence": (FOUND, None),
    f"events?affiliated_with={actor(12)}&actor_role=initiator": (1_800, None),
    f"events?affiliated_with={actor(11)}&country=KI": (FOUND, None),
    f"statements?speaker_affiliated_with={actor(12)}&datetime=2010-05": (4_000, None),
    f"statements?event_location={place(1201)}&stance=denies": (1_800, None),
    f"statements?about={actor(2)}&stance=denies": (1_800, None),
    **{f"{table}?method=model&assessed=none": (FOUND, None) for table in RECORDS},
}
"""Lists by several filters: the bound, and why it is passed as yet."""


SLOW = {query: why for query, (_, why) in TOGETHER.items() if why}
"""Those that pass their bound as yet."""


@pytest.mark.parametrize("path", [pytest.param(each, marks=known(SLOW, each)) for each in TOGETHER])
def test_filters_together(planner, small, path):
    """What is often asked together looks at few buffers, too."""
    resource, _, query = path.partition("?")
    bound, _ = TOGETHER[path]
    assert not [*too_much(planner, small, resource, query, bound)]


@pytest.mark.parametrize(("resource", "sort"), SORTS)
def test_each_order_is_read_from_an_index(planner, small, resource, sort):
    """A page of all records looks at few buffers, in every order, and further on."""
    assert not [*too_much(planner, small, resource, f"sort={sort}", 60)]


@pytest.mark.parametrize(
    ("resource", "query", "steady"),
    [
        ("events", "country=AF", True),
        ("events", "country=AF,UZ", True),
        ("events", f"actor={actor(1)}", True),
        ("events", "bbox=69,35,70,36", True),
        ("statements", "act=deny", True),
        ("events", "tag=medium", False),
        ("events", "country=AF&mode=riot", False),
        ("events", "country=AF&sort=-updated_at", False),
    ],
)
def test_what_is_steady_is_planned_once(planner, resource, query, steady):
    """What one plan is good for is planned once for all values; all else for its own."""
    wanted = asked(resource, query)
    found = search.statement(TABLES[resource], **wanted)
    assert found.reusable == steady
    for _ in range(7):  # from the sixth on, PostgreSQL would choose by itself
        wanted = asked(resource, query)
        limit = wanted.pop("limit") - 1
        search.search(planner.connection, TABLES[resource], limit=limit, **wanted)
    prepared, _ = planner.prepared(found.sql)
    if steady:
        _, generic, custom = prepared
        assert generic >= 7
        assert custom == 0
    else:
        assert prepared is None


# What stood at an instant.

TIMES = 3
"""So many times may a page as of an instant look at what one of today looks at."""

FEWEST = 100
"""Below so many buffers today, as many count."""

SORTED = {
    ("events", "datetime"): 1_500,
    ("events", "datetime_match"): 1_000,
    ("statements", "datetime"): 1_000,
    ("statements", "datetime_match"): 1_000,
    ("documents", "publisher"): 600,
    ("documents", "method"): 600,
    ("actors", "method"): 600,
    ("locations", "method"): 1_300,
    ("locations", "country"): 1_200,
    ("actors", "name"): 500,
    ("actors", "affiliated_with"): 3_000,
    # Until when what is hashed stood is not in the indexes that find it.
    ("statements", "event_location"): 3_500,
    ("statements", "about"): 6_500,
    ("statements", "reliability"): 2_500,
    ("events", "document"): 14_000,
}
"""What is found and then sorted, for the planner thinks that a third of all stands; and so many
buffers as that takes at the most."""

HASHED = {
    ("statements", "reliability"): {"documents", "documents_history"},
    ("statements", "event_location"): {"event_places", "event_places_history"},
}
"""Tables of which a third or more is found by what is asked for: they may be read through."""

EARLY = datetime.fromisoformat("2026-01-05T08:20:00Z")
"""An instant by which a thousand records of each kind had been made at the most."""


@pytest.fixture(scope="module")
def ago(crowded):
    """Give a connection that reads what stood in the midst of the crowd's revisions."""
    with Connection.connect(
        connections.configure(crowded, 30_000), autocommit=True, prepare_threshold=0
    ) as connection:
        connection.execute(
            "SELECT set_config('search_path', 'past,public', false),"
            " set_config('attest.as_of', %s, false)",
            (crowd.MIDST,),
        )
        yield Planner(connection)


@pytest.mark.parametrize(("resource", "name"), [each for each in LISTS if each not in TOO_MUCH])
def test_each_filter_as_of_an_instant(planner, ago, small, resource, name):
    """As of an instant, a page looks at a few times the buffers that today's looks at."""
    for value in CASES[resource][name][:3]:
        for found in pages(planner, resource, f"{name}={value}"):
            today, then = planner.explain(found), ago.explain(found)
            assert not then.read_through - small - HASHED.get((resource, name), set()), value
            bound = max(TIMES * max(today.buffers, FEWEST), SORTED.get((resource, name), 0))
            assert then.buffers <= bound, value


@pytest.mark.parametrize(
    "path",
    [
        "events",
        "events?sort=-updated_at",
        "events?country=AF",
        "events?country=UZ&type=aid",
        "events?bbox=-180,-90,180,90",
        "events?bbox=-52.5,-35,-52.4,-34.9",
        "events?near=-50,-32&radius=300",
        "events?datetime=2010",
        f"events?actor={actor(1)}",
        f"events?location={place(1)}",
        f"statements?event={event(1)}",
        "statements?act=assert",
        "actors?kind=person",
    ],
)
def test_what_was_recorded_early_is_found_by_that(planner, small, path):
    """A page as of an early instant does not walk past all that came later, to find the same."""
    resource, _, query = path.partition("?")
    wanted = asked(resource, query or "limit=50")
    with as_of.entered(planner.connection, EARLY):
        whole = search.statement(TABLES[resource], **wanted)
        plan = planner.explain(search.statement(TABLES[resource], **wanted, created_until=EARLY))
        found = search.search(planner.connection, TABLES[resource], **wanted)
        assert found.texts == [row[2] for row in planner.rows(whole)][: wanted["limit"]]
    assert plan.buffers <= 8 * 1_000
    assert not plan.read_through - small


@pytest.mark.parametrize(
    ("query", "look"),
    [
        ("near=-50,-32&radius=300", b"geometry_distance("),
        ("filter=S_INTERSECTS(geometry, BBOX(-52, -35, -47, -30))", b"FROM locations AS referred"),
    ],
)
def test_shapes_are_looked_at_once(query, look):
    """However many cells a place covers, the shapes near it are looked at once."""
    found = search.statement(TABLES["events"], **asked("events", query))
    assert found.sql.count(b"FROM event_cells") > 10
    assert found.sql.count(look) == 1


def test_an_instant_is_early_while_few_records_had_been_created(planner):
    """Only where there are many, and only before there were, is a list found by their creation."""
    connection = planner.connection
    assert as_of.early(connection, "events") is None
    for instant, resource, is_early in (
        (EARLY, "events", True),
        (datetime.fromisoformat(crowd.MIDST), "events", False),
        (EARLY, "datasets", False),
    ):
        with as_of.entered(connection, instant):
            assert as_of.early(connection, resource) == (instant if is_early else None)


def test_a_history_has_what_its_table_has(planner):
    """The columns and indexes of a table are those of its history, in their order."""
    columns = (
        "SELECT attname, format_type(atttypid, atttypmod), ARRAY("
        # Some releases of PostgreSQL keep options of their own there.
        " SELECT option FROM unnest(attoptions) AS option WHERE option LIKE 'n_distinct%%')"
        " FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum"
    )
    indexes = (
        # What is chosen by an index alone has there until when it stood, too.
        "SELECT regexp_replace(pg_get_indexdef(indexrelid), '^.* USING |, superseded_at', '', 'g')"
        " FROM pg_index WHERE indrelid = to_regclass(%s) AND NOT indisprimary ORDER BY 1"
    )
    histories = planner.connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\\_history'"
    ).fetchall()
    assert {name.removesuffix("_history") for (name,) in histories} >= {*crowd.KEYS}
    for (name,) in histories:
        of = name.removesuffix("_history")
        own, its = (planner.connection.execute(columns, (each,)).fetchall() for each in (of, name))
        assert its == [("superseded_at", "timestamp with time zone", []), *own], name
        own, its = (planner.connection.execute(indexes, (each,)).fetchall() for each in (of, name))
        assert [each for each in own if each not in its] == [], name


# What each index is for.


NOW = datetime.fromisoformat("2026-05-01T00:00:00Z")
"""When all of the crowd has been recorded."""


class Recording:
    """A connection that keeps what is executed on it."""

    def __init__(self, connection):
        """Take the connection."""
        self.connection, self.sent = connection, []

    def execute(self, statement, values=None):
        """Keep a statement, and execute it."""
        if not isinstance(statement, (bytes, str)):
            statement = statement.as_bytes(self.connection)
        statement = statement.encode() if isinstance(statement, str) else statement
        self.sent.append((statement, values))
        return self.connection.execute(statement, values, prepare=True)


def merge(connection):
    """Let a record hold the external ids of another that is merged into it."""
    given = {"id": event(5), "into": event(6), "resource": "events", "now": NOW}
    connection.execute(merges.MOVE_EXTERNAL_IDS, given)


def withdrawn(resource):
    """Give the work that withdraws a record's parts."""

    def withdraw(connection):
        given = {"id": uid(resource, 5), "recorded_at": NOW}
        children = tuple(TABLES[resource].children)
        connection.execute(parts.deleting(children, all_of_them=True), given)

    return withdraw


WRITES = {
    "a place moves": lambda connection: containment.update(connection, [place(900)], NOW),
    "an event's cells move": lambda connection: connection.execute(
        "DELETE FROM event_cells WHERE event_cells.event_id = ANY(%s)", ([event(5)],)
    ),
    "an Idempotency-Key": lambda connection: idempotency.claim(connection, None, "x", b"x"),
    "a merge": merge,
    "a withdrawal": lambda connection: references.refuse_if_referred(
        connection, "locations", place(1099)
    ),
    "parts of an event": withdrawn("events"),
    "parts of a statement": withdrawn("statements"),
    "attestation": lambda connection: attestation.recount(connection, [event(5)], NOW),
    "quotes": lambda connection: statements.quoting(connection, paper(5)),
}
"""What the service does besides lists, by its own functions."""

INDEXES = {
    **{f"{table}_refers_to": "a withdrawal" for table in RECORDS},
    **{
        f"{table}_{column}": f"/{table}?{column}={values[column]}"
        for table, values in {
            "events": {
                "country": "UZ",
                "type": "aid",
                "status": "disputed",
                "mode": "riot",
                "modality": "planned",
            },
            "statements": {
                "act": "refuse",
                "form": "narration",
                "medium": "letter",
                "document": paper(2),
                "on_behalf_of": actor(2),
                "speaker": actor(2),
                "hedged": "true",
                "quote_verified": "false",
                "location": place(1085),
                "responds_to": said(2),
                "credibility": "3",
            },
            "actors": {"country": "UZ", "kind": "person", "sector": "REB", "reliability": "B"},
            "locations": {"country": "UZ", "kind": "facility"},
            "documents": {
                "kind": "post",
                "language": "fa",
                "publisher": actor(98),
                "copy_of": paper(2),
                "url": "https://example.org/99",
            },
        }.items()
        for column in values
    },
    **{f"{table}_created": f"/{table}?sort=created_at" for table in TABLES},
    **{f"{table}_updated": f"/{table}?sort=updated_at" for table in RECORDS},
    **{f"{table}_dataset": f"/{table}?dataset=medium" for table in RECORDS},
    **{f"{table}_retracted": f"/{table}?retracted=only" for table in RECORDS},
    **{f"{table}_tags": f"/{table}?tag=rare" for table in RECORDS},
    **{f"{table}_method": f"/{table}?method=human" for table in RECORDS},
    **{f"{table}_review": f"/{table}?method=model&assessed=none" for table in RECORDS},
    **{f"{table}_verdicts": f"/{table}?assessed=unsure" for table in RECORDS},
    **{f"{table}_newest": f"/{table}" for table in ("events", "statements", "documents")},
    **{
        f"{table}_long": f"/{table}?datetime=2010-05-05"
        for table in ("events", "statements", "documents")
    },
    **{f"{table}_sort_key": f"/{table}?sort=name" for table in ("actors", "locations")},
    **{
        f"{table}_names_{column}": f"/{table}s?name=nobody"
        for table in ("actor", "location")
        for column in ("plain", "sounds")
    },
    "affiliations_newest": f"/actors?affiliated_with={actor(13)}",
    "affiliations_role": "/actors?affiliation_role=successor_of",
    **{f"{table[:-1]}_words_lexemes": f"count /{table}?q=rare" for table in RECORDS},
    "answers_age": "an Idempotency-Key",
    "casualties_kind": "/events?casualty_kind=abducted",
    "casualties_number": "/events?casualties_min=1000000",
    "claims_about": f"/statements?statement={said(2)}",
    "claims_aspect": "/statements?aspect=date",
    "claims_document": f"/events?document={paper(4)}",
    "claims_event": f"/statements?event={event(1)}",
    "claims_stance": "/statements?stance=questions",
    "documents_files": f"/documents?file={'0' * 64}",
    "documents_source_reliability": "/documents?reliability=A",
    "documents_text": f"/documents?text_sha256={'0' * 64}",
    "event_cells_event": "an event's cells move",
    "event_places_location": f"/events?location={place(1)}",
    "events_control": "/statements?speaker_holds=false",
    "events_codes": "/events?code=cameo:1",
    "events_disputed_on": "/events?disputed_on=intent",
    "events_country_type": "/events?country=UZ&type=aid",
    "events_ends": "/events?sort=-ends_on",
    "events_extent": "count /events?bbox=-52.5,-35,-52.49,-34.99",
    "events_fatalities": "/events?sort=-fatalities",
    "events_fatalities_low": "/events?fatalities_min=1000000",
    "events_location": "a place moves",
    "events_part_of": f"/events?part_of={event(1)}",
    "external_ids_record": "a merge",
    "listeners_actor": f"/statements?addressee={actor(1)}",
    "locations_ancestors": f"/locations?within={place(14)}",
    "locations_borders": f"/locations?borders={place(500)}",
    "locations_extent": "/locations?bbox=-52.5,-35,-52.49,-34.99",
    "locations_parent": "a place moves",
    "mentions_document": f"/events?document={paper(4)}",
    "claims_actor": f"/statements?about={actor(1)}",
    "claims_newest": f"/statements?event_location={place(1200)}",
    "participants_newest": f"/events?affiliated_with={actor(12)}",
    "participants_actor": f"/events?actor={actor(1)}",
    "participants_certainty": "/events?certainty=possible",
    "participants_role": "/events?actor_role=mediator",
    "participants_side": "/events?side=c",
    "claims_value": "/statements?value=much",
    "events_summary": "summary /events",
    "statements_summary": "summary /statements",
}
"""What each index is for that is no constraint: a list that is read from it, or a write."""


@pytest.fixture(scope="module")
def indexes(planner):
    """Name the indexes of what is filled that are no constraints; histories have the same."""
    rows = planner.connection.execute(
        "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        ([*crowd.FILLED],),
    )
    return {name for (name,) in rows}


def test_each_index_is_for_something(indexes):
    """Who adds an index says here what it is for."""
    assert indexes == INDEXES.keys()


@pytest.mark.parametrize(
    "index", [pytest.param(each, marks=known(UNUSED, each)) for each in sorted(INDEXES)]
)
def test_no_index_that_nothing_uses(planner, index):
    """What an index is said to be for is read from it."""
    use = INDEXES[index]
    connection = planner.connection
    with connection.transaction(force_rollback=True):
        if use in WRITES:
            recording = Recording(connection)
            WRITES[use](recording)
            plans = [
                planner.again(statement, values, "EXPLAIN (FORMAT json) ")
                for statement, values in recording.sent
            ]
        elif use.startswith("summary "):
            table = TABLES[use.removeprefix("summary /")]
            wanted = Wanted(("month", "dataset"))
            plans = [planner.explain(compose.rows(table, wanted, {"retracted_exclude": True}))]
        else:
            path = use.removeprefix("count ")
            resource, _, query = path.removeprefix("/").partition("?")
            if resource == "datasets":  # there are never so many that an index would be faster
                connection.execute("SET LOCAL enable_seqscan = off")
                connection.execute("DISCARD PLANS")  # those of before may read it through
            wanted = asked(resource, query) if query else asked(resource, "limit=50")
            if "name" in wanted:
                found = called(resource, wanted, "plain")
            else:
                found = search.statement(TABLES[resource], **wanted)
            if path != use:
                filters = TABLES[resource].filters
                chosen = {name: value for name, value in wanted.items() if name in filters}
                found = search.counting(TABLES[resource], chosen)
            plans = [planner.explain(found)]
    assert index in {name for plan in plans for name in plan.indexes}


SUMMARIES = {
    "events by month, measuring deaths": ("events", ("month",), {}, 15_000),
    "events by country and type": ("events", ("country", "type"), {}, 15_000),
    "events by admin1": ("events", ("admin1",), {}, 60_000),
    "events of a country and a year by day": (
        "events",
        ("day",),
        {"country": ["AF"], "datetime": ("2010-01-01", "2010-12-31")},
        6_000,
    ),
    "events of a small actor": ("events", ("month", "type"), {"actor": [actor(4999)]}, FOUND),
    "statements by month and speaker": ("statements", ("month", "speaker"), {}, 9_000),
    "statements on an event by stance": ("statements", ("stance",), {"event": [event(100)]}, FOUND),
}
"""Summaries, and so many buffers as they look at: no more than their index, and few of texts."""


@pytest.mark.parametrize("name", SUMMARIES)
def test_summaries_read_no_texts(planner, name):
    """What is counted is in an index: texts of records are not read for it."""
    resource, by, asked, bound = SUMMARIES[name]
    if "datetime" in asked:
        asked = {**asked, "datetime": Asked(*asked["datetime"])}
    measures = frozenset({"fatalities"} if resource == "events" else ())
    wanted = Wanted(by, measures)
    found = compose.rows(TABLES[resource], wanted, {"retracted_exclude": True, **asked})
    plan = planner.explain(found)
    assert plan.buffers <= bound
    assert resource not in plan.read_through
