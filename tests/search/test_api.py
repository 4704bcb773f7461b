"""The internal API: answers or problems, never a 500, whatever is asked."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.publisher import Publisher
from services.common.settings import BrokerSettings, StoreSettings
from services.search.app import create_app
from services.search.database import Db, open_pool
from services.search.meaning import Meaning
from services.search.settings import DatabaseSettings, Settings
from services.search.state import State
from tests.search.photos import OWNER, ByHand, ready, reservation, tag

HOSTILE = [
    "\x00", "a\x00b", "\ud800", "%", "_", "\\", "'", '"; DROP TABLE photo; --', "a & | ! ( )",
    "2147483648", "9223372036854775808", "-1", "1e400", "NaN", "null", "[]", "{}", "\u202egnp.exe",
    "é" * 300, "a" * 10_000, "../../etc/passwd", "<img onerror=alert(1)>", "\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.fixture
def embedder() -> ByHand:
    return ByHand()


@pytest.fixture
def client(
    database: str, broker_url: str, scope: str, store: StoreSettings, embedder: ByHand
) -> Iterator[TestClient]:
    with ExitStack() as stack:
        broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
        settings = Settings(
            broker=broker, store=store, database=DatabaseSettings(url=SecretStr(database))
        )
        pool = open_pool(settings.database)
        stack.callback(pool.close)
        publisher = stack.enter_context(Publisher(broker))
        consumer = Consumer("search", {}, broker)
        meaning = Meaning(embedder)
        state = State(settings, pool, publisher, consumer, Blobs(store), meaning)
        state.migrated.set()
        yield stack.enter_context(TestClient(create_app(state), raise_server_exceptions=False))


def test_a_photo_goes_from_reserved_to_listed(client: TestClient) -> None:
    wanted = reservation("cat")
    reserved = client.post("/internal/v1/photos:reserve", json=wanted.model_dump(mode="json"))
    assert reserved.json()["generation"] == 1
    committed = client.post(f"/internal/v1/photos/{wanted.photo_id}:commit", json={"generation": 1})
    assert committed.json()["status"] == "queued"

    page = client.get("/internal/v1/photos", params={"owner": OWNER}).json()
    assert [photo["id"] for photo in page["photos"]] == [str(wanted.photo_id)]
    assert page["photos"][0]["thumb"] == f"/api/photos/{wanted.photo_id}/thumb?v=1"


def test_search_passes_its_answer_on(client: TestClient, db: Db) -> None:
    ready(db, "cat", tag("cat"))
    answer = client.get("/internal/v1/search", params={"owner": OWNER, "q": "cat"}).json()
    assert [photo["filename"] for photo in answer["photos"]] == ["cat.jpg"]


def test_a_missing_embedder_is_said_with_a_time_to_come_back(
    client: TestClient, db: Db, embedder: ByHand
) -> None:
    ready(db, "cat", tag("cat"))
    embedder.away = True
    answer = client.get("/internal/v1/search", params={"owner": OWNER, "q": "kitchen"})
    assert (answer.status_code, answer.json()["code"]) == (503, "embedder-away")
    assert answer.headers["retry-after"] == "2"
    known = client.get("/internal/v1/search", params={"owner": OWNER, "q": "kitchen cat"}).json()
    assert ([hit["filename"] for hit in known["photos"]], known["meaning"]) == (["cat.jpg"], False)


def test_edits_and_retries_and_deletes_answer_with_what_they_did(
    client: TestClient, db: Db
) -> None:
    of = ready(db, "cat", tag("cat"))
    address, who = f"/internal/v1/photos/{of}", {"owner": OWNER}
    edit = {"add": [{"kind": "user", "text": "Tom"}], "remove": [{"kind": "label", "text": "cat"}]}
    edited = client.patch(f"{address}/tags", params=who, json=edit)
    assert [t["text"] for t in edited.json()["tags"]] == ["tom"]
    assert client.post(f"{address}:retry", params=who).status_code == 202
    assert client.post("/internal/v1/photos:retry-failed", params=who).json() == {"retried": 0}
    assert client.delete(address, params=who).status_code == 204
    assert client.delete(address, params=who).status_code == 204
    gone = client.get(address, params=who)
    assert (gone.status_code, gone.json()["code"]) == (404, "no-such-photo")
    assert gone.headers["content-type"] == "application/problem+json"


def test_status_counts_what_there_is(client: TestClient, db: Db) -> None:
    ready(db, "cat", tag("cat"))
    status = client.get("/internal/v1/status", params={"owner": OWNER}).json()
    assert status["photos"] == {"ready": 1}
    assert set(status["queues"]) == {"tagger", "embedder", "search", "parked"}


def test_audit_and_reconcile_answer(client: TestClient) -> None:
    assert client.post("/internal/v1/audit").json()["orphans"] == []
    assert client.post("/internal/v1/reconcile").json() == {"rebuilt": 0}


@pytest.mark.parametrize("probe", ["healthz", "readyz", "metrics"])
def test_probes_answer(client: TestClient, probe: str) -> None:
    assert client.get(f"/{probe}").status_code == 200


#: An id that no photo has; fixed, so that tests keep their names.
NOBODY = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
GETS: list[tuple[str, dict[str, Any]]] = [
    ("/internal/v1/photos", {"owner": OWNER, "cursor": "", "limit": 5, "status": "ready"}),
    (
        "/internal/v1/search",
        {"owner": OWNER, "q": "cat", "limit": 5, "cursor": "", "strictness": 50, "sort": "newest"},
    ),
    ("/internal/v1/search/chips", {"owner": OWNER, "q": "cat"}),
    ("/internal/v1/search/export", {"owner": OWNER, "q": "cat", "format": "csv"}),
    (f"/internal/v1/photos/{NOBODY}/similar", {"owner": OWNER, "by": "mood", "q": "dog"}),
    ("/internal/v1/searches", {"owner": OWNER, "count": True}),
    (f"/internal/v1/searches/{NOBODY}", {"owner": OWNER}),
    ("/internal/v1/duplicates", {"owner": OWNER, "limit": 5}),
    ("/internal/v1/tags", {"owner": OWNER, "prefix": "c", "kind": "label", "limit": 5}),
    ("/internal/v1/changes", {"owner": OWNER, "after": 0, "limit": 5}),
    ("/internal/v1/seq", {"owner": OWNER}),
    ("/internal/v1/status", {"owner": OWNER}),
    (f"/internal/v1/photos/{NOBODY}", {"owner": OWNER}),
    (f"/internal/v1/photos/{NOBODY}/state", {"owner": OWNER}),
]


@pytest.mark.parametrize(("address", "good"), GETS)
def test_hostile_parameters_give_problems_and_no_500(
    client: TestClient, db: Db, address: str, good: dict[str, Any]
) -> None:
    ready(db, "cat", tag("cat"))
    for name in good:
        for hostile in HOSTILE:
            value = hostile.encode("utf-8", "surrogatepass")
            answer = client.get(address, params={**good, name: value})
            assert answer.status_code < 500, (name, hostile, answer.text)
            if answer.status_code >= 400:
                assert answer.json()["code"]


def test_a_query_that_cannot_be_read_is_refused_at_the_character(client: TestClient) -> None:
    answer = client.get("/internal/v1/search", params={"owner": OWNER, "q": "dog (cat"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-query")
    assert answer.json()["position"] == 4


def test_a_saved_search_goes_from_kept_to_forgotten(client: TestClient, db: Db) -> None:
    ready(db, "cat", tag("cat"))
    who = {"owner": OWNER}
    wanted = {"name": "Cats", "query": "cat"}
    kept = client.post("/internal/v1/searches", params=who, json=wanted)
    assert kept.status_code == 201
    address = f"/internal/v1/searches/{kept.json()['id']}"
    assert client.get(address, params=who).json()["total"] == 1
    assert client.post(f"{address}:look", params=who).status_code == 204
    assert client.get(address, params=who).json()["new"] == 0
    assert client.delete(address, params=who).status_code == 204
    assert client.get(address, params=who).json()["code"] == "no-such-search"
    unread = client.post("/internal/v1/searches", params=who, json={"name": "x", "query": "("})
    assert unread.json()["code"] == "bad-query"


def test_photos_like_a_kept_and_like_a_dropped_one(client: TestClient, db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    ready(db, "second", tag("cat"), tag("dog", 0.4))
    like = client.get(f"/internal/v1/photos/{of}/similar", params={"owner": OWNER})
    assert [hit["filename"] for hit in like.json()["photos"]] == ["second.jpg"]
    dropped = {"width": 4, "height": 3, "tags": [{"kind": "label", "text": "cat", "confidence": 1}]}
    both = client.post("/internal/v1/search/by-photo", params={"owner": OWNER}, json=dropped)
    assert len(both.json()["photos"]) == 2


def test_an_export_comes_back_as_an_import(client: TestClient, db: Db) -> None:
    ready(db, "cat", tag("cat"))
    who = {"owner": OWNER}
    for form in ("csv", "json", "xmp"):
        out = client.get("/internal/v1/search/export", params={**who, "q": "cat", "format": form})
        assert "attachment" in out.headers["content-disposition"]
        back = client.post("/internal/v1/keywords", params=who, content=out.content)
        assert back.json() == {"photos": 1, "tags": 0, "unknown": [], "refused": []}
    odd = client.post("/internal/v1/keywords", params=who, content=b"\x00\xff")
    assert (odd.status_code, odd.json()["code"]) == (422, "unreadable-keywords")


def test_hostile_bodies_give_problems_and_no_500(client: TestClient, db: Db) -> None:
    of = UUID(str(ready(db, "cat", tag("cat"))))
    body = reservation("dog").model_dump(mode="json")
    for name in body:
        odd: list[Any] = [*HOSTILE, -1, 2**63, 1.5, None, [], {}]
        for hostile in odd:
            text = hostile.replace("\ud800", "?") if isinstance(hostile, str) else hostile
            sent = client.post("/internal/v1/photos:reserve", json={**body, name: text})
            assert sent.status_code < 500, (name, hostile, sent.text)
    for hostile in HOSTILE:
        edit = {"add": [{"kind": "user", "text": hostile.replace("\ud800", "?")}]}
        sent = client.patch(f"/internal/v1/photos/{of}/tags", params={"owner": OWNER}, json=edit)
        assert sent.status_code < 500, (hostile, sent.text)
