-- Of some photos, how many came since.
SELECT count(*) FROM photo_facts WHERE photo_id = ANY (%(photo_ids)s) AND seen_at > %(since)s
