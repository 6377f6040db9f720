-- A new table of records also gets a table of its words, and is brought to later forms like the others.

CREATE FUNCTION make_words(of text) RETURNS void
    LANGUAGE plpgsql
    -- Make the table of the words of a table of records, as 0017 did for those of then.
    AS $$
DECLARE
    one text := rtrim(of, 's');
BEGIN
    EXECUTE format(
        'CREATE TABLE %I ('
        ' %I uuid NOT NULL CONSTRAINT %I REFERENCES %I ON DELETE CASCADE,'
        ' lexemes tsvector NOT NULL,'
        ' CONSTRAINT %I PRIMARY KEY (%I))',
        one || '_words', one || '_id', one || '_words_' || one, of,
        one || '_words_pkey', one || '_id'
    );
    EXECUTE format(
        'CREATE INDEX %I ON %I USING gin (lexemes) WITH (gin_pending_list_limit = 512)',
        one || '_words_lexemes', one || '_words'
    );
    PERFORM keep_history(one || '_words');
    EXECUTE format(
        'CREATE FUNCTION %I(asked tsquery, most bigint DEFAULT NULL) RETURNS SETOF uuid'
        ' LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off SET enable_indexscan = off AS'
        ' $found$SELECT %I FROM %I WHERE lexemes @@ asked LIMIT most$found$',
        one || '_words_found', one || '_id', one || '_words'
    );
    INSERT INTO derived_words (resource, version) VALUES (of, 0);
END
$$;

ALTER FUNCTION make_records(text, text, text) RENAME TO make_record_table;

CREATE FUNCTION make_records(of text, own text, first text DEFAULT 'created_at, id') RETURNS void
    LANGUAGE plpgsql
    -- Make all that a resource has in the database: the table of its records and that of their words,
    -- each with its history and views, and the rows by which `attest rebuild` finds them.
    AS $$
BEGIN
    PERFORM make_record_table(of, own, first);
    PERFORM make_words(of);
    -- It is empty: whatever is written from now on has at least the form of the others.
    INSERT INTO stored_forms (resource, form) SELECT of, max(form) FROM stored_forms;
END
$$;
