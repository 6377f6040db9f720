-- A new table of records needs to say only what is its own.

CREATE FUNCTION make_records(of text, own text, first text DEFAULT 'created_at, id') RETURNS void
    LANGUAGE plpgsql
    -- Make a table of records: the columns, keys and indexes that each of them has, then its `own`
    -- columns, its history, and its views. `first` is the order in which its lists begin.
    AS $$
DECLARE
    index record;
BEGIN
    EXECUTE format(
        'CREATE TABLE %I ('
        ' id uuid CONSTRAINT %I PRIMARY KEY,'
        ' version integer NOT NULL,'
        ' dataset text NOT NULL CONSTRAINT %I REFERENCES datasets,'
        ' created_at timestamptz NOT NULL,'
        ' updated_at timestamptz NOT NULL,'
        ' recorded_at timestamptz NOT NULL,'
        ' key_id uuid,'
        ' tags text[] NOT NULL,'
        ' refers_to uuid[] NOT NULL,'
        ' retracted boolean NOT NULL DEFAULT false,'
        ' withdrawn boolean NOT NULL DEFAULT false,'
        ' derivations integer NOT NULL DEFAULT 0,'
        ' derived text NOT NULL,'
        ' body text NOT NULL,'
        ' operation text NOT NULL DEFAULT ''create'','
        ' method text,'
        ' comment text,'
        ' %s)',
        of, of || '_pkey', of || '_dataset', own
    );
    FOR index IN
        SELECT * FROM (VALUES
            ('created', '(created_at, id)'),
            ('updated', '(updated_at, id)'),
            ('dataset', format('(dataset, %s)', first)),
            ('tags', 'USING gin (tags)'),
            ('refers_to', 'USING gin (refers_to)'),
            ('retracted', format('(%s) WHERE retracted', first))
        ) AS common (name, definition)
    LOOP
        EXECUTE format('CREATE INDEX %I ON %I %s', of || '_' || index.name, of, index.definition);
    END LOOP;
    PERFORM keep_history(of);
END
$$;

-- Nothing reads these since names are found by what they are compared by (0004).
DROP VIEW past.actors, past.locations, actors_ever, locations_ever;
ALTER TABLE actors DROP COLUMN names;
ALTER TABLE actors_history DROP COLUMN names;
ALTER TABLE locations DROP COLUMN names;
ALTER TABLE locations_history DROP COLUMN names;

SELECT keep_history(name) FROM unnest(ARRAY['actors', 'locations']) AS name;
