"""Words are placed by one search at a time, however many there are."""

from uuid import UUID

import psycopg
from pydantic import SecretStr

from services.common.api import TagEdit, TagName
from services.search.database import Db, open_pool
from services.search.meaning import Meaning
from services.search.settings import DatabaseSettings
from services.search.sql import SQL
from services.search.tags import edit_tags
from services.search.upkeep import upkeep
from tests.search.photos import OWNER, ByHand, ready, tag


def name_it(db: Db, photo: UUID, word: str) -> None:
    with db.transaction():
        edit_tags(db, OWNER, photo, TagEdit(add=[TagName(kind="user", text=word)]))


def test_two_searches_never_pay_for_the_same_word(db: Db, database: str) -> None:
    name_it(db, ready(db, "dog", tag("dog")), "grandma")
    embedder = ByHand()
    with open_pool(DatabaseSettings(url=SecretStr(database))) as pool:
        with psycopg.connect(database) as another:
            assert another.execute(SQL["take_turn"]).fetchone() == (True,)
            assert upkeep(pool, Meaning(embedder)) == 0
        assert embedder.asked == []

        assert upkeep(pool, Meaning(embedder)) == 1
        assert upkeep(pool, Meaning(embedder)) == 0
    assert embedder.asked == ["grandma"]
