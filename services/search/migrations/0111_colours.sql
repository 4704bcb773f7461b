-- The share of the pixels near each named colour, and the same as a vector of unit length. (A minus
-- binds closer than a power: it made the farthest colours the nearest.)
CREATE OR REPLACE FUNCTION colours_of(palette jsonb)
RETURNS TABLE (number int, name text, amount real, weight float8) LANGUAGE sql STABLE AS $$
    SELECT c.number, c.name,
           coalesce(sum(s.amount) FILTER (WHERE s.place = 1 OR s.distance < 12), 0)::real,
           sqrt(sum(s.amount * s.near / s.all_near))
    FROM (
        SELECT colour.number, (swatch ->> 'amount')::float8 AS amount, d.distance,
               exp(-((d.distance / 18) ^ 2)) + 1e-12 AS near,
               sum(exp(-((d.distance / 18) ^ 2)) + 1e-12) OVER (PARTITION BY n) AS all_near,
               row_number() OVER (PARTITION BY n ORDER BY d.distance) AS place
        FROM jsonb_array_elements(palette) WITH ORDINALITY AS p (swatch, n)
        CROSS JOIN colour
        CROSS JOIN LATERAL (
            SELECT sqrt((.7 * (l - (swatch -> 'lab' ->> 0)::float8)) ^ 2
                        + (a - (swatch -> 'lab' ->> 1)::float8) ^ 2
                        + (b - (swatch -> 'lab' ->> 2)::float8) ^ 2) AS distance
        ) AS d
    ) AS s
    JOIN colour c USING (number)
    GROUP BY c.number, c.name
$$;

SELECT show_photos(array_agg(photo_id)) FROM photo_facts;
