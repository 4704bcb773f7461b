-- Where a photo lies that is not kept: in geometry, mood and colour, as for one that is.
SELECT composition_of(%(techniques)s::jsonb, %(evidence)s::jsonb, %(ratio)s)::text AS composition,
       (SELECT point(round(coalesce(sum(sure * coalesce(said.valence, m.valence)) / sum(sure),
                                    (%(feeling)s::point)[0])::numeric, 2)::float8,
                     round(coalesce(sum(sure * coalesce(said.energy, m.energy)) / sum(sure),
                                    (%(feeling)s::point)[1])::numeric, 2)::float8)::text
        FROM jsonb_to_recordset(%(moods)s::jsonb)
             AS said (text text, sure float8, valence float8, energy float8)
        LEFT JOIN mood_place m USING (text)
        WHERE sure > 0 AND coalesce(said.valence, m.valence) IS NOT NULL) AS mood,
       (SELECT array_agg(weight ORDER BY number)::halfvec::text
        FROM colours_of(%(palette)s::jsonb)) AS colour
