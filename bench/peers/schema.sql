-- The same events, normalised as one would design them for these reads: typed columns, small parts
-- of a record as jsonb, and an index for each list. Made from Attest's own texts, so that every
-- member has the value that Attest answers.

CREATE SCHEMA peer;

CREATE TABLE peer.actors AS SELECT actors.id, actors.name FROM actors WHERE NOT actors.withdrawn;
ALTER TABLE peer.actors ADD PRIMARY KEY (id);

CREATE TABLE peer.locations AS
SELECT locations.id, locations.name, locations.country
FROM locations WHERE NOT locations.withdrawn;
ALTER TABLE peer.locations ADD PRIMARY KEY (id);

CREATE TABLE peer.events (
    id                  uuid NOT NULL,
    dataset             text NOT NULL,
    title               text,
    description         text,
    type                text NOT NULL,
    mode                text,
    contexts            text[],
    codes               jsonb,
    modality            text NOT NULL,
    date                text,
    starts_on           date,
    ends_on             date,
    date_precision      text,
    date_text           text,
    date_anchor         text,
    location_id         uuid,
    location_precision  text,
    location_text       text,
    other_locations     jsonb,
    participants_known  boolean NOT NULL,  -- without any: whether there were none, or nobody knows
    fatalities          jsonb,
    casualties          jsonb,
    part_of_id          uuid,
    related             jsonb,
    mentions            jsonb,
    verification        jsonb,
    attestation         jsonb NOT NULL,
    assessments         jsonb NOT NULL
        DEFAULT '{"agree":0,"disagree":0,"unsure":0,"outdated":0}',
    external_ids        jsonb NOT NULL,
    tags                text[] NOT NULL,
    attributes          jsonb NOT NULL,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL,
    retraction          jsonb,
    country             text,
    status              text NOT NULL,
    sorts_on            date NOT NULL      -- starts_on, or '-infinity'
);

INSERT INTO peer.events
SELECT
    record.id, record.dataset, record.title, record.description, record.type, record.mode,
    record.contexts, record.codes, record.modality, record.date, record.starts_on, record.ends_on,
    record.date_precision, record.date_text, record.date_anchor, record.location_id, record.location_precision,
    record.location_text, record.other_locations, record.participants IS NOT NULL,
    record.fatalities, record.casualties, record.part_of_id, record.related, record.mentions, record.verification,
    record.attestation,
    coalesce(record.assessments, '{"agree":0,"disagree":0,"unsure":0,"outdated":0}'), record.external_ids, record.tags, record.attributes, record.created_at,
    record.updated_at, record.version, record.retraction,
    events.country, events.status, events.starts_on
FROM events CROSS JOIN LATERAL jsonb_to_record(
    (events.body || coalesce(events.assessed, '') || events.derived)::jsonb) AS record (
    id uuid, dataset text, title text, description text, type text, mode text, contexts text[],
    codes jsonb, modality text, date text, starts_on date, ends_on date, date_precision text,
    date_text text, date_anchor text, location_id uuid, location_precision text, location_text text,
    other_locations jsonb, participants jsonb, fatalities jsonb, casualties jsonb, part_of_id uuid, related jsonb,
    mentions jsonb, verification jsonb, attestation jsonb, assessments jsonb, external_ids jsonb, tags text[],
    attributes jsonb, created_at timestamptz, updated_at timestamptz, version integer,
    retraction jsonb)
WHERE NOT events.withdrawn;

ALTER TABLE peer.events ADD PRIMARY KEY (id);
ALTER TABLE peer.events
    ADD CONSTRAINT events_location FOREIGN KEY (location_id) REFERENCES peer.locations (id);
CREATE INDEX events_newest ON peer.events (sorts_on DESC, id DESC);
CREATE INDEX events_country ON peer.events (country, sorts_on DESC, id DESC);
CREATE INDEX events_country_type ON peer.events (country, type, sorts_on DESC, id DESC);
CREATE INDEX events_type ON peer.events (type, sorts_on DESC, id DESC);
CREATE INDEX events_status ON peer.events (status, sorts_on DESC, id DESC);

CREATE TABLE peer.participants (
    event_id    uuid NOT NULL,
    position    smallint NOT NULL,
    actor_id    uuid,
    label       text,
    role        text NOT NULL,
    side        text,
    size        jsonb,
    certainty   text,
    note        text,
    sorts_on    date NOT NULL  -- that of the event, so that an actor's newest are read in order
);

INSERT INTO peer.participants
SELECT
    events.id, each.position - 1, taking_part.actor_id, taking_part.label, taking_part.role,
    taking_part.side, taking_part.size, taking_part.certainty, taking_part.note, events.starts_on
FROM events
CROSS JOIN LATERAL (
    -- Parsed once, hence the OFFSET.
    SELECT (events.body || events.derived)::jsonb -> 'participants' AS participants OFFSET 0
) AS record
CROSS JOIN LATERAL jsonb_array_elements(
    CASE jsonb_typeof(record.participants) WHEN 'array' THEN record.participants ELSE '[]' END
) WITH ORDINALITY AS each (participant, position)
CROSS JOIN LATERAL jsonb_to_record(each.participant) AS taking_part (
    actor_id uuid, label text, role text, side text, size jsonb, certainty text, note text)
WHERE NOT events.withdrawn;

ALTER TABLE peer.participants ADD PRIMARY KEY (event_id, position);
ALTER TABLE peer.participants
    ADD CONSTRAINT participants_event FOREIGN KEY (event_id) REFERENCES peer.events (id),
    ADD CONSTRAINT participants_actor FOREIGN KEY (actor_id) REFERENCES peer.actors (id);
CREATE INDEX participants_newest ON peer.participants (actor_id, sorts_on DESC, event_id DESC);

CREATE TABLE peer.event_places (  -- where an event was, and everything around that
    event_id    uuid NOT NULL,
    location_id uuid NOT NULL,
    sorts_on    date NOT NULL
);
INSERT INTO peer.event_places
SELECT event_places.event_id, event_places.location_id, event_places.begins::date FROM event_places;
ALTER TABLE peer.event_places ADD PRIMARY KEY (event_id, location_id);
CREATE INDEX event_places_newest ON peer.event_places (location_id, sorts_on DESC, event_id DESC);
