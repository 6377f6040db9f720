-- Harm, evidence by its hash, and how reliable sources are.

-- How many of whom were harmed: the entries of `casualties`, and `fatalities` as those killed in all.
CREATE TABLE casualties (
    event_id    uuid NOT NULL CONSTRAINT casualties_event REFERENCES events ON DELETE CASCADE,
    position    smallint NOT NULL,   -- -1: `fatalities`
    kind        text NOT NULL,
    number      integer,             -- the best estimate, or else the lowest
    begins      timestamp NOT NULL,  -- copied from the event
    recorded_at timestamptz NOT NULL,
    CONSTRAINT casualties_pkey PRIMARY KEY (event_id, position)
);
CREATE INDEX casualties_kind ON casualties (kind, begins DESC, event_id DESC);
CREATE INDEX casualties_number ON casualties (number) WHERE number > 0;
SELECT keep_history('casualties');

INSERT INTO casualties (event_id, position, kind, number, begins, recorded_at)
SELECT id, -1, 'killed', fatalities_low, begins, recorded_at FROM events
WHERE (fatalities_low IS NOT NULL OR fatalities_high IS NOT NULL) AND NOT withdrawn;

INSERT INTO casualties_history
    (superseded_at, event_id, position, kind, number, begins, recorded_at)
SELECT superseded_at, id, -1, 'killed', fatalities_low, begins, recorded_at FROM events_history
WHERE (fatalities_low IS NOT NULL OR fatalities_high IS NOT NULL) AND NOT withdrawn;

-- Sources. Until now documents alone were graded.
DROP VIEW past.actors, actors_ever, past.documents, documents_ever;
ALTER TABLE actors ADD COLUMN reliability text;
ALTER TABLE actors_history ADD COLUMN reliability text;
CREATE INDEX actors_reliability ON actors (reliability, created_at, id)
    WHERE reliability IS NOT NULL;

ALTER TABLE documents
    ADD COLUMN reliability text,          -- its own
    ADD COLUMN source_reliability text,   -- derived: its own, or else that of its publisher
    ADD COLUMN files text[] NOT NULL DEFAULT '{}';  -- their SHA-256
ALTER TABLE documents_history
    ADD COLUMN reliability text,
    ADD COLUMN source_reliability text,
    ADD COLUMN files text[] NOT NULL DEFAULT '{}';
DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['documents', 'documents_history'] LOOP
        EXECUTE format(
            'UPDATE %I SET reliability = grade, source_reliability = grade'
            ' FROM (SELECT id AS of, recorded_at AS since,'
            ' (body || derived)::json ->> ''reliability'' AS grade'
            ' FROM %I WHERE body ~ %L) AS graded'
            ' WHERE id = of AND recorded_at = since',
            part, part, '"reliability":"[A-F]"'
        );
        EXECUTE format(
            'UPDATE %I SET kind = ''official'' WHERE kind = ''official_paper''', part
        );
    END LOOP;
END
$$;
CREATE INDEX documents_source_reliability
    ON documents (source_reliability, begins DESC, id DESC) WHERE source_reliability IS NOT NULL;
CREATE INDEX documents_files ON documents USING gin (files) WHERE files <> '{}';

SELECT keep_history(name) FROM unnest(ARRAY['actors', 'documents']) AS name;
