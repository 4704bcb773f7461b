"""Every query has its own file, somebody who runs it, and a plan on the migrated schema."""

import re
from pathlib import Path

import pytest
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH

from services.search import sql
from services.search.database import Db
from services.search.migrate import migrate
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


def test_migrating_twice_changes_nothing(db: Db) -> None:
    assert migrate(db) == []


def test_the_facts_of_a_photo_are_not_planned_anew_for_each_result(schema: Db) -> None:
    """Planning them takes longer than making them; replacing a function forgets its settings."""
    query = "SELECT proname FROM pg_proc WHERE proconfig @> '{plan_cache_mode=force_generic_plan}'"
    kept = {name for (name,) in schema.execute(query)}
    assert {"show_photos", "add_traits", "find_twins"} <= kept
