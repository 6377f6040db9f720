-- In which form the texts of a resource's records are stored (`models/store/rebuilding.py`), so that
-- records of an earlier version can be brought to that of this one beside a running service.

CREATE TABLE stored_forms (
    resource    text CONSTRAINT stored_forms_pkey PRIMARY KEY,
    form        integer NOT NULL,
    after       text  -- records up to this id are in this form, the others in an earlier one
);
INSERT INTO stored_forms (resource, form)
SELECT resource, CASE WHEN EXISTS (SELECT FROM datasets) THEN 1 ELSE 2 END
FROM unnest(ARRAY['datasets', 'documents', 'actors', 'locations', 'events', 'statements']) AS resource;

-- Events to which an event is related: with the index of all references, they are found both ways.
DROP VIEW past.events, events_ever;
ALTER TABLE events ADD COLUMN related uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE events_history ADD COLUMN related uuid[] NOT NULL DEFAULT '{}';
UPDATE events SET related = ARRAY(
    SELECT (relation ->> 'event_id')::uuid
    FROM jsonb_array_elements((body || derived)::jsonb -> 'related') AS relation
) WHERE body LIKE '%"related":[{%';
UPDATE events_history SET related = ARRAY(
    SELECT (relation ->> 'event_id')::uuid
    FROM jsonb_array_elements((body || derived)::jsonb -> 'related') AS relation
) WHERE body LIKE '%"related":[{%';
SELECT keep_history('events');

-- A release may be one of a single dataset.
ALTER TABLE releases ADD COLUMN dataset text;
UPDATE releases SET body = left(body, -1) || ',"dataset":null}';
