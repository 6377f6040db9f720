-- What others think of a record, each of one version of it. Every record shows how many think what of
-- its current version: `assessed` is that member of its text, null while nobody has assessed it, and
-- `verdicts` are those that at least one assessment comes to: agree, disagree, unsure, outdated.

CREATE TABLE assessments (
    resource    text NOT NULL,
    id          text NOT NULL,         -- of the record that was assessed, merged since or not
    key_id      uuid NOT NULL,         -- the nil UUID: written without a key
    version     integer NOT NULL,      -- of the record
    verdict     text NOT NULL,
    note        text,
    method      text,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT assessments_pkey PRIMARY KEY (id, resource, key_id)
);
SELECT keep_history('assessments');

CREATE FUNCTION outdated(assessed text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- What `assessed` is once the record has another version: all that was said is of an earlier one.
    RETURN ',"assessments":{"agree":0,"disagree":0,"unsure":0,"outdated":' || (
        SELECT sum(number[1]::integer)::text FROM regexp_matches(assessed, '\d+', 'g') AS number
    ) || '}';

DO $$
DECLARE
    of text;
    first text;
BEGIN
    FOREACH of IN ARRAY ARRAY['datasets', 'documents', 'actors', 'locations', 'events', 'statements']
    LOOP
        EXECUTE format('DROP VIEW past.%I, %I', of, of || '_ever');
        EXECUTE format('ALTER TABLE %I ADD COLUMN assessed text, ADD COLUMN verdicts text[]', of);
        IF of <> 'datasets' THEN  -- of which there are never so many that an index would be faster
            first := CASE WHEN of IN ('actors', 'locations') THEN 'created_at, id'
                ELSE 'begins DESC, id DESC' END;
            EXECUTE format('CREATE INDEX %I ON %I (method, %s)', of || '_method', of, first);
            -- As `review` in models/lists/conditions.py asks for it.
            EXECUTE format(
                'CREATE INDEX %I ON %I (%s)'
                ' WHERE coalesce(method = ''model'' AND verdicts IS NULL, false)',
                of || '_review', of, first
            );
            -- A statement that is planned once must not take a method for one of all but three.
            EXECUTE format('ALTER TABLE %I ALTER COLUMN method SET (n_distinct = 20)', of);
            EXECUTE format(
                'CREATE INDEX %I ON %I USING gin (verdicts) WHERE verdicts IS NOT NULL',
                of || '_verdicts', of
            );
        END IF;
        PERFORM keep_history(of);
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION make_records(of text, own text, first text DEFAULT 'created_at, id')
    RETURNS void
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
        ' assessed text,'
        ' verdicts text[],'
        ' %s)',
        of, of || '_pkey', of || '_dataset', own
    );
    FOR index IN
        SELECT * FROM (VALUES
            ('created', '(created_at, id)'),
            ('updated', '(updated_at, id)'),
            ('dataset', format('(dataset, %s)', first)),
            ('method', format('(method, %s)', first)),
            ('review', format(
                '(%s) WHERE coalesce(method = ''model'' AND verdicts IS NULL, false)', first
            )),
            ('verdicts', 'USING gin (verdicts) WHERE verdicts IS NOT NULL'),
            ('tags', 'USING gin (tags)'),
            ('refers_to', 'USING gin (refers_to)'),
            ('retracted', format('(%s) WHERE retracted', first))
        ) AS common (name, definition)
    LOOP
        EXECUTE format('CREATE INDEX %I ON %I %s', of || '_' || index.name, of, index.definition);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ALTER COLUMN method SET (n_distinct = 20)', of);
    PERFORM keep_history(of);
END
$$;
