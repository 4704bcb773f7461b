-- A colour has more than one place. To CIE Lab the blue of a screen lies nearer to purple than to the
-- blue of paint, and so the bluest photos were called purple; so were navy and midnight blue.
CREATE TABLE colour_shade (
    number int NOT NULL REFERENCES colour,
    l real NOT NULL, a real NOT NULL, b real NOT NULL
);
INSERT INTO colour_shade
SELECT number, s.l, s.a, s.b
FROM (VALUES ('blue', 33, 68, -98), ('navy', 13, 44, -60), ('purple', 41, 73, -72),
             ('magenta', 60, 98, -61)) AS s (name, l, a, b)
JOIN colour USING (name);

-- The share of the pixels near each named colour, and the same as a vector of unit length.
CREATE OR REPLACE FUNCTION colours_of(palette jsonb)
RETURNS TABLE (number int, name text, amount real, weight float8) LANGUAGE sql STABLE AS $$
    SELECT c.number, c.name,
           coalesce(sum(s.amount) FILTER (WHERE s.place = 1 OR s.distance < 12), 0)::real,
           sqrt(sum(s.amount * s.near / s.all_near))
    FROM (
        SELECT d.number, d.amount, d.distance,
               exp(-((d.distance / 18) ^ 2)) + 1e-12 AS near,
               sum(exp(-((d.distance / 18) ^ 2)) + 1e-12) OVER (PARTITION BY d.n) AS all_near,
               row_number() OVER (PARTITION BY d.n ORDER BY d.distance) AS place
        FROM (
            SELECT n, shade.number, (swatch ->> 'amount')::float8 AS amount,
                   min(sqrt((.7 * (l - (swatch -> 'lab' ->> 0)::float8)) ^ 2
                            + (a - (swatch -> 'lab' ->> 1)::float8) ^ 2
                            + (b - (swatch -> 'lab' ->> 2)::float8) ^ 2)) AS distance
            FROM jsonb_array_elements(palette) WITH ORDINALITY AS p (swatch, n)
            CROSS JOIN (SELECT number, l, a, b FROM colour
                        UNION ALL SELECT number, l, a, b FROM colour_shade) AS shade
            GROUP BY n, swatch, shade.number
        ) AS d
    ) AS s
    JOIN colour c USING (number)
    GROUP BY c.number, c.name
$$;

-- No other colours lost a swatch to these.
SELECT show_photos(array_agg(photo_id)) FROM photo_facts WHERE facts -> 'k' ?| ARRAY['purple', 'magenta'];
