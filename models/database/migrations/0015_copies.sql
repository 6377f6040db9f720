-- Documents that reprint others; claims about statements; what statements answer, and how credible
-- they are. No record has to be written anew: what is new is null, or read from the body.

ALTER TABLE documents ADD COLUMN copy_of_id uuid;
CREATE INDEX documents_copy_of ON documents (copy_of_id, begins DESC, id DESC)
    WHERE copy_of_id IS NOT NULL;

-- A claim is on an event, or about a statement; few are, so that their index costs others nothing.
ALTER TABLE claims
    ALTER COLUMN event_id DROP NOT NULL,
    ADD COLUMN about_id uuid,
    ADD CONSTRAINT claims_subject CHECK (num_nonnulls(event_id, about_id) = 1);
ALTER TABLE claims_history ALTER COLUMN event_id DROP NOT NULL;
CREATE INDEX claims_about ON claims (about_id, begins DESC, statement_id DESC)
    WHERE about_id IS NOT NULL;

DROP VIEW past.statements, statements_ever;

DO $$
DECLARE
    part text;
BEGIN
    FOREACH part IN ARRAY ARRAY['statements', 'statements_history'] LOOP
        EXECUTE format(
            'ALTER TABLE %I ADD COLUMN responds_to_id uuid, ADD COLUMN credibility smallint', part
        );
        EXECUTE format(
            'UPDATE %I SET responds_to_id = ((body || derived)::json ->> ''responds_to_id'')::uuid,'
            ' credibility = ((body || derived)::json ->> ''credibility'')::smallint', part
        ) || ' WHERE body ~ ''"responds_to_id":"|"credibility":[1-6]''';
    END LOOP;
END
$$;
CREATE INDEX statements_responds_to ON statements (responds_to_id, begins DESC, id DESC)
    WHERE responds_to_id IS NOT NULL;
CREATE INDEX statements_credibility ON statements (credibility, begins DESC, id DESC)
    WHERE credibility IS NOT NULL;

SELECT keep_history(name) FROM unnest(ARRAY['documents', 'statements', 'claims']) AS name;
