"""A record of a test's own, and photos for it."""

from collections.abc import Iterator

import psycopg
import pytest

from services.search.database import Db


@pytest.fixture
def db(database: str) -> Iterator[Db]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection
