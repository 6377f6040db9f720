-- Who holds a place, how far off a place may lie, countries that are no more, and on which side and how
-- certainly somebody took part.

-- Participants: what is written of those that stand, and stood. A certainty that is not of the code
-- list is none to find by: it stays in the record's text.
ALTER TABLE participants ADD COLUMN side text, ADD COLUMN certainty text;
ALTER TABLE participants_history ADD COLUMN side text, ADD COLUMN certainty text;

CREATE FUNCTION pg_temp.written(body text, place smallint, member text) RETURNS text LANGUAGE sql AS $$
    SELECT body::json -> 'participants' -> place::integer ->> member
$$;
CREATE FUNCTION pg_temp.known(certainty text) RETURNS text LANGUAGE sql AS $$
    SELECT certainty WHERE certainty IN ('certain', 'probable', 'possible', 'reported')
$$;

UPDATE participants
SET side = normalize(pg_temp.written(events.body || events.derived, participants.position, 'side')),
    certainty = pg_temp.known(
        pg_temp.written(events.body || events.derived, participants.position, 'certainty')
    )
FROM events
WHERE events.id = participants.event_id AND events.body ~ '"(side|certainty)":"';

UPDATE participants_history
SET side = normalize(pg_temp.written(old.body || old.derived, participants_history.position, 'side')),
    certainty = pg_temp.known(
        pg_temp.written(old.body || old.derived, participants_history.position, 'certainty')
    )
FROM events_ever AS old
WHERE old.id = participants_history.event_id AND old.body ~ '"(side|certainty)":"'
    AND old.recorded_at <= participants_history.recorded_at
    AND old.superseded_at > participants_history.recorded_at;

CREATE INDEX participants_side ON participants (side, begins DESC, event_id DESC)
    WHERE side IS NOT NULL;
CREATE INDEX participants_certainty ON participants (certainty, begins DESC, event_id DESC)
    WHERE certainty IS NOT NULL;

-- The radius around its point within which a place lies: it widens its extent, and its cells with
-- that. Events have it from their location.
ALTER TABLE locations ADD COLUMN uncertainty_km float8;
ALTER TABLE locations_history ADD COLUMN uncertainty_km float8;
ALTER TABLE events ADD COLUMN uncertainty_km float8;
ALTER TABLE events_history ADD COLUMN uncertainty_km float8;

CREATE FUNCTION box_distances(extent box, centre point) RETURNS float8[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- Kilometres between a point and the nearest and the farthest one of a box, on the sphere of
    -- `great_circle`; the east of the box may lie beyond 180. Both lie on the meridians nearest to
    -- that of the point and farthest from it: where the great circle meets these squarely, or else
    -- at their ends in the box.
    AS $$
    WITH sides AS (
        SELECT
            (extent[0])[0] - (extent[1])[0] AS wide,
            centre[0] - (extent[1])[0] - 360 * floor((centre[0] - (extent[1])[0]) / 360) AS west
    ),
    ends AS (
        SELECT wide, west, abs(west - wide) AS east FROM sides
    ),
    turns (farthest, turn) AS (
        SELECT false, CASE WHEN west <= wide THEN 0
            ELSE least(least(west, 360 - west), least(east, 360 - east)) END
        FROM ends
        UNION ALL
        SELECT true, CASE WHEN west + 180 <= wide OR west >= 180 AND west - 180 <= wide THEN 180
            ELSE greatest(least(west, 360 - west), least(east, 360 - east)) END
        FROM ends
    ),
    squarely AS (
        SELECT farthest, turn, degrees(atan2(
            sign * sin(radians(centre[1])), sign * cos(radians(centre[1])) * cos(radians(turn))
        )) AS level
        FROM turns, LATERAL (SELECT CASE WHEN farthest THEN -1 ELSE 1 END) AS way (sign)
    )
    SELECT ARRAY[
        min(away) FILTER (WHERE NOT farthest), max(away) FILTER (WHERE farthest)
    ]
    FROM squarely, LATERAL (VALUES
        ((extent[1])[1]), ((extent[0])[1]),
        (least(greatest(level, (extent[1])[1]), (extent[0])[1]))
    ) AS levels (at), LATERAL (
        SELECT great_circle(point(turn, at), point(0, centre[1])) AS away
    ) AS distances
    $$;

-- A country that is no more is that of an event only where its date may lie between those of the
-- country (`schemas/vocabularies/former.py`).
CREATE FUNCTION country_then(country text, first_day date, last_day date) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    -- The country, unless days are known and none of them is of those when it was.
    RETURN CASE
        WHEN last_day > '-infinity' AND NOT coalesce(
            (jsonb '{
            "AIDJ": "{[1967-01-01,1977-06-26]}",
            "AN": "{[1954-12-15,2010-10-09]}",
            "BQAQ": "{[1962-01-01,1979-12-31]}",
            "BU": "{[1948-01-04,1989-06-17]}",
            "BYAA": "{[1919-01-01,1991-09-18]}",
            "CS": "{[1918-10-28,1992-12-31],[2003-02-04,2006-06-05]}",
            "CSHH": "{[1918-10-28,1992-12-31]}",
            "CSXX": "{[2003-02-04,2006-06-05]}",
            "CT": "{[1939-01-01,1984-12-31]}",
            "DD": "{[1949-10-07,1990-10-02]}",
            "DY": "{[1958-01-01,1975-11-29]}",
            "FQ": "{[1955-01-01,1979-12-31]}",
            "FX": "{[1993-01-01,1997-07-14]}",
            "GEHH": "{[1916-01-01,1979-12-31]}",
            "HV": "{[1958-01-01,1984-08-03]}",
            "JT": "{[-infinity,1986-12-31]}",
            "MI": "{[-infinity,1986-12-31]}",
            "NH": "{[1906-01-01,1980-07-29]}",
            "NQ": "{[1939-01-01,1983-12-31]}",
            "NT": "{[1922-01-01,1993-12-31]}",
            "PC": "{[1947-01-01,1986-12-31]}",
            "PU": "{[-infinity,1986-12-31]}",
            "PZ": "{[1904-01-01,1980-12-31]}",
            "RH": "{[1923-01-01,1980-04-17]}",
            "SKIN": "{[-infinity,1975-05-15]}",
            "SU": "{[1922-12-30,1991-12-26]}",
            "TP": "{[-infinity,2002-05-19]}",
            "VD": "{[1945-09-02,1976-07-01]}",
            "WK": "{[-infinity,1986-12-31]}",
            "YD": "{[1967-11-30,1990-05-21]}",
            "YU": "{[1918-12-01,2003-02-03]}",
            "ZR": "{[1971-10-27,1997-05-16]}"
            }' ->> country)::datemultirange && daterange(first_day, last_day, '[]'),
            true
        ) THEN NULL
        ELSE country
    END;

-- Few events are about who holds a place, and they are found by that.
CREATE INDEX events_control ON events (location_id) WHERE type = 'control';

SELECT keep_history(name) FROM unnest(ARRAY['participants', 'locations', 'events']) AS name;
