-- The six resources. A record's JSON text stands in `body` (without its last brace) and `derived`
-- (what changes without the record being edited, and the brace); the other columns are for finding.

CREATE TABLE keys (
    id          uuid CONSTRAINT keys_pkey PRIMARY KEY,
    name        text NOT NULL,
    digest      bytea NOT NULL CONSTRAINT keys_digest UNIQUE,  -- SHA-256 of the secret
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at  timestamptz
);

CREATE TABLE answers (  -- what a POST with an Idempotency-Key was answered
    key_id      uuid NOT NULL,  -- the nil UUID: written without a key
    name        text NOT NULL,
    request     bytea NOT NULL,  -- SHA-256 of what was sent
    status      integer,
    headers     text,
    body        text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT answers_pkey PRIMARY KEY (key_id, name)
);
CREATE INDEX answers_age ON answers (created_at);

CREATE TABLE bundles (  -- ids that the records of a bundle without external ids were given
    digest      bytea CONSTRAINT bundles_pkey PRIMARY KEY,  -- SHA-256 of the bundle
    ids         text NOT NULL
);

CREATE TABLE external_ids (
    external_id text NOT NULL,  -- scheme:value
    resource    text NOT NULL,
    dataset     text NOT NULL,
    id          text NOT NULL,
    CONSTRAINT external_ids_pkey PRIMARY KEY (external_id, resource, dataset)
);
CREATE INDEX external_ids_record ON external_ids (id, resource);

CREATE TABLE datasets (
    id          text CONSTRAINT datasets_pkey PRIMARY KEY,
    version     integer NOT NULL,
    dataset     text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,  -- since when this row has stood
    key_id      uuid,                  -- which key made this version
    tags        text[] NOT NULL,
    refers_to   uuid[] NOT NULL,       -- every id in the record
    retracted   boolean NOT NULL DEFAULT false,
    withdrawn   boolean NOT NULL DEFAULT false,
    derivations integer NOT NULL DEFAULT 0,
    derived     text NOT NULL,
    body        text NOT NULL
);
CREATE INDEX datasets_created ON datasets (created_at, id);

CREATE TABLE documents (
    id           uuid CONSTRAINT documents_pkey PRIMARY KEY,
    version      integer NOT NULL,
    dataset      text NOT NULL CONSTRAINT documents_dataset REFERENCES datasets,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    key_id       uuid,
    tags         text[] NOT NULL,
    refers_to    uuid[] NOT NULL,
    retracted    boolean NOT NULL DEFAULT false,
    withdrawn    boolean NOT NULL DEFAULT false,
    derivations  integer NOT NULL DEFAULT 0,
    derived      text NOT NULL,
    body         text NOT NULL,
    full_text    text,
    publisher_id uuid,
    kind         text,
    language     text,
    url          text,
    text_sha256  text,
    starts_on    date NOT NULL,
    ends_on      date NOT NULL
);
CREATE INDEX documents_newest ON documents (starts_on DESC, id DESC);
CREATE INDEX documents_created ON documents (created_at, id);
CREATE INDEX documents_dataset ON documents (dataset, starts_on DESC, id DESC);
CREATE INDEX documents_publisher ON documents (publisher_id, starts_on DESC, id DESC);
CREATE INDEX documents_url ON documents (url);
CREATE INDEX documents_text ON documents (text_sha256);
CREATE INDEX documents_tags ON documents USING gin (tags);
CREATE INDEX documents_refers_to ON documents USING gin (refers_to);

CREATE TABLE actors (
    id          uuid CONSTRAINT actors_pkey PRIMARY KEY,
    version     integer NOT NULL,
    dataset     text NOT NULL CONSTRAINT actors_dataset REFERENCES datasets,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    key_id      uuid,
    tags        text[] NOT NULL,
    refers_to   uuid[] NOT NULL,
    retracted   boolean NOT NULL DEFAULT false,
    withdrawn   boolean NOT NULL DEFAULT false,
    derivations integer NOT NULL DEFAULT 0,
    derived     text NOT NULL,
    body        text NOT NULL,
    name        text NOT NULL COLLATE "C",
    names       text[] NOT NULL,  -- all of them, in lower case
    kind        text,
    sector      text,
    country     text
);
CREATE INDEX actors_created ON actors (created_at, id);
CREATE INDEX actors_dataset ON actors (dataset, created_at, id);
CREATE INDEX actors_name ON actors (name, id);
CREATE INDEX actors_names ON actors USING gin (names);
CREATE INDEX actors_country ON actors (country, created_at, id);
CREATE INDEX actors_tags ON actors USING gin (tags);
CREATE INDEX actors_refers_to ON actors USING gin (refers_to);

CREATE TABLE affiliations (
    actor_id    uuid NOT NULL CONSTRAINT affiliations_actor REFERENCES actors ON DELETE CASCADE,
    position    smallint NOT NULL,
    of_id       uuid NOT NULL,
    role        text NOT NULL,
    starts_on   date NOT NULL,  -- not known: '-infinity', so that it may have held at any time
    ends_on     date NOT NULL,  -- not known, or open: 'infinity'
    CONSTRAINT affiliations_pkey PRIMARY KEY (actor_id, position)
);
CREATE INDEX affiliations_of ON affiliations (of_id, role, actor_id);

CREATE TABLE locations (
    id          uuid CONSTRAINT locations_pkey PRIMARY KEY,
    version     integer NOT NULL,
    dataset     text NOT NULL CONSTRAINT locations_dataset REFERENCES datasets,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    key_id      uuid,
    tags        text[] NOT NULL,
    refers_to   uuid[] NOT NULL,
    retracted   boolean NOT NULL DEFAULT false,
    withdrawn   boolean NOT NULL DEFAULT false,
    derivations integer NOT NULL DEFAULT 0,
    derived     text NOT NULL,
    body        text NOT NULL,
    name        text NOT NULL COLLATE "C",
    names       text[] NOT NULL,
    kind        text,
    parent_id   uuid,
    borders     uuid[] NOT NULL,
    own_country text,                         -- as recorded
    country     text,                         -- derived: its own, or that of what it lies in
    ancestors   uuid[] NOT NULL DEFAULT '{}', -- derived: what it lies in, the nearest first
    point       point,
    extent      box                           -- of its geometry and point
);
CREATE INDEX locations_created ON locations (created_at, id);
CREATE INDEX locations_dataset ON locations (dataset, created_at, id);
CREATE INDEX locations_name ON locations (name, id);
CREATE INDEX locations_names ON locations USING gin (names);
CREATE INDEX locations_parent ON locations (parent_id);
CREATE INDEX locations_country ON locations (country, created_at, id);
CREATE INDEX locations_ancestors ON locations USING gin (ancestors);
CREATE INDEX locations_borders ON locations USING gin (borders);
CREATE INDEX locations_extent ON locations USING gist (extent);
CREATE INDEX locations_point ON locations USING gist (point);
CREATE INDEX locations_tags ON locations USING gin (tags);
CREATE INDEX locations_refers_to ON locations USING gin (refers_to);

CREATE TABLE events (
    id              uuid CONSTRAINT events_pkey PRIMARY KEY,
    version         integer NOT NULL,
    dataset         text NOT NULL CONSTRAINT events_dataset REFERENCES datasets,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    key_id          uuid,
    tags            text[] NOT NULL,
    refers_to       uuid[] NOT NULL,
    retracted       boolean NOT NULL DEFAULT false,
    withdrawn       boolean NOT NULL DEFAULT false,
    derivations     integer NOT NULL DEFAULT 0,
    derived         text NOT NULL,
    body            text NOT NULL,
    type            text NOT NULL,
    mode            text,
    modality        text NOT NULL,
    verification    text,
    codes           text[] NOT NULL,  -- scheme:code
    status          text NOT NULL,    -- derived: attestation
    starts_on       date NOT NULL,    -- '-infinity': open, or not known
    ends_on         date NOT NULL,    -- 'infinity': open; '-infinity': no date at all
    location_id     uuid,
    country         text,             -- derived from the location, as are point and extent
    point           point,
    extent          box,
    part_of_id      uuid,
    fatalities      integer NOT NULL, -- to sort by: the best estimate, -1 where not known
    fatalities_low  integer,          -- the best estimate, or else the lowest
    fatalities_high integer           -- the best estimate, or else the highest
);
CREATE INDEX events_newest ON events (starts_on DESC, id DESC);
CREATE INDEX events_ends ON events (ends_on DESC, id DESC);
CREATE INDEX events_created ON events (created_at, id);
CREATE INDEX events_updated ON events (updated_at, id);
CREATE INDEX events_dataset ON events (dataset, starts_on DESC, id DESC);
CREATE INDEX events_country_type ON events (country, type, starts_on DESC, id DESC);
CREATE INDEX events_type ON events (type, starts_on DESC, id DESC);
CREATE INDEX events_status ON events (status, starts_on DESC, id DESC);
CREATE INDEX events_fatalities ON events (fatalities DESC, id DESC);
CREATE INDEX events_location ON events (location_id);
CREATE INDEX events_part_of ON events (part_of_id, starts_on DESC, id DESC);
CREATE INDEX events_codes ON events USING gin (codes);
CREATE INDEX events_extent ON events USING gist (extent);
CREATE INDEX events_point ON events USING gist (point);
CREATE INDEX events_tags ON events USING gin (tags);
CREATE INDEX events_refers_to ON events USING gin (refers_to);

CREATE TABLE participants (
    event_id    uuid NOT NULL CONSTRAINT participants_event REFERENCES events ON DELETE CASCADE,
    position    smallint NOT NULL,
    actor_id    uuid,
    role        text NOT NULL,
    starts_on   date NOT NULL,  -- copied from the event
    CONSTRAINT participants_pkey PRIMARY KEY (event_id, position)
);
CREATE INDEX participants_actor ON participants (actor_id, starts_on DESC, event_id DESC);

CREATE TABLE event_places (  -- its locations, and everything that they lie in
    event_id    uuid NOT NULL CONSTRAINT event_places_event REFERENCES events ON DELETE CASCADE,
    location_id uuid NOT NULL,
    starts_on   date NOT NULL,
    named       boolean NOT NULL,  -- by the event itself, not only around such a place
    CONSTRAINT event_places_pkey PRIMARY KEY (event_id, location_id)
);
CREATE INDEX event_places_location ON event_places (location_id, starts_on DESC, event_id DESC);

CREATE TABLE mentions (
    event_id    uuid NOT NULL CONSTRAINT mentions_event REFERENCES events ON DELETE CASCADE,
    position    smallint NOT NULL,
    document_id uuid NOT NULL,
    CONSTRAINT mentions_pkey PRIMARY KEY (event_id, position)
);
CREATE INDEX mentions_document ON mentions (document_id, event_id);

CREATE TABLE statements (
    id              uuid CONSTRAINT statements_pkey PRIMARY KEY,
    version         integer NOT NULL,
    dataset         text NOT NULL CONSTRAINT statements_dataset REFERENCES datasets,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    key_id          uuid,
    tags            text[] NOT NULL,
    refers_to       uuid[] NOT NULL,
    retracted       boolean NOT NULL DEFAULT false,
    withdrawn       boolean NOT NULL DEFAULT false,
    derivations     integer NOT NULL DEFAULT 0,
    derived         text NOT NULL,
    body            text NOT NULL,
    act             text NOT NULL,
    form            text NOT NULL,
    medium          text,
    hedged          boolean NOT NULL,
    quote_verified  boolean,
    starts_on       date NOT NULL,
    ends_on         date NOT NULL,
    speaker_id      uuid,
    on_behalf_of_id uuid,
    document_id     uuid,
    location_id     uuid
);
CREATE INDEX statements_newest ON statements (starts_on DESC, id DESC);
CREATE INDEX statements_created ON statements (created_at, id);
CREATE INDEX statements_dataset ON statements (dataset, starts_on DESC, id DESC);
CREATE INDEX statements_act ON statements (act, starts_on DESC, id DESC);
CREATE INDEX statements_speaker ON statements (speaker_id, starts_on DESC, id DESC);
CREATE INDEX statements_on_behalf_of ON statements (on_behalf_of_id, starts_on DESC, id DESC);
CREATE INDEX statements_document ON statements (document_id, starts_on DESC, id DESC);
CREATE INDEX statements_location ON statements (location_id, starts_on DESC, id DESC);
CREATE INDEX statements_tags ON statements USING gin (tags);
CREATE INDEX statements_refers_to ON statements USING gin (refers_to);

CREATE TABLE listeners (  -- whom a statement was said to, and who carried it on
    statement_id uuid NOT NULL CONSTRAINT listeners_statement REFERENCES statements ON DELETE CASCADE,
    position     smallint NOT NULL,
    actor_id     uuid NOT NULL,
    part         text NOT NULL,  -- addressee, carrier
    CONSTRAINT listeners_pkey PRIMARY KEY (statement_id, part, position)
);
CREATE INDEX listeners_actor ON listeners (actor_id, part, statement_id);

CREATE TABLE claims (  -- what attestation counts
    event_id     uuid NOT NULL,
    statement_id uuid NOT NULL CONSTRAINT claims_statement REFERENCES statements ON DELETE CASCADE,
    position     smallint NOT NULL,
    stance       text NOT NULL,
    aspect       text NOT NULL,
    narrated     boolean NOT NULL,  -- in the document's own voice
    origin       uuid NOT NULL,     -- whom it counts under
    words        uuid NOT NULL,     -- the same for the same words of unnamed speakers
    document_id  uuid,
    CONSTRAINT claims_pkey PRIMARY KEY (event_id, statement_id, position)
);
CREATE INDEX claims_statement ON claims (statement_id);
CREATE INDEX claims_document ON claims (document_id, event_id);

CREATE FUNCTION great_circle(a point, b point) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- Kilometres between two points (longitude, latitude) on a sphere of the mean radius of the
    -- earth (IUGG: 6371.0088 km), by the haversine formula.
    RETURN 2 * 6371.0088 * asin(least(1, sqrt(
        sin(radians((b)[1] - (a)[1]) / 2) ^ 2
        + cos(radians((a)[1])) * cos(radians((b)[1])) * sin(radians((b)[0] - (a)[0]) / 2) ^ 2)));
