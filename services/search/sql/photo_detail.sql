-- Everything known of one photo.
SELECT photo_id AS id, status, applied_generation, generation, blob_generation, filename, width,
       height, taken_at, created_at AS uploaded_at, thumbhash, swatches, caption, reason_code,
       reason_text, next_at, content_type, bytes, sha256, exif, tagger, embedder, cost, attempts,
       local_only,
       -- What the eyes only guess, likeliest first: as in show_photos, not what was said of.
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'kind', kind, 'text', text, 'confidence', percent / 100.0)
                   ORDER BY percent DESC, text, kind), '[]')
        FROM unnest(guesses, guessed) AS guess (tag_id, percent)
        JOIN tag USING (tag_id)
        WHERE NOT EXISTS (SELECT FROM photo_tag said
                          WHERE said.photo_id = photo.photo_id AND said.tag_id = guess.tag_id)
          AND NOT EXISTS (SELECT FROM tag_edit said
                          WHERE said.photo_id = photo.photo_id AND said.tag_id = guess.tag_id)
       ) AS guesses
FROM photo
WHERE photo_id = %(photo_id)s AND owner = %(owner)s
  AND status NOT IN ('receiving', 'deleting', 'deleted')
