-- How all providers are.
SELECT name, state, code, text, model, ends, since FROM provider ORDER BY name
