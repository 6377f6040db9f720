-- The words of records, for full text (`models/lists/text.py`): each beside its record, so that what
-- reads records for other reasons is no longer for it. They are made by the service, and
-- `attest migrate` does so for records that stood before.

DO $$
DECLARE
    of text;
    one text;
BEGIN
    FOREACH of IN ARRAY ARRAY['documents', 'actors', 'locations', 'events', 'statements']
    LOOP
        one := rtrim(of, 's');
        EXECUTE format(
            'CREATE TABLE %I ('
            ' %I uuid NOT NULL CONSTRAINT %I REFERENCES %I ON DELETE CASCADE,'
            ' lexemes tsvector NOT NULL,'
            ' CONSTRAINT %I PRIMARY KEY (%I))',
            one || '_words', one || '_id', one || '_words_' || one, of,
            one || '_words_pkey', one || '_id'
        );
        -- What is written lately is looked through by every question, and put in its place by whoever
        -- writes when it has become this long (in kB): neither shall take long.
        EXECUTE format(
            'CREATE INDEX %I ON %I USING gin (lexemes) WITH (gin_pending_list_limit = 512)',
            one || '_words_lexemes', one || '_words'
        );
        PERFORM keep_history(one || '_words');
        -- Up to so many records that have some words: always by their index, for PostgreSQL takes each
        -- word that it knows nothing of for one that some have, and would read the table for several.
        EXECUTE format(
            'CREATE FUNCTION %I(asked tsquery, most bigint DEFAULT NULL) RETURNS SETOF uuid'
            ' LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off SET enable_indexscan = off AS'
            ' $found$SELECT %I FROM %I WHERE lexemes @@ asked LIMIT most$found$',
            one || '_words_found', one || '_id', one || '_words'
        );
    END LOOP;
END
$$;

CREATE TABLE derived_words (
    resource    text CONSTRAINT derived_words_pkey PRIMARY KEY,
    version     integer NOT NULL,  -- of the rules by which words are taken from its records
    after       text               -- those up to this id are; null when all are
);
INSERT INTO derived_words (resource, version)
SELECT resource, 0 FROM unnest(ARRAY['documents', 'actors', 'locations', 'events', 'statements'])
    AS resource;
