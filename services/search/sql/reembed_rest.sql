-- No model answers queries: only while another one takes over in the same transaction.
UPDATE embedding_model SET active = false, activated_at = coalesce(activated_at, created_at)
WHERE active
