-- What summaries count: whether a date is certain, the lowest and the highest numbers of people
-- harmed, and indexes that have all of it, so that no text of a record is read to count it.

-- Numbers are kept where they are others than the best one, or else the lowest, which stands already.
DROP VIEW past.casualties, casualties_ever;
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['casualties', 'casualties_history'] LOOP
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN lowest integer, ADD COLUMN highest integer', part
        );
        EXECUTE format(
            'UPDATE %1$I AS harmed SET lowest = low, highest = high FROM ('
            'SELECT event_id AS of, position AS place, recorded_at AS since,'
            ' nullif((harm ->> ''low'')::integer, number) AS low,'
            ' nullif((harm ->> ''high'')::integer, number) AS high'
            ' FROM (SELECT stored.*, CASE WHEN position = -1 THEN record -> ''fatalities'' ELSE'
            ' record -> ''casualties'' -> position::integer END AS harm'
            ' FROM %1$I AS stored JOIN events_ever AS old ON old.id = stored.event_id'
            ' AND old.recorded_at <= stored.recorded_at AND old.superseded_at > stored.recorded_at'
            ' CROSS JOIN LATERAL (SELECT (old.body || old.derived)::json AS record) AS whole'
            ' WHERE old.body ~ %2$L) AS told'
            ') AS read WHERE event_id = of AND position = place AND recorded_at = since'
            ' AND (low IS NOT NULL OR high IS NOT NULL)',
            part, '"(low|high)":[0-9]'
        );
    END LOOP;
END
$$;
SELECT keep_history('casualties');

DROP VIEW past.events, events_ever, past.statements, statements_ever;
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['events', 'events_history', 'statements', 'statements_history'] LOOP
        EXECUTE format(  -- its date has ?, ~ or %
            'ALTER TABLE %I ADD COLUMN qualified boolean NOT NULL DEFAULT false', part
        );
        EXECUTE format(
            'UPDATE %I SET qualified = true'
            ' WHERE body ~ %L AND (body || derived)::json ->> ''date'' ~ ''[?~%%]''',
            part, '"date":"[^"]*[?~%]'
        );
    END LOOP;
    FOREACH part IN ARRAY ARRAY['events', 'events_history'] LOOP
        EXECUTE format(  -- of the deaths, beside fatalities_low
            'ALTER TABLE %I ADD COLUMN lowest integer, ADD COLUMN highest integer', part
        );
        EXECUTE format(
            'UPDATE %1$I SET lowest = low, highest = high FROM ('
            'SELECT id AS of, recorded_at AS since,'
            ' nullif((deaths ->> ''low'')::integer, fatalities_low) AS low,'
            ' nullif((deaths ->> ''high'')::integer, fatalities_low) AS high'
            ' FROM (SELECT %1$I.*, (body || derived)::json -> ''fatalities'' AS deaths FROM %1$I'
            ' WHERE body ~ %2$L) AS stored'
            ') AS read WHERE id = of AND recorded_at = since'
            ' AND (low IS NOT NULL OR high IS NOT NULL)',
            part, '"fatalities":\{'
        );
    END LOOP;
END
$$;

CREATE INDEX events_summary ON events (country, begins) INCLUDE (
    ends_on, id, type, mode, status, modality, dataset, location_id, fatalities_low, lowest,
    highest, retracted, qualified
) WHERE NOT withdrawn;
CREATE INDEX statements_summary ON statements (begins) INCLUDE (
    ends_on, id, act, form, medium, speaker_id, dataset, document_id, location_id, retracted,
    qualified
) WHERE NOT withdrawn;

SELECT keep_history(name) FROM unnest(ARRAY['events', 'statements']) AS name;
