-- What was held at any instant. Each table of what is found has a twin, `<table>_history`, for the
-- rows that no longer stand: what they were, and `superseded_at`. The view `<table>_ever` is both,
-- and the schema `past` has a view of each table's own name: what stood at the instant in the
-- setting `attest.as_of`. So a read as of an instant is the statement that reads what stands, with
-- `past` before all else in the search path.

CREATE SCHEMA past;

CREATE FUNCTION after(before timestamptz, since timestamptz) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    -- Since when a row stands that one of `before` gives way to, in a transaction of the instant
    -- `since`: all rows of a transaction change at once, unless another row was of a later instant.
    RETURN CASE WHEN before = since THEN since
        ELSE greatest(since, before + interval '1 microsecond') END;

CREATE FUNCTION keep_history(of text) RETURNS void
    LANGUAGE plpgsql
    -- Give a table its twin and its views, or bring them up to date; each migration that makes or
    -- alters such a table ends with this. The twin's first column is `superseded_at`, the others
    -- are those of the table in their order, so that `SELECT instant, old.*` fills it.
    AS $$
DECLARE
    twin CONSTANT text := of || '_history';
    ever CONSTANT text := of || '_ever';
    listed text;
    beside text;
    part record;
BEGIN
    EXECUTE format('DROP VIEW IF EXISTS past.%I', of);
    EXECUTE format('DROP VIEW IF EXISTS %I', ever);
    IF NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = to_regclass(of) AND attname = 'recorded_at' AND NOT attisdropped
    ) THEN
        -- What stands already is a part of a record that says itself since when it stands.
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT %L', of, '-infinity'
        );
        EXECUTE format('ALTER TABLE %I ALTER COLUMN recorded_at DROP DEFAULT', of);
    END IF;
    IF to_regclass(twin) IS NULL THEN
        SELECT
            string_agg(quote_ident(attname), ', ' ORDER BY place) FILTER (WHERE place <= indnkeyatts),
            ' INCLUDE (superseded_at, ' || string_agg(quote_ident(attname), ', ' ORDER BY place)
                FILTER (WHERE place > indnkeyatts AND attname <> 'recorded_at') || ')'
        INTO listed, beside
        FROM pg_index, unnest(indkey) WITH ORDINALITY AS key (number, place), pg_attribute
        WHERE indrelid = to_regclass(of) AND indisprimary
            AND attrelid = indrelid AND attnum = key.number;
        EXECUTE format(
            'CREATE TABLE %I (superseded_at timestamptz NOT NULL, LIKE %I,'
            ' CONSTRAINT %I PRIMARY KEY (%s, recorded_at)%s)',
            twin, of, twin || '_pkey', listed, beside
        );
    END IF;
    FOR part IN
        SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attoptions AS options
        FROM pg_attribute
        WHERE attrelid = to_regclass(of) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
    LOOP
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN IF NOT EXISTS %I %s', twin, part.name, part.type
        );
        IF part.options IS NOT NULL THEN
            EXECUTE format(
                'ALTER TABLE %I ALTER COLUMN %I SET (%s)',
                twin, part.name, array_to_string(part.options, ', ')
            );
        END IF;
    END LOOP;
    FOR part IN
        SELECT
            twin || substr(relname, length(of) + 1) AS name,
            regexp_replace(
                pg_get_indexdef(indexrelid), '^CREATE (UNIQUE )?INDEX \S+ ON \S+ ', ''
            ) AS definition
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid = to_regclass(of) AND NOT indisprimary
    LOOP
        EXECUTE format(
            'CREATE INDEX IF NOT EXISTS %I ON %I %s', part.name, twin, part.definition
        );
    END LOOP;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO listed
    FROM pg_attribute WHERE attrelid = to_regclass(of) AND attnum > 0 AND NOT attisdropped;
    EXECUTE format(
        'CREATE VIEW %I AS SELECT timestamptz ''infinity'' AS superseded_at, %s FROM %I'
        ' UNION ALL SELECT superseded_at, %s FROM %I', ever, listed, of, listed, twin
    );
    -- The conditions stand outside the union, or else the indexes' order would be lost.
    EXECUTE format(
        'CREATE VIEW past.%I AS SELECT %s FROM %I'
        ' WHERE recorded_at <= (SELECT current_setting(''attest.as_of'')::timestamptz)'
        ' AND superseded_at > (SELECT current_setting(''attest.as_of'')::timestamptz)',
        of, listed, ever
    );
END
$$;

-- Who made a version, how and why.
ALTER TABLE keys ADD COLUMN method text NOT NULL DEFAULT 'human';
ALTER TABLE datasets
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
ALTER TABLE documents
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
ALTER TABLE actors
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
ALTER TABLE locations
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
ALTER TABLE events
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
ALTER TABLE statements
    ADD COLUMN operation text NOT NULL DEFAULT 'create', ADD COLUMN method text,
    ADD COLUMN comment text;
UPDATE datasets SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;
UPDATE documents SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;
UPDATE actors SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;
UPDATE locations SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;
UPDATE events SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;
UPDATE statements SET operation = CASE WHEN withdrawn THEN 'withdraw' ELSE 'change' END
WHERE version > 1;

-- An id that a merged record had elsewhere is held by the record that it was merged into.
ALTER TABLE external_ids ADD COLUMN merged_from text;

CREATE TABLE merged (  -- records that others stand for
    id          text CONSTRAINT merged_pkey PRIMARY KEY,
    into_id     text NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX merged_into ON merged (into_id);

CREATE TABLE merges (  -- what was done when they were merged, so that it can be undone
    id          uuid CONSTRAINT merges_pkey PRIMARY KEY,  -- of the merged record
    into_id     uuid NOT NULL,
    merged_at   timestamptz NOT NULL,
    given       text NOT NULL      -- JSON: what the other record was given
);
CREATE INDEX merges_into ON merges (into_id);
CREATE TABLE moved (  -- where records pointed at a merged one, and now point at the other
    id          uuid NOT NULL,     -- of the merged record
    resource    text NOT NULL,
    referrer    uuid NOT NULL,
    pointers    text[] NOT NULL,
    CONSTRAINT moved_pkey PRIMARY KEY (id, resource, referrer)
);

-- Every change as it is written, and then in the order in which it was seen: whoever reads the feed
-- first gives what has arrived by then its positions. `arrivals` may be filled by many at once, and
-- none of them waits for another.
CREATE TABLE arrivals (
    number      bigint GENERATED ALWAYS AS IDENTITY,
    resource    text NOT NULL,
    id          text NOT NULL,
    version     integer NOT NULL,
    dataset     text NOT NULL,
    operation   text NOT NULL,
    recorded_at timestamptz NOT NULL,
    key_id      uuid,
    method      text,
    comment     text,
    CONSTRAINT arrivals_pkey PRIMARY KEY (recorded_at, resource, id)
);
CREATE TABLE changes (
    position    bigint CONSTRAINT changes_pkey PRIMARY KEY,
    resource    text NOT NULL,
    id          text NOT NULL,
    version     integer NOT NULL,
    dataset     text NOT NULL,
    operation   text NOT NULL,
    recorded_at timestamptz NOT NULL,
    key_id      uuid,
    method      text,
    comment     text
);
CREATE INDEX changes_resource ON changes (resource, position);
CREATE INDEX changes_dataset ON changes (dataset, position);

CREATE TABLE releases (  -- instants that have a name
    name        text CONSTRAINT releases_pkey PRIMARY KEY,
    at          timestamptz NOT NULL,
    body        text NOT NULL  -- JSON
);
CREATE INDEX releases_at ON releases (at, name);

-- What is found in the cells of a box is read from their key alone, as of an instant too.
ALTER TABLE event_cells ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE event_cells
    ALTER COLUMN recorded_at DROP DEFAULT,
    DROP CONSTRAINT event_cells_pkey,
    ADD CONSTRAINT event_cells_pkey
        PRIMARY KEY (cell, starts_on, event_id) INCLUDE (at, extent, recorded_at);

SELECT keep_history(name) FROM unnest(ARRAY[
    'datasets', 'documents', 'actors', 'affiliations', 'locations', 'events', 'participants',
    'event_places', 'event_cells', 'mentions', 'statements', 'listeners', 'claims', 'external_ids',
    'merged'
]) AS name;

-- What stands already is in the feed too, as it stands.
INSERT INTO arrivals
    (resource, id, version, dataset, operation, recorded_at, key_id)
SELECT resource, id, version, dataset, operation, recorded_at, key_id
FROM (
    SELECT 1, 'datasets', id, version, dataset, operation, recorded_at, key_id FROM datasets
    UNION ALL
    SELECT 2, 'documents', id::text, version, dataset, operation, recorded_at, key_id FROM documents
    UNION ALL
    SELECT 3, 'actors', id::text, version, dataset, operation, recorded_at, key_id FROM actors
    UNION ALL
    SELECT 4, 'locations', id::text, version, dataset, operation, recorded_at, key_id FROM locations
    UNION ALL
    SELECT 5, 'events', id::text, version, dataset, operation, recorded_at, key_id FROM events
    UNION ALL
    SELECT 6, 'statements', id::text, version, dataset, operation, recorded_at, key_id
    FROM statements
) AS standing (place, resource, id, version, dataset, operation, recorded_at, key_id)
ORDER BY recorded_at, place, id;
