"""Every query has its own file, somebody who runs it, and a plan on the migrated schema."""

import re
from pathlib import Path

import pytest

from services.search import sql
from services.search.database import Db
from services.search.migrate import migrate
from services.search.sql import SQL

SOURCES = "".join(path.read_text() for path in Path(sql.__file__).parents[1].rglob("*.py"))


@pytest.mark.parametrize("name", SQL)
def test_a_query_is_used_and_plans(db: Db, name: str) -> None:
    assert f'"{name}"' in SOURCES
    db.execute(b"EXPLAIN " + re.sub(rb"%\((\w+)\)s", b"NULL", SQL[name]))


@pytest.mark.parametrize("name", SQL)
def test_a_query_opens_by_saying_what_it_answers(name: str) -> None:
    assert SQL[name].startswith(b"-- ")


def test_migrating_twice_changes_nothing(db: Db) -> None:
    assert migrate(db) == []
