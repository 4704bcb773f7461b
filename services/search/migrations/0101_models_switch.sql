-- When a model began to answer queries: the way back is the one before.
ALTER TABLE embedding_model ADD COLUMN activated_at timestamptz;
UPDATE embedding_model SET activated_at = created_at WHERE active;
