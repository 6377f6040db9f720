-- How far a place lies that has no point: by its geometry, which is its edges and what they enclose.

CREATE FUNCTION geometry_distance(geometry jsonb, centre point) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    -- Kilometres between a point (longitude, latitude) and the nearest one of a geometry (GeoJSON),
    -- on the sphere of `great_circle`; 0 inside a polygon. An edge is straight in longitude and
    -- latitude (RFC 7946, section 3.1.1), so it is taken in pieces of at most half a degree.
    AS $$
    WITH parts (part, kind, coordinates) AS (
        SELECT row_number() OVER (), whole ->> 'type', whole -> 'coordinates'
        FROM jsonb_array_elements(
            coalesce(geometry -> 'geometries', jsonb_build_array(geometry))
        ) AS whole
    ),
    polygons (part, polygon, coordinates) AS (
        SELECT part, 1, coordinates FROM parts WHERE kind = 'Polygon'
        UNION ALL
        SELECT part, number, polygon
        FROM parts, jsonb_array_elements(coordinates) WITH ORDINALITY AS each (polygon, number)
        WHERE kind = 'MultiPolygon'
    ),
    lines (part, polygon, line, positions) AS (  -- what is no polygon's has none
        SELECT part, polygon, number, ring
        FROM polygons, jsonb_array_elements(coordinates) WITH ORDINALITY AS each (ring, number)
        UNION ALL
        SELECT part, NULL, number, line
        FROM parts, jsonb_array_elements(coordinates) WITH ORDINALITY AS each (line, number)
        WHERE kind = 'MultiLineString'
        UNION ALL
        SELECT part, NULL, 1, coordinates FROM parts WHERE kind = 'LineString'
        UNION ALL
        SELECT part, NULL, 1, jsonb_build_array(coordinates) FROM parts WHERE kind = 'Point'
        UNION ALL
        SELECT part, NULL, number, jsonb_build_array(position_)
        FROM parts, jsonb_array_elements(coordinates) WITH ORDINALITY AS each (position_, number)
        WHERE kind = 'MultiPoint'
    ),
    vertices AS (
        SELECT
            part, polygon, line, number,
            (at ->> 0)::float8 AS east, (at ->> 1)::float8 AS north
        FROM lines, jsonb_array_elements(positions) WITH ORDINALITY AS each (at, number)
    ),
    edges AS (
        SELECT
            part, polygon, number, east, north,
            coalesce(lead(east) OVER line_, east) - east AS wide,
            coalesce(lead(north) OVER line_, north) - north AS high
        FROM vertices
        WINDOW line_ AS (PARTITION BY part, polygon, line ORDER BY number)
    ),
    enclosing AS (  -- a line to the east of the point crosses its edges an odd number of times
        SELECT FROM edges
        WHERE polygon IS NOT NULL AND (north > centre[1]) <> (north + high > centre[1])
            AND centre[0] < east + wide * (centre[1] - north) / high
        GROUP BY part, polygon HAVING count(*) % 2 = 1
    ),
    pieces AS (
        SELECT
            east + wide * piece / count AS east, north + high * piece / count AS north,
            wide / count AS wide, high / count AS high,
            cos(radians(north + high * piece / count)) AS shrink
        FROM edges,
            LATERAL (SELECT greatest(ceil(2 * greatest(abs(wide), abs(high))), 1)) AS cut (count),
            generate_series(0, count::integer - 1) AS piece
    ),
    nearest AS (
        SELECT
            east, north, wide, high,  -- how far along the piece its nearest point lies
            least(greatest(coalesce(
                (away * wide * shrink * shrink + (centre[1] - north) * high)
                / nullif(wide * wide * shrink * shrink + high * high, 0), 0), 0), 1) AS along
        FROM pieces,
            LATERAL (SELECT centre[0] - east - 360 * round((centre[0] - east) / 360)) AS side (away)
    )
    SELECT CASE
        WHEN EXISTS (SELECT FROM enclosing) THEN 0
        ELSE min(great_circle(point(east + wide * along, north + high * along), centre))
    END
    FROM nearest
    $$;

-- An event whose place has both is found by the extent in a box, and by the point in a circle.
UPDATE event_cells SET at = locations.point
FROM events JOIN locations ON locations.id = events.location_id
WHERE events.id = event_cells.event_id AND event_cells.at IS NULL AND locations.point IS NOT NULL;
