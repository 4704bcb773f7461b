-- A link to photos.
INSERT INTO share (token_hash, owner, kind, photo_ids, query, strictness, title, password, facts,
                   originals, expires_at)
VALUES (%(token_hash)s, %(owner)s, %(kind)s, %(photos)s, %(query)s, %(strictness)s, %(title)s,
        %(password)s, %(facts)s, %(originals)s, now() + make_interval(days => %(days)s))
RETURNING share_id
