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
