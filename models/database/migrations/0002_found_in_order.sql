-- Indexes that find by one value and have the records in the order of a list at once, so that a
-- page costs the same among a hundred records and ten million; and cells of the earth, which do
-- that for boxes and circles.

SET LOCAL jit = off;  -- to compile the function below takes longer than to run it

-- In which cells a box lies, at each of five sizes of cell (60, 12, 2.4, 0.48 and 0.096 degrees),
-- down to the size at which it would lie in more than four; a point in the box, at every size.
-- Cells are numbered size by size from the largest, in each by rows from the south-west, from 1.
-- Where a box is too large to go on, its smallest cells stand once more with a minus: that is how
-- smaller cells find what lies around them. 0 is a box too large for any. `models/cells.py` gives
-- the cells of a query.
CREATE FUNCTION cells(extent box, within point) RETURNS integer[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        WITH grid (size, across, up, first) AS (
            VALUES (60::float8, 6, 3, 1), (12, 30, 15, 19), (2.4, 150, 75, 469),
                (0.48, 750, 375, 11719), (0.096, 3750, 1875, 292969)
        ),
        boxes (whole, area) AS (VALUES (true, extent), (false, box(within, within))),
        ranges AS (
            SELECT
                whole, across, first,
                floor((((area)[1])[0] + 180) / size)::integer AS west,
                floor((((area)[0])[0] + 180) / size)::integer AS east,
                least(floor((((area)[1])[1] + 90) / size)::integer, up - 1) AS south,
                least(floor((((area)[0])[1] + 90) / size)::integer, up - 1) AS north
            FROM grid CROSS JOIN boxes WHERE area IS NOT NULL
        ),
        fitting AS (
            SELECT
                ranges.*,
                whole AND first < 292969 AND first = max(first) OVER (PARTITION BY whole) AS last
            FROM ranges WHERE (east - west + 1) * (north - south + 1) <= 4
        ),
        found AS (
            SELECT first + row_ * across + column_ % across AS cell, last
            FROM fitting, generate_series(south, north) AS row_,
                generate_series(west, east) AS column_
            UNION ALL
            SELECT 0, false
            WHERE extent IS NOT NULL AND NOT EXISTS (SELECT FROM fitting WHERE whole)
        )
        SELECT coalesce(array_agg(DISTINCT signed), '{}')
        FROM found, unnest(CASE WHEN last THEN ARRAY[cell, -cell] ELSE ARRAY[cell] END) AS signed
    );

ALTER TABLE locations ADD COLUMN cells integer[] NOT NULL DEFAULT '{}';  -- of its extent and point
UPDATE locations SET cells = cells(extent, point) WHERE extent IS NOT NULL;

CREATE TABLE event_cells (  -- those of its location
    event_id    uuid NOT NULL,
    cell        integer NOT NULL,
    starts_on   date NOT NULL,  -- copied from the event
    at          point,          -- copied from its location, where that is nothing but a point
    extent      box,            -- likewise, where it is more
    CONSTRAINT event_cells_pkey PRIMARY KEY (cell, starts_on, event_id) INCLUDE (at, extent)
);
INSERT INTO event_cells (event_id, cell, starts_on, at, extent)
SELECT
    events.id, cell, events.starts_on,
    CASE WHEN locations.extent ~= box(locations.point, locations.point) THEN locations.point END,
    CASE WHEN locations.extent ~= box(locations.point, locations.point) THEN NULL
        ELSE locations.extent END
FROM events JOIN locations ON locations.id = events.location_id CROSS JOIN unnest(cells) AS cell
WHERE NOT events.withdrawn;
CREATE INDEX event_cells_event ON event_cells (event_id);

-- What lasted longer than a month is looked up apart, so that a search by days can stop a month
-- before them.
CREATE INDEX documents_long ON documents (starts_on DESC, id DESC) WHERE ends_on > starts_on + 31;
CREATE INDEX events_long ON events (starts_on DESC, id DESC) WHERE ends_on > starts_on + 31;
CREATE INDEX statements_long ON statements (starts_on DESC, id DESC) WHERE ends_on > starts_on + 31;

CREATE INDEX documents_kind ON documents (kind, starts_on DESC, id DESC);
CREATE INDEX documents_language ON documents (language, starts_on DESC, id DESC);
CREATE INDEX actors_kind ON actors (kind, created_at, id);
CREATE INDEX actors_sector ON actors (sector, created_at, id);
CREATE INDEX locations_kind ON locations (kind, created_at, id);

CREATE INDEX participants_role ON participants (role, starts_on DESC, event_id DESC);
CREATE INDEX events_country ON events (country, starts_on DESC, id DESC);
CREATE INDEX events_mode ON events (mode, starts_on DESC, id DESC) WHERE mode IS NOT NULL;
CREATE INDEX events_modality ON events (modality, starts_on DESC, id DESC);
CREATE INDEX events_fatalities_low ON events (fatalities_low) WHERE fatalities_low > 0;

ALTER TABLE claims ADD COLUMN starts_on date;  -- copied from the statement
UPDATE claims SET starts_on = statements.starts_on
FROM statements WHERE statements.id = claims.statement_id;
ALTER TABLE claims ALTER COLUMN starts_on SET NOT NULL;
CREATE INDEX claims_event ON claims (event_id, starts_on DESC, statement_id DESC);
CREATE INDEX claims_stance ON claims (stance, starts_on DESC, statement_id DESC);
CREATE INDEX claims_aspect ON claims (aspect, starts_on DESC, statement_id DESC);

ALTER TABLE listeners ADD COLUMN starts_on date;  -- copied from the statement
UPDATE listeners SET starts_on = statements.starts_on
FROM statements WHERE statements.id = listeners.statement_id;
ALTER TABLE listeners ALTER COLUMN starts_on SET NOT NULL;
DROP INDEX listeners_actor;
CREATE INDEX listeners_actor ON listeners (actor_id, part, starts_on DESC, statement_id DESC);

CREATE INDEX statements_form ON statements (form, starts_on DESC, id DESC);
CREATE INDEX statements_medium ON statements (medium, starts_on DESC, id DESC)
    WHERE medium IS NOT NULL;
CREATE INDEX statements_hedged ON statements (hedged, starts_on DESC, id DESC);
CREATE INDEX statements_quote_verified ON statements (quote_verified, starts_on DESC, id DESC)
    WHERE quote_verified IS NOT NULL;

CREATE INDEX documents_retracted ON documents (starts_on DESC, id DESC) WHERE retracted;
CREATE INDEX actors_retracted ON actors (created_at, id) WHERE retracted;
CREATE INDEX locations_retracted ON locations (created_at, id) WHERE retracted;
CREATE INDEX events_retracted ON events (starts_on DESC, id DESC) WHERE retracted;
CREATE INDEX statements_retracted ON statements (starts_on DESC, id DESC) WHERE retracted;

CREATE INDEX documents_updated ON documents (updated_at, id);
CREATE INDEX actors_updated ON actors (updated_at, id);
CREATE INDEX locations_updated ON locations (updated_at, id);
CREATE INDEX statements_updated ON statements (updated_at, id);

-- The extent holds the point, so that one index serves both.
DROP INDEX locations_point;
DROP INDEX events_point;

-- Where an event is found is derived in the statement that stores it, and events are never deleted:
-- to look each row's event up again is all that this constraint did.
ALTER TABLE event_places DROP CONSTRAINT event_places_event;

-- A statement that is planned once, for any speaker, must not take each for one of very few words:
-- then it would find all of them, and sort.
ALTER TABLE statements ALTER COLUMN speaker_id SET (n_distinct = 100);
ALTER TABLE statements ALTER COLUMN on_behalf_of_id SET (n_distinct = 100);
ALTER TABLE statements ALTER COLUMN document_id SET (n_distinct = 100);
ALTER TABLE documents ALTER COLUMN publisher_id SET (n_distinct = 20);
ALTER TABLE locations ALTER COLUMN country SET (n_distinct = 20);
