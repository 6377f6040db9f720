-- Names are sorted by a key that the service makes (`models/names/sorting.py`), whatever collation
-- there is; and what is derived from names is derived anew where its rules have changed. Both is done
-- by `models/store/backfill.py`, after the migrations.

ALTER TABLE actors ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE actors_history ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE locations ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE locations_history ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT '';

DROP INDEX actors_name, actors_history_name, locations_name, locations_history_name;
CREATE INDEX actors_sort_key ON actors (sort_key, id);
CREATE INDEX locations_sort_key ON locations (sort_key, id);

CREATE TABLE derived_names (
    resource    text CONSTRAINT derived_names_pkey PRIMARY KEY,
    version     integer NOT NULL,  -- of the rules by which its names are derived
    after       uuid               -- those up to this id are; null when all are
);
INSERT INTO derived_names (resource, version) VALUES ('actors', 0), ('locations', 0);

SELECT keep_history(name) FROM unnest(ARRAY['actors', 'locations']) AS name;
