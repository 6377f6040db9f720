-- What is asked across relations: by whom a participant belongs to, where the event of a claim was,
-- of which actor a claim speaks; and the feed of one record.

-- The changes of one record are found in their order.
CREATE INDEX changes_id ON changes (id, position);

-- Affiliations are found in the order of actors.
ALTER TABLE affiliations ADD COLUMN created_at timestamptz;  -- copied from the actor
ALTER TABLE affiliations_history ADD COLUMN created_at timestamptz;
UPDATE affiliations SET created_at = actors.created_at FROM actors
WHERE actors.id = affiliations.actor_id;
UPDATE affiliations_history SET created_at = actors.created_at FROM actors
WHERE actors.id = affiliations_history.actor_id;
ALTER TABLE affiliations ALTER COLUMN created_at SET NOT NULL;
CREATE INDEX affiliations_newest ON affiliations (of_id, created_at, actor_id)
    INCLUDE (role, recorded_at);
DROP INDEX affiliations_of, affiliations_history_of;
CREATE INDEX affiliations_role ON affiliations (role, created_at, actor_id);

-- The actor that a claim names: who did it, or who was harmed.
ALTER TABLE claims ADD COLUMN actor_id uuid;
ALTER TABLE claims_history ADD COLUMN actor_id uuid;
UPDATE claims SET actor_id = value::uuid WHERE aspect = 'responsibility' AND value IS NOT NULL;
UPDATE claims_history SET actor_id = value::uuid
WHERE aspect = 'responsibility' AND value IS NOT NULL;
UPDATE claims
SET actor_id = ((body || derived)::json #>> ARRAY['claims', position::text, 'value', 'actor_id'])::uuid
FROM statements WHERE statements.id = claims.statement_id AND claims.aspect = 'casualties';
UPDATE claims_history
SET actor_id = ((old.body || old.derived)::json
    #>> ARRAY['claims', claims_history.position::text, 'value', 'actor_id'])::uuid
FROM statements_ever AS old
WHERE old.id = claims_history.statement_id AND claims_history.aspect = 'casualties'
    AND old.recorded_at <= claims_history.recorded_at
    AND old.superseded_at > claims_history.recorded_at;
CREATE INDEX claims_actor ON claims (actor_id, begins DESC, statement_id DESC)
    WHERE actor_id IS NOT NULL;

-- A long text is found by its digest, for an index takes none.
UPDATE claims SET value = encode(sha256(convert_to(value, 'UTF8')), 'hex') WHERE length(value) > 500;
UPDATE claims_history SET value = encode(sha256(convert_to(value, 'UTF8')), 'hex')
WHERE length(value) > 500;

-- What has a column of other records beside its order is chosen without a look at its rows.
CREATE INDEX participants_newest ON participants (begins DESC, event_id DESC)
    INCLUDE (actor_id, position, recorded_at);
CREATE INDEX claims_newest ON claims (begins DESC, statement_id DESC)
    INCLUDE (event_id, position, recorded_at);
DROP INDEX statements_newest, statements_history_newest;
CREATE INDEX statements_newest ON statements (begins DESC, id DESC)
    INCLUDE (speaker_id, document_id, location_id, recorded_at);
DROP INDEX events_newest, events_history_newest;
CREATE INDEX events_newest ON events (begins DESC, id DESC) INCLUDE (recorded_at);
-- And as of an instant, until when they stood.
CREATE INDEX events_history_newest ON events_history (begins DESC, id DESC)
    INCLUDE (recorded_at, superseded_at);
CREATE INDEX participants_history_newest ON participants_history (begins DESC, event_id DESC)
    INCLUDE (actor_id, position, recorded_at, superseded_at);
CREATE INDEX claims_history_newest ON claims_history (begins DESC, statement_id DESC)
    INCLUDE (event_id, position, recorded_at, superseded_at);
CREATE INDEX statements_history_newest ON statements_history (begins DESC, id DESC)
    INCLUDE (speaker_id, document_id, location_id, recorded_at, superseded_at);

-- Locations show the country that they lie in, which is found already.
CREATE FUNCTION pg_temp.shown(country text) RETURNS text LANGUAGE sql AS $$
    SELECT ',"derived_country":' || coalesce('"' || country || '"', 'null') || '}'
$$;
UPDATE locations SET derived = pg_temp.shown(country), derivations = derivations + 1
WHERE derived <> pg_temp.shown(country);
UPDATE locations_history SET derived = pg_temp.shown(country), derivations = derivations + 1
WHERE derived <> pg_temp.shown(country);

SELECT keep_history(name)
FROM unnest(ARRAY['affiliations', 'claims', 'events', 'participants', 'statements']) AS name;
