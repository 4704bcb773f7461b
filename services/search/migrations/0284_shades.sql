-- Grass, leaves and firs are darker and duller than the green of paint, and so lay nearer to olive or
-- black; olive itself is a dark yellow, and reaches further down than its one place did. So does
-- purple, whose darkest shades were called navy.
INSERT INTO colour_shade
SELECT number, s.l, s.a, s.b
FROM (VALUES ('green', 30, -14, 20), ('green', 45, -22, 32), ('green', 62, -28, 44),
             ('olive', 28, -5, 32), ('purple', 11, 25, -22), ('pink', 33, 24, -3)) AS s (name, l, a, b)
JOIN colour USING (name);

-- What was olive may be green, and navy purple. (Of what was black, a new look says so.)
SELECT show_photos(array_agg(photo_id)) FROM photo_facts WHERE facts -> 'k' ?| ARRAY['olive', 'navy'];
