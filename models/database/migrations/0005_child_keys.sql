-- The key of a record's parts begins with the record's id, as in all other tables of parts: those of
-- one record lie together, and are found without an index of their own.

ALTER TABLE claims DROP CONSTRAINT claims_pkey;
ALTER TABLE claims ADD CONSTRAINT claims_pkey PRIMARY KEY (statement_id, position);
DROP INDEX claims_statement;

ALTER TABLE claims_history DROP CONSTRAINT claims_history_pkey;
ALTER TABLE claims_history
    ADD CONSTRAINT claims_history_pkey PRIMARY KEY (statement_id, position, recorded_at);
DROP INDEX claims_history_statement;
