-- Lists are in the order of instants within a day, too. `begins` is the day that a record begins on,
-- as it is written, and a time of that day which is in this order: in UTC an instant may lie a day
-- before or behind, and these three days are made to fit into one (`schemas/fields/dates.py`).

CREATE FUNCTION pg_temp.beginning(day date, written text) RETURNS timestamp
    LANGUAGE sql
    AS $$
    SELECT CASE
        WHEN first ~ 'T' THEN day + (
            coalesce(instant(first) AT TIME ZONE 'UTC', first::timestamp)
            - day::timestamp + interval '24 hours'
        ) / 3
        ELSE day
    END
    FROM split_part(written, '/', 1) AS begin_ (first)
    $$;

CREATE TEMP TABLE sorted ON COMMIT DROP AS
SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
FROM pg_index
WHERE indrelid IN ('documents'::regclass, 'events'::regclass, 'statements'::regclass)
    AND pg_get_indexdef(indexrelid) LIKE '%starts_on DESC%';

DO $$
DECLARE
    of text;
    date_of CONSTANT jsonb := '{"documents": "published_on", "events": "date", "statements": "date"}';
    part record;
BEGIN
    FOREACH of IN ARRAY ARRAY['documents', 'events', 'statements', 'participants', 'event_places',
        'event_cells', 'listeners', 'claims']
    LOOP
        EXECUTE format('DROP VIEW past.%I, %I', of, of || '_ever');
    END LOOP;
    FOR part IN
        SELECT indexrelid::regclass AS name FROM pg_index
        WHERE indrelid IN ('documents_history'::regclass, 'events_history'::regclass,
            'statements_history'::regclass)
            AND pg_get_indexdef(indexrelid) LIKE '%starts_on DESC%'
        UNION ALL SELECT sorted.name FROM sorted
    LOOP
        EXECUTE format('DROP INDEX %s', part.name);
    END LOOP;
    FOR of IN SELECT jsonb_object_keys(date_of) LOOP
        FOR part IN SELECT unnest(ARRAY[of, of || '_history']) AS name LOOP
            EXECUTE format('ALTER TABLE %I ADD COLUMN begins timestamp', part.name);
            EXECUTE format('UPDATE %I SET begins = starts_on', part.name);
            EXECUTE format(
                'UPDATE %I SET begins = pg_temp.beginning(starts_on, (body || derived)::json ->> %L)'
                ' WHERE body ~ %L',
                part.name, date_of ->> of, format('"%s":"[-0-9]*T', date_of ->> of)
            );
            EXECUTE format('ALTER TABLE %I ALTER COLUMN begins SET NOT NULL', part.name);
        END LOOP;
    END LOOP;
    FOR part IN SELECT replace(definition, 'starts_on DESC', 'begins DESC') AS definition FROM sorted
    LOOP
        EXECUTE part.definition;
    END LOOP;
    FOREACH of IN ARRAY ARRAY['participants', 'event_places', 'event_cells', 'listeners', 'claims']
    LOOP
        FOR part IN SELECT unnest(ARRAY[of, of || '_history']) AS name LOOP
            EXECUTE format('ALTER TABLE %I RENAME COLUMN starts_on TO begins', part.name);
            EXECUTE format('ALTER TABLE %I ALTER COLUMN begins TYPE timestamp', part.name);
        END LOOP;
    END LOOP;
END
$$;

SELECT keep_history(name) FROM unnest(ARRAY['documents', 'events', 'statements']) AS name;

DO $$
DECLARE
    part record;
BEGIN
    FOR part IN
        SELECT * FROM (VALUES ('participants', 'event'), ('event_places', 'event'),
            ('event_cells', 'event'), ('listeners', 'statement'), ('claims', 'statement')
        ) AS child (name, parent)
    LOOP
        EXECUTE format(
            'UPDATE %1$I SET begins = %2$ss.begins FROM %2$ss'
            ' WHERE %2$ss.id = %1$I.%2$s_id AND %2$ss.begins <> %1$I.begins',
            part.name, part.parent
        );
        EXECUTE format(
            'UPDATE %1$I SET begins = whole.begins FROM %2$ss_ever AS whole'
            ' WHERE whole.id = %1$I.%2$s_id AND whole.recorded_at <= %1$I.recorded_at'
            ' AND whole.superseded_at > %1$I.recorded_at AND whole.begins <> %1$I.begins',
            part.name || '_history', part.parent
        );
    END LOOP;
END
$$;

SELECT keep_history(name)
FROM unnest(ARRAY['participants', 'event_places', 'event_cells', 'listeners', 'claims']) AS name;
