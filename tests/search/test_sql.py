"""Every query has its own file, somebody who runs it, and a plan on the migrated schema."""

import re
from pathlib import Path

import pytest
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from pydantic import SecretStr

from services.search import sql
from services.search.database import Db, open_readers
from services.search.migrate import migrate
from services.search.settings import DatabaseSettings
from services.search.sql import SQL

QUERIES = Path(sql.__file__).parent
SOURCES = "".join(path.read_text() for path in QUERIES.parent.rglob("*.py"))


@pytest.mark.parametrize("name", SQL)
def test_a_query_is_used_and_plans(schema: Db, name: str) -> None:
    assert f'"{name}"' in SOURCES
    schema.execute(b"EXPLAIN " + re.sub(rb"%\((\w+)\)s", b"NULL", SQL[name]))


@pytest.mark.parametrize("name", SQL)
def test_a_query_opens_by_saying_what_it_answers(name: str) -> None:
    assert (QUERIES / f"{name}.sql").read_text().startswith("-- ")


@pytest.mark.parametrize("name", SQL)
def test_a_query_is_short_enough_to_be_remembered_by_its_sender(name: str) -> None:
    assert len(SQL[name]) <= MAX_CACHED_STATEMENT_LENGTH


def test_a_reader_plans_at_the_first_use_and_keeps_nothing_else(database: str) -> None:
    """The pool's own check of a connection would leave one statement more at each use."""
    settings = DatabaseSettings(url=SecretStr(database), connections=2)
    with open_readers(settings) as pool:
        with pool.connection() as db:
            db.execute(SQL["newest_words"])
            first = db.info.backend_pid
        for _ in range(6):
            with pool.connection() as db:
                db.execute(SQL["newest_words"])
                names = db.execute("SELECT statement FROM pg_prepared_statements").fetchall()
                if db.info.backend_pid == first:
                    assert len(names) <= 2, names
        assert any("embedding_model" in name for (name,) in names)


def test_migrating_twice_changes_nothing(db: Db) -> None:
    assert migrate(db) == []


def test_the_facts_of_a_photo_are_not_planned_anew_for_each_result(schema: Db) -> None:
    """Planning them takes longer than making them; replacing a function forgets its settings."""
    query = "SELECT proname FROM pg_proc WHERE proconfig @> '{plan_cache_mode=force_generic_plan}'"
    kept = {name for (name,) in schema.execute(query)}
    assert {"show_photos", "add_traits", "find_twins"} <= kept
