"""Bring a database up to date: apply, in order, the files it has not seen.

The search service does so when it starts; ``python -m services.search.migrate`` does it before.
"""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from services.search.database import patience
from services.search.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(db: Connection[Any]) -> list[str]:
    """Apply what is pending, and say what that was; safe to run from every replica at once."""
    with patience(db, None), db.transaction():
        db.execute("SET LOCAL statement_timeout = 0")
        db.execute("SET LOCAL lock_timeout = 0")
        db.execute("SELECT pg_advisory_xact_lock(hashtext('imgcap.migrations'))")
        db.execute(
            "CREATE TABLE IF NOT EXISTS migration"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        seen = {name for (name,) in db.execute("SELECT name FROM migration")}
        pending = [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.stem not in seen]
        for path in pending:
            db.execute(path.read_bytes())
            db.execute("INSERT INTO migration (name) VALUES (%s)", [path.stem])
    return [path.stem for path in pending]


def main() -> None:
    url = Settings().database.url.get_secret_value()
    with psycopg.connect(url, connect_timeout=5, target_session_attrs="read-write") as db:
        applied = migrate(db)
    print("\n".join(applied) or "nothing was left to do")


if __name__ == "__main__":
    main()
