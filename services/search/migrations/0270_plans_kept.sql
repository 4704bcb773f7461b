-- Each result makes its photo's facts anew. To plan that took four times as long as to do it, so a
-- connection plans it once, whatever it may think of other queries. As SQL functions these two were
-- planned at every call. (Whoever replaces one of them sets this again: a new body forgets it.)
CREATE OR REPLACE FUNCTION add_traits(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO trait (kind, text)
    SELECT DISTINCT t.kind, t.value
    FROM photo
    CROSS JOIN LATERAL (VALUES ('year', to_char(taken_at, 'YYYY')), ('camera', camera_of(exif)),
                               ('lens', lower(exif ->> 'lens'))) AS t (kind, value)
    WHERE photo_id = ANY (photo_ids) AND t.value IS NOT NULL
      AND NOT EXISTS (SELECT FROM trait WHERE trait.kind = t.kind AND trait.text = t.value)
    ORDER BY t.kind, t.value
    ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION find_twins(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO photo_twin (photo_id, twin_id, owner, distance)
    SELECT f.photo_id, t.photo_id, f.owner, bit_count(f.print_bits # t.print_bits)
    FROM photo_facts f
    JOIN photo_facts t ON t.print_keys && f.print_keys AND t.owner = f.owner
                      AND t.photo_id <> f.photo_id
    JOIN photo a ON a.photo_id = f.photo_id
    JOIN photo b ON b.photo_id = t.photo_id
    WHERE f.photo_id = ANY (photo_ids)
      AND bit_count(f.print_bits # t.print_bits) <= 6
      AND f.colours <=> t.colours < .08
      AND look_the_same(a.thumbhash, b.thumbhash)
    ON CONFLICT DO NOTHING;
END $$;

ALTER FUNCTION add_traits(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION find_twins(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION show_photos(uuid[]) SET plan_cache_mode = force_generic_plan;
