-- Where a photo as a whole lies.
INSERT INTO photo_vector (model_id, photo_id, owner, embedding)
VALUES (%(model_id)s, %(photo_id)s, %(owner)s, %(vector)s::halfvec)
ON CONFLICT (model_id, photo_id) DO UPDATE SET embedding = excluded.embedding
