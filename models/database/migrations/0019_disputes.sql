-- Aspects of an event on which what is claimed of it is disputed (`models/derived/disputes.py`); null
-- where there are none. Like its status it is derived, and stands in no text.

CREATE FUNCTION day_of(written text, is_last boolean) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- The first or the last day that a date or an instant may mean, as `schemas/fields/dates.py`
    -- reads it (EDTF, levels 0 and 1); null where it is open or not known.
    RETURN CASE
        WHEN written IN ('', '..') THEN NULL
        WHEN written ~ '^\d{4}-\d\d-\d\d' THEN left(written, 10)::date
        WHEN written ~ '^\d{4}-2[1-4]' THEN (
            make_date(left(written, 4)::integer, 3 * substr(written, 7, 1)::integer, 1)
            + CASE WHEN is_last THEN interval '3 months -1 day' ELSE interval '0' END
        )::date
        WHEN written ~ '^\d{4}-\d\d' THEN (
            (left(written, 7) || '-01')::date
            + CASE WHEN is_last THEN interval '1 month -1 day' ELSE interval '0' END
        )::date
        WHEN is_last THEN (replace(left(written, 4), 'X', '9') || '-12-31')::date
        ELSE (replace(left(written, 4), 'X', '0') || '-01-01')::date
    END;

CREATE FUNCTION days_of(written text) RETURNS daterange
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- The days that a date or an interval spans; unbounded where it is open or not known.
    RETURN daterange(
        day_of(split_part(written, '/', 1), false),
        day_of(split_part(written, '/', CASE WHEN written LIKE '%/%' THEN 2 ELSE 1 END), true),
        '[]'
    );

DROP VIEW past.events, events_ever;
ALTER TABLE events ADD COLUMN disputed_on text[];
ALTER TABLE events_history ADD COLUMN disputed_on text[];

-- Whether the occurrence is disputed, the text of an event tells.
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['events', 'events_history'] LOOP
        EXECUTE format(
            'UPDATE %I SET disputed_on = ''{occurrence}'''
            ' WHERE derived LIKE ''%%"denied_by":%%'' AND derived NOT LIKE ''%%"denied_by":0%%'''
            ' AND NOT (derived LIKE ''%%"asserted_by":0%%'' AND derived LIKE ''%%"documents":0%%'')',
            part
        );
    END LOOP;
END
$$;

CREATE INDEX events_disputed_on ON events USING gin (disputed_on) WHERE disputed_on IS NOT NULL;

SELECT keep_history('events');

-- The rest is derived as soon as the service starts (`models/derived/catching_up.py`), and stands
-- from then on.
CREATE TABLE disputes_due (
    event_id    uuid CONSTRAINT disputes_due_pkey PRIMARY KEY
);
INSERT INTO disputes_due (event_id)
SELECT DISTINCT event_id FROM (
    SELECT event_id FROM claims
    WHERE event_id IS NOT NULL AND aspect <> 'occurrence' AND stance IN ('asserts', 'denies')
    GROUP BY event_id, aspect HAVING count(*) > 1
    UNION ALL
    SELECT event_id FROM claims
    WHERE event_id IS NOT NULL AND aspect = 'occurrence' AND stance = 'denies'
) AS due;

-- Who takes part as what is read from the key alone, event by event: for networks and dyads.
DROP VIEW past.participants, participants_ever;
ALTER TABLE participants
    DROP CONSTRAINT participants_pkey,
    ADD CONSTRAINT participants_pkey
        PRIMARY KEY (event_id, position) INCLUDE (actor_id, role);
SELECT keep_history('participants');
