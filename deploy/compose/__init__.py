"""What `docker compose up` and `bin/secrets` need besides the services."""
