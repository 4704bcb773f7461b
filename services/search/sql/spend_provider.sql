-- How a provider is; since when changes only with the state.
INSERT INTO provider (name, state, code, text, model, ends)
VALUES (%(provider)s, %(state)s, %(code)s, %(text)s, %(model)s, %(ends)s)
ON CONFLICT (name) DO UPDATE
SET state = excluded.state, code = excluded.code, text = excluded.text,
    model = coalesce(nullif(excluded.model, ''), provider.model),
    ends = CASE WHEN excluded.model = '' THEN provider.ends ELSE excluded.ends END,
    since = CASE WHEN provider.state = excluded.state THEN provider.since ELSE now() END,
    updated_at = now()
