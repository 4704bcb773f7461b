"""Row security alone keeps galleries apart: with every owner filter taken out of the queries."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.identity import photo_id
from services.common.publisher import Publisher
from services.common.settings import StoreSettings
from services.search.accounts.walls import in_gallery
from services.search.app import create_app
from services.search.database import Db, open_pool
from services.search.meaning import Meaning
from services.search.settings import DatabaseSettings, Settings
from services.search.sql import SQL
from services.search.state import State
from tests.auth.castle import NO_BROKER
from tests.search.photos import ByHand, ready, reservation, tag

OWNER, STRANGER = "local", "stranger"
#: Every way in which the queries say whose photos they want.
FILTER = re.compile(rb"((?:\w+\.)?owner) = (%\(owner\)s|\$2|whose)")
#: Tables that everybody shares, by design: words, models, money, and what only the record uses.
SHARED = {
    "tag", "embedding_model", "tag_vector", "query_vector", "colour", "colour_shade", "mood_place",
    "trait", "budget", "provider",
}  # fmt: skip


@pytest.fixture
def db(database: str) -> Iterator[Db]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def no_filters(db: Db, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many filters are gone."""
    gone = 0
    for name, text in list(SQL.items()):
        if name.startswith(("share_", "save_search")):
            continue
        bare, found = FILTER.subn(rb"(\1 = \2 OR true)", text)
        gone += found
        monkeypatch.setitem(SQL, name, bare)
    functions = db.execute(
        "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname = 'nearest_photos'"
    ).fetchall()
    for (text,) in functions:
        bare, found = FILTER.subn(rb"(\1 = \2 OR true)", text.encode())
        gone += found
        db.execute(bare)
    return gone


@pytest.fixture
def client(database: str, store: StoreSettings) -> Iterator[TestClient]:
    with ExitStack() as stack:
        settings = Settings(
            broker=NO_BROKER, store=store, database=DatabaseSettings(url=SecretStr(database))
        )
        pool = open_pool(settings.database)
        stack.callback(pool.close)
        publisher = stack.enter_context(Publisher(NO_BROKER))
        consumer = Consumer("search", {}, NO_BROKER)
        state = State(settings, pool, publisher, consumer, Blobs(store), Meaning(ByHand()))
        state.migrated.set()
        yield stack.enter_context(TestClient(create_app(state)))


def gallery_of(db: Db, owner: str, word: str) -> UUID:
    digest = reservation(word).sha256
    identity = photo_id(owner, digest)
    return ready(db, word, tag(word), owner=owner, photo_id=identity)


def asked(path: str, client: TestClient, owner: str, **more: str) -> str:
    return client.get(f"/internal/v1{path}", params={"owner": owner, **more}).text


def test_without_any_owner_filter_nobody_sees_what_is_not_theirs(
    client: TestClient, db: Db, no_filters: int
) -> None:
    of = gallery_of(db, OWNER, "cat")
    own = gallery_of(db, STRANGER, "dog")
    assert no_filters > 20
    asks: list[tuple[str, dict[str, str]]] = [
        ("/photos", {}),
        (f"/photos/{of}", {}),
        (f"/photos/{of}/state", {}),
        (f"/photos/{of}/similar", {"by": "colour"}),
        ("/search", {"q": "cat"}),
        ("/search", {"q": "animal", "strictness": "0"}),
        ("/search/export", {"q": "cat"}),
        ("/changes", {"after": "0"}),
        ("/duplicates", {}),
    ]
    for path, more in asks:
        told = asked(path, client, STRANGER, **more)
        assert "cat.jpg" not in told, path
        if str(of) not in path:
            assert str(of) not in told, path
    assert str(own) in asked("/photos", client, STRANGER)
    assert str(of) in asked("/photos", client, OWNER)
    assert str(of) in asked("/search", client, OWNER, q="cat")
    assert '"cat"' not in asked("/tags", client, STRANGER, prefix="ca")


def test_without_any_owner_filter_nobody_changes_what_is_not_theirs(
    client: TestClient, db: Db, no_filters: int
) -> None:
    of = gallery_of(db, OWNER, "cat")
    assert no_filters
    who = {"owner": STRANGER}
    client.delete(f"/internal/v1/photos/{of}", params=who)
    client.post(f"/internal/v1/photos/{of}:retry", params=who)
    edit = {"add": [{"kind": "user", "text": "mine now"}]}
    client.patch(f"/internal/v1/photos/{of}/tags", params=who, json=edit)
    client.post("/internal/v1/photos:retry-failed", params=who)
    row = db.execute("SELECT status, generation FROM photo WHERE photo_id = %s", [of]).fetchone()
    assert row == ("ready", 1)
    assert "mine now" not in asked(f"/photos/{of}", client, OWNER)


def test_every_table_with_an_owner_is_behind_the_wall_and_no_account_is_before_it(db: Db) -> None:
    tables = db.execute(
        "SELECT relname, relrowsecurity AND relforcerowsecurity,"
        " has_table_privilege('imgcap_gallery', oid, 'SELECT')"
        " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    open_ones = {name for name, walled, readable in tables if readable and not walled}
    assert open_ones == SHARED
    views = db.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'v'"
        " AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    ).fetchall()
    assert views == []


def test_the_role_that_answers_people_has_no_rights_and_forgets_its_owner(
    database: str, db: Db
) -> None:
    role = db.execute(
        "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'imgcap_gallery'"
    ).fetchone()
    assert role == (False, False, False)
    gallery_of(db, OWNER, "cat")
    count = "SELECT count(*), current_user FROM photo"
    with psycopg.connect(database) as connection:
        for owner, seen in ((OWNER, 1), (STRANGER, 0), ("", 0)):
            with connection.transaction(), in_gallery(connection, owner):
                assert connection.execute(count).fetchone() == (seen, "imgcap_gallery")
        told = connection.execute("SELECT current_setting('imgcap.owner', true), current_user")
        assert told.fetchone() == ("", "imgcap")
