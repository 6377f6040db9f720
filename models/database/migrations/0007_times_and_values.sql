-- Times of day: a date is kept as it was written, and its days have columns. Where a question has a
-- time as well, the two are compared as instants.

CREATE FUNCTION instant(written text) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- The instant of a date that has a time and an offset; null for any other.
    AS $$
    SELECT CASE WHEN written ~ 'T.*(Z|[+-][0-9]{2}(:[0-9]{2})?)$' THEN written::timestamptz END
$$;

CREATE FUNCTION first_instant(written text) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- The instant at which a date or an interval begins, if it is known.
    AS $$ SELECT instant(split_part(written, '/', 1)) $$;

CREATE FUNCTION last_instant(written text) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- The instant at which a date or an interval ends, if it is known.
    AS $$ SELECT instant(split_part(written, '/', CASE WHEN written LIKE '%/%' THEN 2 ELSE 1 END)) $$;

-- What is claimed: statements are found by it. Of bounds, it is the best number.

DROP VIEW past.claims, claims_ever;
ALTER TABLE claims ADD COLUMN value text;
ALTER TABLE claims_history ADD COLUMN value text;

CREATE FUNCTION pg_temp.claimed(body text, place smallint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(value #>> '{best}', CASE WHEN json_typeof(value) <> 'object' THEN value #>> '{}' END)
    FROM (SELECT body::json -> 'claims' -> place::integer -> 'value') AS claim (value)
$$;

UPDATE claims SET value = pg_temp.claimed(statements.body || statements.derived, claims.position)
FROM statements WHERE statements.id = claims.statement_id AND claims.aspect <> 'occurrence';

UPDATE claims_history
SET value = pg_temp.claimed(old.body || old.derived, claims_history.position)
FROM statements_ever AS old
WHERE old.id = claims_history.statement_id AND claims_history.aspect <> 'occurrence'
    AND old.recorded_at <= claims_history.recorded_at
    AND old.superseded_at > claims_history.recorded_at;

CREATE INDEX claims_value ON claims (value, starts_on DESC, statement_id DESC)
    WHERE value IS NOT NULL;

SELECT keep_history('claims');
