-- The order of time without asking the photo's own row, and what a person said a photo is not:
-- weaker words for the same thing do not stand in for a rejected one.
ALTER TABLE photo_facts ADD COLUMN at timestamp NOT NULL DEFAULT '-infinity';
-- A place on the map of moods; the index knows who lies nearest.
ALTER TABLE photo_facts ADD COLUMN mood point;
CREATE INDEX photo_facts_mood ON photo_facts USING gist (mood);
CREATE INDEX photo_facts_newest ON photo_facts (owner, at DESC, photo_id);

CREATE OR REPLACE FUNCTION show_photos(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_traits(photo_ids);
    WITH gone AS (
        DELETE FROM photo_facts f
        WHERE photo_id = ANY (photo_ids)
          AND NOT EXISTS (SELECT FROM photo p WHERE p.photo_id = f.photo_id
                          AND p.applied_generation > 0
                          AND p.status NOT IN ('receiving', 'deleting', 'deleted'))
        RETURNING owner, tags
    )
    INSERT INTO tag_use_change (owner, gained, lost) SELECT owner, '{}', tags FROM gone;
    WITH had AS MATERIALIZED (
        SELECT photo_id, tags FROM photo_facts WHERE photo_id = ANY (photo_ids)
    ), now AS (
        INSERT INTO photo_facts (photo_id, owner, tags, sure, facts, words, composition, colours,
                                 print_bits, print_keys, at, mood)
        SELECT s.photo_id, s.owner, s.tags, s.sure,
               s.facts || jsonb_strip_nulls(jsonb_build_object('no', (
                   SELECT jsonb_agg(tag_id) FROM tag_edit e
                   WHERE e.photo_id = s.photo_id AND verdict = 'rejected'))),
               s.words, s.composition, s.colours, s.print_bits, s.print_keys,
               coalesce(p.taken_at, p.created_at AT TIME ZONE 'UTC'),
               CASE WHEN s.facts ?& '{v,e}'
                    THEN point((s.facts -> 'v')::float8, (s.facts -> 'e')::float8) END
        FROM photo_seen s
        JOIN photo p USING (photo_id)
        WHERE photo_id = ANY (photo_ids)
        ON CONFLICT (photo_id) DO UPDATE
        SET tags = excluded.tags, sure = excluded.sure, facts = excluded.facts,
            words = excluded.words, composition = excluded.composition, colours = excluded.colours,
            print_bits = excluded.print_bits, print_keys = excluded.print_keys, at = excluded.at,
            mood = excluded.mood
        RETURNING photo_id, owner, tags
    )
    INSERT INTO tag_use_change (owner, gained, lost)
    SELECT owner, gained, lost
    FROM now LEFT JOIN had USING (photo_id)
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT unnest(now.tags) EXCEPT SELECT unnest(had.tags)) AS gained,
               ARRAY(SELECT unnest(had.tags) EXCEPT SELECT unnest(now.tags)) AS lost
    ) AS moved
    WHERE gained <> '{}' OR lost <> '{}';
    PERFORM find_twins(photo_ids);
END $$;
SELECT show_photos(array_agg(photo_id)) FROM photo_facts;
