"""A crowd: as many records as it takes until only an index finds them, the same each time.

They are written by SQL, set by set, straight into the tables: a few values are shared by many
records, a few by every hundredth, a few by three records, and one of each kind by none.
"""

# ruff: noqa: S608 - SQL is put together here, from literals of ours alone

from time import monotonic, sleep

from models.database.connections import Connection
from models.derived.containment import INSERT_CELLS
from models.names.sounds import name_of
from models.tables import TABLES
from support.resources import RECORDS

SIZES = {
    "actors": 5_000,
    "locations": 10_000,
    "documents": 5_000,
    "events": 200_000,
    "statements": 100_000,
}
"""Number of records of each resource."""

PREFIXES = {resource: prefix for prefix, resource in enumerate(SIZES, 1)}
"""What the ids of a resource begin with."""


def uid(resource, number):
    """Give the id of a record."""
    return f"{PREFIXES[resource]:08x}-0000-7000-8000-{number:012x}"


FUNCTIONS = """
CREATE FUNCTION uid(prefix integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    (lpad(to_hex(prefix), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid;
-- A number between 0 and 1 that looks drawn, and is the same each time.
CREATE FUNCTION drawn(number bigint, salt integer) RETURNS float8 LANGUAGE sql IMMUTABLE RETURN
    (hashint8(number * 64 + salt) & 2147483647) / 2147483648.0::float8;
CREATE FUNCTION made(number bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN
    timestamptz '2026-01-05 00:00:00Z' + number * interval '30 seconds';
CREATE FUNCTION body(id text, length integer) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    '{"id":"' || id || '","title":"' || repeat('x', length) || '"';
-- Since when it stands: every fifth was revised, when all had been made.
CREATE FUNCTION since(number bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN drawn(number, 61) < 0.2
        THEN timestamptz '2026-04-01 00:00:00Z' + drawn(number, 62) * interval '24 days'
        ELSE made(number) END;
-- Which number an id was made of.
CREATE FUNCTION number(id text) RETURNS bigint LANGUAGE sql IMMUTABLE RETURN
    ('x' || right(id, 12))::bit(48)::bigint;
-- Most are in one dataset, every hundredth is in another, three are in a third.
CREATE FUNCTION dataset(number bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN number IN (1001, 2002, 3003) THEN 'rare'
         WHEN number % 100 = 7 THEN 'medium' ELSE 'crowd' END;
CREATE FUNCTION tags(number bigint) RETURNS text[] LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN number IN (1002, 2003, 3004) THEN ARRAY['rare', 'frequent']
         WHEN number % 100 = 11 THEN ARRAY['medium']
         WHEN number % 5 = 1 THEN ARRAY['frequent', 'x' || number % 997] ELSE '{}' END;
"""
"""What all is made of; they stay in the database, and no index is of them."""

COMMON = """id, version, dataset, created_at, updated_at, recorded_at, tags, refers_to, retracted,
    withdrawn, derived, body, method, assessed, verdicts"""


ASSESSED = """CASE WHEN n % 2 = 0 THEN 'model' WHEN n % 100 = 13 THEN 'human' ELSE 'import' END,
    CASE WHEN n % 2 = 0 AND n % 1000 <> 0 THEN ',"assessments":{}' END,
    CASE WHEN n IN (1002, 2004, 3006) THEN ARRAY['unsure'] WHEN n % 100 = 14 THEN ARRAY['disagree']
    WHEN n % 2 = 0 AND n % 1000 <> 0 THEN ARRAY['agree'] END"""
"""Every other one is made by a model, and few of these have not been assessed."""


def common(prefix, length, refers_to="'{}'"):
    """Give the values of the columns that every table has, of record `n`."""
    return f"""uid({prefix}, n), 1, dataset(n), made(n), made(n + (drawn(n, 60) * 1000)::integer),
    since(n), tags(n), {refers_to}, n % 5000 = 13, n % 1000 = 17,
    CASE {prefix} WHEN 2 THEN ',"derived_country":null}}' WHEN 4 THEN ',"attestation":{{}}}}'
    WHEN 5 THEN ',"quote_verified":null}}' ELSE '}}' END,
    body(uid({prefix}, n)::text, {length}), {ASSESSED}"""


DAYS = """CASE WHEN n % 100 = 3 THEN '-infinity' ELSE date '2000-01-01' + (drawn(n, 1) * 9500)::int
    END AS starts_on,
    CASE WHEN n % 200 = 3 THEN '-infinity' WHEN n % 200 = 103 THEN date '2010-01-01'
    WHEN n % 400 = 5 THEN 'infinity' ELSE date '2000-01-01' + (drawn(n, 1) * 9500)::int
    + CASE WHEN n % 100 = 9 THEN (32 + drawn(n, 2) * 2000)::int
      WHEN n % 10 = 4 THEN (drawn(n, 2) * 31)::int ELSE 0 END END AS ends_on"""
"""Days all over 26 years, in no order; every hundredth is not known, or lasts for years."""

KEYS = {
    **{child.name: child.key for table in TABLES.values() for child in table.children},
    **dict.fromkeys(TABLES, "id"),
}
"""Tables of records and of their parts, and the column that says of which record a row is."""

FILLED = ("external_ids", "answers", *KEYS)
"""What is filled."""

MAKING = [
    f"""INSERT INTO datasets ({COMMON})
    SELECT name, 1, name, made(n), made(n), made(n), tags(n), '{{}}', false, false, '}}',
        body(name, 100), {ASSESSED}
    FROM unnest(ARRAY['crowd', 'medium', 'rare', 'empty']) WITH ORDINALITY AS one (name, n)""",
    f"""INSERT INTO actors ({COMMON}, name, sort_key, kind, sector, country, reliability)
    SELECT {common(1, 300)}, 'Actor ' || n % 4000, 'actor ' || n % 4000,
        CASE WHEN n <= 3 THEN 'collective' WHEN n % 100 = 1 THEN 'organization' ELSE 'person' END,
        CASE WHEN n <= 3 THEN 'UNK' WHEN n % 100 = 2 THEN 'REB' WHEN n % 3 = 0 THEN 'GOV' END,
        CASE WHEN n <= 3 THEN 'KI' WHEN n % 100 = 4 THEN 'UZ' WHEN n % 10 < 3 THEN 'AF' END,
        CASE WHEN n <= 3 THEN 'E' WHEN n % 100 = 8 THEN 'B' WHEN n % 10 < 3 THEN 'C' END
    FROM generate_series(1, {SIZES["actors"]}) AS n""",
    # Actors 11 to 60 have members: 11 every tenth actor, 12 every hundredth, 13 three.
    f"""INSERT INTO affiliations (actor_id, position, of_id, role, starts_on, ends_on, created_at,
        recorded_at)
    SELECT uid(1, n), 0, uid(1, CASE WHEN n % 10 = 1 THEN 11 WHEN n % 100 = 2 THEN 12
        WHEN n IN (103, 203, 303) THEN 13 ELSE 14 + n % 46 END),
        CASE WHEN n IN (104, 204, 304) THEN 'successor_of' WHEN n % 100 = 3 THEN 'leader'
        WHEN n % 7 = 1 THEN 'opponent_of' ELSE 'member' END,
        CASE n % 3 WHEN 0 THEN '-infinity' ELSE date '2000-01-01' + (drawn(n, 1) * 9500)::int END,
        CASE n % 3 WHEN 0 THEN 'infinity' ELSE date '2000-01-01' + (drawn(n, 1) * 9500)::int + 900
        END, made(n), since(n)
    FROM generate_series(61, {SIZES["actors"]}) AS n""",
    # 1 to 100 are countries of 6 degrees, 101 to 1100 provinces of one, the others are points;
    # 1101 to 1300 lie in one city. The first country has three in ten of the places. Where each
    # fiftieth lies is known to within 20 kilometres.
    f"""INSERT INTO locations ({COMMON}, name, sort_key, kind, parent_id, borders, own_country,
        country, ancestors, point, extent, uncertainty_km, cells)
    WITH lying AS (
        SELECT n, CASE WHEN n <= 100 THEN n WHEN n <= 1100 THEN (n - 101) / 10 + 1
            WHEN n <= 1300 OR drawn(n, 3) < 0.3 THEN 1
            ELSE 2 + floor(97 * drawn(n, 4) ^ 2)::int END AS within,
            floor(10 * drawn(n, 5))::int AS part
        FROM generate_series(1, {SIZES["locations"]}) AS n
    ),
    corner AS (
        SELECT lying.*, -172 + ((within * 7) % 20) * 17 AS west, -60 + (within % 5) * 25 AS south,
            CASE WHEN n <= 1100 THEN (n - 1) % 10 ELSE part END AS place
        FROM lying
    ),
    shaped AS (
        SELECT corner.*, CASE WHEN n <= 100 THEN point(west + 3, south + 3)
            WHEN n <= 1100 THEN point(west + place / 2 + 0.5, south + 3 * (place % 2) + 0.5)
            WHEN n <= 1300 THEN point(west + 0.5 + 0.1 * drawn(n, 6), south + 0.1 * drawn(n, 7))
            ELSE point(west + place / 2 + drawn(n, 6), south + 3 * (place % 2) + drawn(n, 7))
            END AS point
        FROM corner
    ),
    boxed AS (
        SELECT shaped.*, CASE WHEN n <= 100 THEN box(point(west, south), point(west + 6, south + 6))
            WHEN n <= 1100 THEN box(point - point(0.5, 0.5), point + point(0.5, 0.5))
            WHEN n <= 1300 THEN box(point, point)
            WHEN n % 50 = 37 THEN box(point - reach, point + reach)
            ELSE box(point, point) END AS extent,
            CASE WHEN n > 1300 AND n % 50 = 37 THEN 20 END AS uncertainty_km
        FROM shaped, LATERAL (
            SELECT point(degrees(20 / 6371.0088) / cos(radians(point[1])), degrees(20 / 6371.0088))
        ) AS around (reach)
    )
    SELECT {common(2, 300)}, 'Place ' || n % 8000, 'place ' || n % 8000,
        CASE WHEN n <= 100 THEN 'country' WHEN n <= 1100 THEN 'admin1' WHEN n < 1104 THEN 'facility'
            ELSE 'populated_place' END,
        CASE WHEN n > 1100 THEN uid(2, 101 + (within - 1) * 10 + part)
            WHEN n > 100 THEN uid(2, within) END,
        CASE WHEN n <= 1100 THEN ARRAY[uid(2, n + 1), uid(2, n + 3)] ELSE '{{}}' END,
        code, code, CASE WHEN n > 1100 THEN
            ARRAY[uid(2, 101 + (within - 1) * 10 + part), uid(2, within)]
            WHEN n > 100 THEN ARRAY[uid(2, within)] ELSE '{{}}' END,
        point, extent, uncertainty_km, cells(extent, point)
    FROM boxed, LATERAL (
        SELECT CASE within WHEN 1 THEN 'AF' WHEN 14 THEN 'UZ' WHEN 99 THEN 'KI'
            ELSE chr(65 + within / 26) || chr(97 + within % 26) END AS code
    ) AS coded ORDER BY n""",
    f"""INSERT INTO documents ({COMMON}, publisher_id, kind, language, url, text_sha256, full_text,
        begins, starts_on, ends_on, source_reliability, files, copy_of_id)
    SELECT {common(3, 300)}, uid(1, CASE WHEN n <= 3 THEN 97 WHEN n % 100 = 2 THEN 98
            WHEN n % 3 = 0 THEN 99 ELSE 100 + n % 40 END),
        CASE WHEN n <= 3 THEN 'broadcast' WHEN n % 100 = 5 THEN 'post' ELSE 'article' END,
        CASE WHEN n <= 3 THEN 'kk' WHEN n % 100 = 6 THEN 'fa' ELSE 'en' END,
        'https://example.org/' || CASE WHEN n <= 50 THEN 0 ELSE n END,
        CASE WHEN n % 2 = 0 THEN md5(n::text) || md5(n::text) END, NULL,
        starts_on, starts_on, ends_on,
        CASE WHEN n <= 3 THEN 'E' WHEN n % 100 = 8 THEN 'A' WHEN n % 2 = 0 THEN 'B' END,
        CASE WHEN n % 100 = 9 THEN ARRAY[repeat('a', 64), md5(n::text) || md5(n::text)]
            WHEN n % 100 IN (10, 11) THEN ARRAY[md5(n::text) || md5(n::text)] ELSE '{{}}' END,
        CASE WHEN n IN (11, 13, 15) THEN uid(3, 3) WHEN n % 100 = 7 THEN uid(3, 2)
            WHEN n % 10 = 8 THEN uid(3, 1) END
    FROM generate_series(1, {SIZES["documents"]}) AS n, LATERAL (SELECT {DAYS}) AS days""",
    # Whom, where and when an event is about, once for all that is made of it.
    f"""CREATE TEMPORARY TABLE drafts AS
    SELECT n, days.*,
        CASE WHEN n <= 3 THEN 1085 WHEN drawn(n, 8) < 0.05 THEN 1200
            WHEN drawn(n, 8) < 0.06 THEN 1201 WHEN drawn(n, 8) < 0.08 THEN NULL
            WHEN drawn(n, 8) < 0.15 THEN 101 + floor(970 * drawn(n, 9) ^ 2)::int
            WHEN drawn(n, 8) < 0.16 THEN 1 + floor(90 * drawn(n, 9))::int
            ELSE 1101 + floor(8899 * drawn(n, 9))::int END AS place,
        CASE WHEN n <= 3 THEN {SIZES["actors"] - 1} WHEN drawn(n, 10) < 0.2 THEN 1
            WHEN drawn(n, 10) < 0.21 THEN 2 ELSE 3 + floor(4900 * drawn(n, 11) ^ 2)::int
            END AS actor,
        CASE WHEN drawn(n, 12) < 0.5 THEN 3 + floor(4900 * drawn(n, 13) ^ 2)::int END AS other,
        CASE WHEN n IN (3, 5, 7) THEN 4 WHEN drawn(n, 14) < 0.04 THEN 1
            WHEN drawn(n, 14) < 0.4 THEN 10 + floor(4900 * drawn(n, 15))::int END AS mentioned
    FROM generate_series(1, {SIZES["events"]}) AS n, LATERAL (SELECT {DAYS}) AS days""",
    f"""INSERT INTO events ({COMMON}, type, mode, modality, verification, codes, status, begins,
        starts_on, ends_on, location_id, country, point, extent, uncertainty_km, part_of_id,
        related, fatalities, fatalities_low, fatalities_high, disputed_on)
    SELECT {common(4, 500, "array_remove(ARRAY[uid(1, actor), uid(2, place), related], NULL)")},
        CASE WHEN n IN (1, 2, 3) THEN 'other' WHEN n % 100 = 21 THEN 'aid'
            WHEN n % 500 = 41 THEN 'control' WHEN n % 2 = 0
            THEN 'assault' ELSE (ARRAY['protest', 'coerce', 'accuse', 'threaten'])
            [1 + floor(4 * drawn(n, 16))::int] END,
        CASE WHEN n IN (4, 6, 8) THEN 'unconventional' WHEN n % 2 = 0 AND n % 5 < 3 THEN 'firearms'
            WHEN n % 100 = 23 THEN 'riot' END,
        CASE WHEN n IN (1, 5, 9) THEN 'hypothetical' WHEN n % 100 = 25 THEN 'planned'
            ELSE 'actual' END, NULL,
        CASE WHEN n IN (1, 5, 9) THEN ARRAY['cameo:1'] WHEN n % 100 = 27 THEN ARRAY['cameo:010']
            WHEN n % 8 = 0 THEN ARRAY['cameo:190', 'own:' || n % 991] ELSE '{{}}' END,
        CASE WHEN n IN (1, 5, 9) THEN 'hypothetical' WHEN n % 100 = 29 THEN 'disputed'
            WHEN n % 3 = 0 THEN 'reported' WHEN n % 3 = 1 THEN 'claimed' ELSE 'unattested' END,
        starts_on, starts_on, ends_on, uid(2, place), country, locations.point, extent,
        uncertainty_km, CASE WHEN n IN (10, 20, 30) THEN uid(4, 2) WHEN n % 100 = 31 THEN uid(4, 1)
            WHEN n % 20 = 19 THEN uid(4, n / 20) END,
        array_remove(ARRAY[related], NULL), dead, nullif(dead, -1), nullif(dead, -1),
        CASE WHEN n IN (2, 4, 6) THEN ARRAY['intent'] WHEN n % 100 = 29 THEN ARRAY['occurrence']
            WHEN n % 1000 = 39 THEN ARRAY['date', 'fatalities'] END
    FROM drafts LEFT JOIN locations ON locations.id = uid(2, place), LATERAL (
        SELECT CASE WHEN n IN (1, 5, 9) THEN 1000000 WHEN n % 3 = 0 THEN -1
            WHEN drawn(n, 17) < 0.6 THEN 0 ELSE floor(1 / (drawn(n, 18) + 0.001))::int END AS dead
    ) AS killed, LATERAL (
        SELECT CASE WHEN n IN (12, 14) THEN uid(4, 2) WHEN n % 100 = 37 THEN uid(4, 1) END
            AS related
    ) AS relations ORDER BY n""",
    """INSERT INTO participants (event_id, position, actor_id, role, side, certainty, begins,
        recorded_at)
    SELECT uid(4, n), 0, uid(1, actor), CASE WHEN n IN (11, 13, 15) THEN 'mediator'
        WHEN n % 100 = 33 THEN 'victim' ELSE 'initiator' END,
        CASE WHEN n <= 3 THEN 'c' WHEN n % 100 = 35 THEN 'b' WHEN n % 3 = 0 THEN 'a' END,
        CASE WHEN n <= 3 THEN 'possible' WHEN n % 100 = 37 THEN 'reported'
            WHEN n % 4 = 0 THEN 'certain' END,
        starts_on, since(n)
    FROM drafts WHERE n % 1000 <> 17 UNION ALL
    SELECT uid(4, n), 1, uid(1, other), 'target', NULL, NULL, starts_on, since(n) FROM drafts
    WHERE other IS NOT NULL AND n % 1000 <> 17""",
    """INSERT INTO event_places (event_id, location_id, begins, named, recorded_at)
    SELECT uid(4, n), lying.id, starts_on, lying.id = locations.id, since(n)
    FROM drafts JOIN locations ON locations.id = uid(2, place),
        unnest(locations.id || ancestors) AS lying (id) WHERE n % 1000 <> 17""",
    # As the service does it when a place has moved.
    INSERT_CELLS.replace("events.id = ANY(%(moved)s)", "true").replace(
        "%(now)s", "events.recorded_at"
    ),
    """INSERT INTO casualties (event_id, position, kind, number, begins, recorded_at)
    SELECT id, -1, 'killed', fatalities_low, begins, recorded_at FROM events
    WHERE fatalities_low IS NOT NULL AND NOT withdrawn UNION ALL
    SELECT uid(4, n), 0, CASE WHEN n IN (2, 4, 6) THEN 'abducted' WHEN n % 3 = 1 THEN 'injured'
            ELSE 'displaced' END,
        CASE WHEN n % 7 > 1 THEN floor(1 / (drawn(n, 30) + 0.001))::int END, starts_on, since(n)
    FROM drafts WHERE (n % 3 = 1 OR n % 100 = 35 OR n IN (2, 6)) AND n % 1000 <> 17""",
    """INSERT INTO mentions (event_id, position, document_id, recorded_at)
    SELECT uid(4, n), 0, uid(3, mentioned), since(n) FROM drafts
    WHERE mentioned IS NOT NULL AND n % 1000 <> 17""",
    f"""INSERT INTO statements ({COMMON}, act, form, medium, hedged, quote_verified, begins,
        starts_on, ends_on, speaker_id, on_behalf_of_id, document_id, location_id, responds_to_id,
        credibility)
    SELECT {common(5, 500, "ARRAY[uid(3, 10 + n % 4000)]")},
        CASE WHEN n <= 3 THEN 'promise' WHEN n % 100 = 1 THEN 'refuse' WHEN n % 10 < 6 THEN 'assert'
            ELSE (ARRAY['deny', 'demand', 'threaten'])[1 + n % 3] END,
        CASE WHEN n <= 3 THEN 'narration' WHEN n % 100 = 2 THEN 'direct_quote'
            ELSE 'paraphrase' END,
        CASE WHEN n <= 3 THEN 'letter' WHEN n % 100 = 2 THEN 'speech' WHEN n % 2 = 0
            THEN 'interview' END,
        n % 100 = 3 OR n % 1000 = 4, CASE WHEN n <= 3 THEN false WHEN n % 5 > 1 THEN true END,
        starts_on, starts_on, ends_on,
        CASE WHEN n <= 3 THEN uid(1, 4999) WHEN drawn(n, 20) < 0.2 THEN uid(1, 1)
            WHEN drawn(n, 20) < 0.21 THEN uid(1, 2)
            ELSE uid(1, 3 + floor(4900 * drawn(n, 21) ^ 2)::int) END,
        CASE WHEN n <= 3 THEN uid(1, 4999) WHEN n % 100 = 5 THEN uid(1, 2) WHEN n % 10 < 3
            THEN uid(1, 1) END,
        CASE WHEN n <= 3 THEN uid(3, 4) WHEN drawn(n, 22) < 0.01 THEN uid(3, 2)
            WHEN drawn(n, 22) < 0.1 THEN uid(3, 1)
            ELSE uid(3, 10 + floor(4900 * drawn(n, 23))::int) END,
        CASE WHEN n <= 3 THEN uid(2, 1085) WHEN n % 100 = 6 THEN uid(2, 1201) WHEN n % 4 = 0
            THEN uid(2, 1200) WHEN n % 4 = 1
            THEN uid(2, 1101 + floor(8899 * drawn(n, 24))::int) END,
        CASE WHEN n IN (11, 13, 15) THEN uid(5, 3) WHEN n % 100 = 10 THEN uid(5, 2)
            WHEN n % 10 = 4 THEN uid(5, 1) END,
        CASE WHEN n <= 3 THEN 6 WHEN n % 100 = 11 THEN 3 WHEN n % 10 < 3 THEN 2 END
    FROM generate_series(1, {SIZES["statements"]}) AS n, LATERAL (SELECT {DAYS}) AS days""",
    f"""INSERT INTO listeners (statement_id, position, actor_id, part, begins, recorded_at)
    SELECT statements.id, 0, uid(1, CASE WHEN n <= 3 THEN 4999 WHEN n % 100 = 7 THEN 2
        WHEN n % 10 < 3 THEN 1 ELSE 3 + floor(4900 * drawn(n, 25))::int END), part,
        statements.starts_on, statements.recorded_at
    FROM generate_series(1, {SIZES["statements"]}) AS n JOIN statements ON statements.id = uid(5, n)
        CROSS JOIN unnest(ARRAY['addressee', 'carrier']) AS part
    WHERE (n <= 3 OR n % 2 = 1) AND NOT statements.withdrawn""",
    f"""INSERT INTO claims (event_id, statement_id, position, stance, aspect, narrated, origin,
        words, document_id, begins, value, actor_id, recorded_at)
    SELECT uid(4, CASE WHEN n <= 3 THEN 199999 WHEN drawn(n, 26) < 0.02 THEN 1
            WHEN drawn(n, 26) < 0.03 THEN 2
            ELSE 3 + floor(199000 * drawn(n, 27))::int END), statements.id, position,
        CASE WHEN n <= 3 THEN 'projects' WHEN n % 100 = 8 THEN 'questions' WHEN n % 10 < 7
            THEN 'asserts' ELSE 'denies' END,
        CASE WHEN n <= 3 THEN 'degree' WHEN n % 100 = 9 THEN 'date' WHEN n % 4 < 3
            THEN 'occurrence' ELSE 'fatalities' END,
        form = 'narration', coalesce(speaker_id, statements.id), statements.id, document_id,
        statements.starts_on,
        CASE WHEN n <= 3 THEN 'much' WHEN n % 100 = 9 THEN '2021-08-22' WHEN n % 4 = 3
            THEN (n % 50)::text END,
        CASE WHEN n % 100 = 15 THEN uid(1, 3 + n % 4900) WHEN n % 20 = 7 THEN uid(1, 1) END,
        statements.recorded_at
    FROM generate_series(1, {SIZES["statements"]}) AS n
        JOIN statements ON statements.id = uid(5, n),
        generate_series(0, CASE WHEN n % 7 = 0 THEN 1 ELSE 0 END) AS position
    WHERE NOT statements.withdrawn""",
    # Statement 1 is spoken of by every tenth statement, 2 by every hundredth, 3 by three.
    f"""INSERT INTO claims (about_id, statement_id, position, stance, aspect, narrated, origin,
        words, document_id, begins, recorded_at)
    SELECT uid(5, CASE WHEN n IN (11, 13, 15) THEN 3 WHEN n % 100 = 12 THEN 2 ELSE 1 END),
        statements.id, 2, 'denies', 'occurrence', form = 'narration', statements.id, statements.id,
        document_id, statements.starts_on, statements.recorded_at
    FROM generate_series(1, {SIZES["statements"]}) AS n JOIN statements ON statements.id = uid(5, n)
    WHERE (n IN (11, 13, 15) OR n % 100 = 12 OR n % 10 = 6) AND NOT statements.withdrawn""",
    f"""INSERT INTO external_ids (external_id, resource, dataset, id, recorded_at)
    SELECT 'seed:' || n, resource, dataset(n), uid(prefix, n), since(n)
    FROM (VALUES {", ".join(f"('{name}', {PREFIXES[name]}, {SIZES[name]})" for name in SIZES)})
        AS each (resource, prefix, most),
        generate_series(1, most) AS n""",
    *(
        f"""INSERT INTO {name.removesuffix("s")}_words ({name.removesuffix("s")}_id, lexemes,
            recorded_at)
        SELECT uid({prefix}, n), concat_ws(' ', CASE WHEN n % 5 > 0 THEN 'frequent:1' END,
            CASE WHEN n % 100 = 11 THEN 'medium:2' END, CASE n % 2 WHEN 0 THEN 'even:3'
            ELSE 'odd:3' END, CASE WHEN n IN (1002, 2003, 3004) THEN 'rare:4' END,
            'x' || n % 997 || ':5')::tsvector, since(n)
        FROM generate_series(1, {SIZES[name]}) AS n WHERE n % 1000 <> 17"""
        for name, prefix in PREFIXES.items()
    ),
    """INSERT INTO answers (key_id, name, request, created_at)
    SELECT uid(9, 1), n::text, '', now() - interval '24 hours' + (n - 10) * interval '1 second'
    FROM generate_series(1, 20000) AS n""",
]
"""What makes the records."""

REVISED = "recorded_at >= '2026-04-01'"
"""What has been revised, as `since` says."""

REVISING = {
    table: f"INSERT INTO {table}_history SELECT recorded_at, {{}} FROM {table} WHERE {REVISED}"
    for table in ("external_ids", *KEYS)
    if table != "datasets"
}
"""What was before every fifth record was revised, with its parts: the same, since it was made."""

MIDST = "2026-04-13T00:00:00Z"
"""The instant before which about half of what is revised had been."""


def fill(url):
    """Fill a migrated database."""
    if missing := {*RECORDS} - {*SIZES}:
        place = "SIZES and MAKING in tests/support/crowd.py"
        raise LookupError(f"{place} make no {', '.join(missing)} yet: add them there.")
    with Connection.connect(url, autocommit=True) as connection:
        connection.execute("SET jit = off; SET maintenance_work_mem = '512MB'")
        connection.execute(FUNCTIONS)
        histories = [f"{table}_history" for table in FILLED if table != "answers"]
        # What looks after rows one by one costs more than to look at all of them in the end.
        constraints = connection.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('f', 'p') AND connamespace = 'public'::regnamespace"
            " AND conrelid::regclass::text = ANY(%s) ORDER BY contype = 'p'",
            ([*FILLED, *histories],),
        ).fetchall()
        indexes = connection.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relnamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
        ).fetchall()
        for table, name, _ in constraints:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        # Nobody needs these records after a crash.
        for table in (*FILLED, *histories):
            connection.execute(f"ALTER TABLE {table} SET UNLOGGED")
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        for statement in MAKING:
            connection.execute(statement)
        revise(connection)
        call(connection)
        for _, definition in indexes:
            connection.execute(definition)
        for table, name, definition in reversed(constraints):
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        settle(connection)


def settle(connection):
    """Vacuum until every page is known to be visible to all, on which plans depend.

    Whoever has a snapshot of this database, as a worker that analyzes its catalogue, holds it up.
    """
    until = monotonic() + 60
    connection.execute("VACUUM (ANALYZE)")
    while hidden := connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relallvisible < relpages"
        " AND relnamespace = 'public'::regnamespace"
    ).fetchall():
        if monotonic() > until:
            raise TimeoutError(f"Something holds up the vacuum of {hidden}.")
        sleep(0.2)
        for (table,) in hidden:
            connection.execute(f"VACUUM (ANALYZE) {table}")


def revise(connection):
    """Give some records a version before the one that stands."""
    for table, statement in REVISING.items():
        # Not to be set later: an index on rows that were changed waits for all who are at work.
        made = f"made(number({KEYS.get(table, 'id')}::text))"
        columns = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum",
            (table,),
        )
        taken = [made if column == "recorded_at" else column for (column,) in columns]
        connection.execute(statement.format(", ".join(taken)))


def call(connection):
    """Name the records: their texts are none that a service wrote."""
    named = {
        "actor": (1, SIZES["actors"], "ARRAY['actor ' || n % 4000, {}]", "people"),
        "location": (2, SIZES["locations"], "ARRAY['place ' || n % 8000, {}]", "centre"),
    }
    for table, (kind, number, names, common_name) in named.items():
        key = f"{table}_id"
        alias = f"CASE WHEN n % 10 = 1 THEN '{common_name}' ELSE 'alias ' || n END"
        rows = connection.execute(
            f"SELECT id, {names.format(alias)} FROM generate_series(1, {number}) AS n"
            f" JOIN {table}s ON id = uid({kind}, n) WHERE NOT withdrawn"
        )
        copy = f"COPY {table}_names ({key}, position, plain, sounds, recorded_at) FROM STDIN"
        with connection.cursor().copy(copy) as copying:
            for record_id, known in rows.fetchall():
                for position, each in enumerate(map(name_of, known), 1):
                    sounds = each.sounds.split(" ")
                    copying.write_row((record_id, position, each.plain, sounds, "-infinity"))
