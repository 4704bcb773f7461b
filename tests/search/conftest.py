"""A record of a test's own, and photos for it."""

from collections.abc import Iterator

import psycopg
import pytest

from services.embedded.database import Database
from services.search.database import Db
from tests.neighbours import copy_of_template


@pytest.fixture
def db(database: str) -> Iterator[Db]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def schema(database_node: Database) -> Iterator[Db]:
    """A migrated record with nothing in it, for all tests of a file that only read it."""
    with (
        copy_of_template(database_node) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield connection
