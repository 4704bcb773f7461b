-- Photos that look the same. Sixteen frequencies in four levels are alike in any two landscapes with
-- the sky above: they only find who is worth comparing, by all that a thumbhash holds.
CREATE FUNCTION look_the_same(one text, other text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    a bytea := decode(one, 'base64');
    b bytea := decode(other, 'base64');
    x int; y int; apart int := 0;
BEGIN
    IF length(a) <> length(b) OR length(a) < 6 THEN RETURN false; END IF;
    x := get_byte(a, 0) | get_byte(a, 1) << 8 | get_byte(a, 2) << 16;
    y := get_byte(b, 0) | get_byte(b, 1) << 8 | get_byte(b, 2) << 16;
    -- How light, how yellow and how red as a whole, of 63; how much the light varies, of 31.
    IF abs((x & 63) - (y & 63)) > 4 OR abs((x >> 6 & 63) - (y >> 6 & 63)) > 3
       OR abs((x >> 12 & 63) - (y >> 12 & 63)) > 3 OR abs((x >> 18 & 31) - (y >> 18 & 31)) > 3 THEN
        RETURN false;
    END IF;
    FOR n IN 5..length(a) - 1 LOOP
        x := get_byte(a, n);
        y := get_byte(b, n);
        apart := apart + abs((x & 15) - (y & 15)) + abs((x >> 4) - (y >> 4));
    END LOOP;
    -- On average less than a third of a step of sixteen.
    RETURN apart < .33 * 2 * (length(a) - 5);
EXCEPTION WHEN OTHERS THEN RETURN false;  -- not base64
END $$;

CREATE OR REPLACE FUNCTION find_twins(photo_ids uuid[]) RETURNS void LANGUAGE sql AS $$
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
    ON CONFLICT DO NOTHING
$$;

DELETE FROM photo_twin t
USING photo a, photo b
WHERE a.photo_id = t.photo_id AND b.photo_id = t.twin_id
  AND NOT look_the_same(a.thumbhash, b.thumbhash);
