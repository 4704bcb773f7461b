-- What the database is, and which migration it has come to.
SELECT current_setting('server_version') AS postgresql,
       coalesce((SELECT extversion FROM pg_extension WHERE extname = 'vector'), '') AS pgvector,
       (SELECT max(name) FROM migration) AS schema
