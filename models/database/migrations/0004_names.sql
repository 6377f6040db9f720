-- Names as they are compared: in ASCII, and by what they sound like. `models/names.py` derives them;
-- `attest migrate` does so for records that stood before.

CREATE EXTENSION IF NOT EXISTS pg_trgm;  -- trusted: whoever owns the database may create it

CREATE TABLE actor_names (
    actor_id    uuid NOT NULL CONSTRAINT actor_names_actor REFERENCES actors ON DELETE CASCADE,
    position    smallint NOT NULL,
    plain       text NOT NULL,   -- in small letters of ASCII, its words with blanks between
    sounds      text[] NOT NULL, -- the keys it is found by
    CONSTRAINT actor_names_pkey PRIMARY KEY (actor_id, position)
);
CREATE INDEX actor_names_plain ON actor_names USING gin (plain gin_trgm_ops);
CREATE INDEX actor_names_sounds ON actor_names USING gin (sounds);

CREATE TABLE location_names (
    location_id uuid NOT NULL
        CONSTRAINT location_names_location REFERENCES locations ON DELETE CASCADE,
    position    smallint NOT NULL,
    plain       text NOT NULL,
    sounds      text[] NOT NULL,
    CONSTRAINT location_names_pkey PRIMARY KEY (location_id, position)
);
CREATE INDEX location_names_plain ON location_names USING gin (plain gin_trgm_ops);
CREATE INDEX location_names_sounds ON location_names USING gin (sounds);

-- Names as they are written are found by what they are compared by.
DROP INDEX actors_names;
DROP INDEX actors_history_names;
DROP INDEX locations_names;
DROP INDEX locations_history_names;

SELECT keep_history(name) FROM unnest(ARRAY['actor_names', 'location_names']) AS name;
