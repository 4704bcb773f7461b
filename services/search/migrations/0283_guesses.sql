-- What is too doubtful to be told of a photo and may still find it (docs/decisions/0027-guesses.md):
-- tags that it perhaps has, and how likely, in percent. They are no tags: what lists, counts,
-- exports or filters by tags never meets them.
ALTER TABLE photo ADD COLUMN guesses int[], ADD COLUMN guessed smallint[];
-- Packed like what is seen.
ALTER TABLE photo_facts ADD COLUMN guesses bytea NOT NULL DEFAULT '';

-- Facts know all guesses as 'maybe', those that are more likely than not as 'likely' too.
CREATE FUNCTION perhaps(ids int[], percents smallint[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'maybe', jsonb_agg(id), 'likely', jsonb_agg(id) FILTER (WHERE percent >= 50)))
    FROM unnest(ids, percents) AS guess (id, percent)
$$;

-- As in 0250, and the guesses: those of which neither a source nor a person has said anything.
CREATE OR REPLACE FUNCTION show_photos(photo_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM add_traits(photo_ids);
    WITH gone AS (
        DELETE FROM photo_facts f
        WHERE photo_id = ANY (photo_ids)
          AND NOT EXISTS (SELECT FROM photo p WHERE p.photo_id = f.photo_id
                          AND p.applied_generation > 0
                          AND p.status NOT IN ('receiving', 'deleting', 'deleted'))
        RETURNING owner, tags_of(facts) AS tags
    )
    INSERT INTO tag_use_change (owner, gained, lost) SELECT owner, '{}', tags FROM gone;
    WITH had AS MATERIALIZED (
        SELECT photo_id, tags_of(facts) AS tags FROM photo_facts WHERE photo_id = ANY (photo_ids)
    ), now AS (
        INSERT INTO photo_facts (photo_id, owner, seen, guesses, facts, rare, words, composition, colours,
                                 print_bits, print_keys, at, mood)
        SELECT s.photo_id, s.owner,
               packed(s.tags, s.sure, ARRAY(
                   SELECT tag_id::int FROM tag_edit e
                   WHERE e.photo_id = s.photo_id AND verdict = 'rejected')),
               packed(guess.ids, guess.percents, '{}'),
               s.facts - '{name,say,p,c}'::text[] || perhaps(guess.ids, guess.percents),
               rare_of(s.facts), s.words, s.composition, s.colours, s.print_bits, s.print_keys,
               coalesce(p.taken_at, p.created_at AT TIME ZONE 'UTC'),
               CASE WHEN s.facts ?& '{v,e}'
                    THEN point((s.facts -> 'v')::float8, (s.facts -> 'e')::float8) END
        FROM photo_seen s
        JOIN photo p USING (photo_id)
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(tag), '{}') AS ids,
                   coalesce(array_agg(percent), '{}') AS percents
            FROM unnest(p.guesses, p.guessed) AS each (tag, percent)
            WHERE tag <> ALL (s.tags)
              AND NOT EXISTS (SELECT FROM tag_edit e
                              WHERE e.photo_id = s.photo_id AND e.tag_id = tag)
        ) AS guess
        WHERE photo_id = ANY (photo_ids)
        ON CONFLICT (photo_id) DO UPDATE
        SET seen = excluded.seen, guesses = excluded.guesses, facts = excluded.facts, rare = excluded.rare,
            words = excluded.words, composition = excluded.composition, colours = excluded.colours,
            print_bits = excluded.print_bits, print_keys = excluded.print_keys, at = excluded.at,
            mood = excluded.mood
        RETURNING photo_id, owner, tags_of(facts) AS tags
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
ALTER FUNCTION show_photos(uuid[]) SET plan_cache_mode = force_generic_plan;

-- Photos that perhaps have a tag of one of the wants; a path asks for those of one.
CREATE FUNCTION maybe_of(whose text, paths jsonpath[], filter jsonpath, rest jsonpath, most bigint)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT found.photo_id
    FROM unnest(paths) AS wanted (path)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = whose AND f.facts @@ wanted.path AND passes(f.facts, f.rare, filter, rest)
        LIMIT most
    ) AS found;
END $$;

-- Photos with the most of each of some colours. (An arm of a search like the one above; both stand
-- here because a search must be short for its sender to remember it.)
CREATE FUNCTION with_colours(whose text, colours text[], filter jsonpath, rest jsonpath,
                         most bigint)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT found.photo_id
    FROM unnest(colours) AS wanted (colour)
    CROSS JOIN LATERAL (
        SELECT f.photo_id
        FROM photo_facts f
        WHERE f.owner = whose AND passes(f.facts, f.rare, filter, rest)
        ORDER BY f.colours <=> wanted.colour::halfvec
        LIMIT most
    ) AS found;
END $$;
