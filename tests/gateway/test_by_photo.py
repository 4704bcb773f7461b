"""A photo dropped on the search box: looked at, compared, kept nowhere. With a real tagger."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from services.common.description import describe
from services.common.events import Tag
from services.common.settings import BrokerSettings
from services.embedded.database import Database
from services.embedded.store import Store
from services.search.apply import apply_result
from tests.gateway.house import (
    CAT,
    INSIDE,
    House,
    answers,
    environment,
    jpeg,
    open_house,
    process_of,
    until,
)
from tests.neighbours import bucket_on, copy_of_template, scope_on
from tests.ports import free_port
from tests.search.photos import embedded, place, tag


class Seeing(House):
    look_url: str


@pytest.fixture(scope="module")
def seeing(
    database_node: Database,
    store_node: Store,
    broker_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Seeing]:
    with ExitStack() as stack:
        database = stack.enter_context(copy_of_template(database_node))
        store = stack.enter_context(bucket_on(store_node))
        scope = stack.enter_context(scope_on(broker_url))
        broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
        port = free_port()
        look_url = f"http://127.0.0.1:{port}"
        folder = tmp_path_factory.mktemp("seeing")
        house = stack.enter_context(open_house(database, broker, store, folder, look_url=look_url))
        told = environment(broker, store, port, SEARCH_URL=house.settings.search_url)
        stack.enter_context(process_of("tagger", told))
        until(lambda: answers(f"{look_url}/readyz"), within=60)
        seeing = Seeing(**vars(house))
        seeing.look_url = look_url
        yield seeing


def ask(house: House, content: bytes, **fields: str) -> httpx.Response:
    return house.client.post(
        "/api/search/by-photo",
        params=fields,
        content=content,
        headers={"content-type": "image/jpeg"},
    )


def shown(house: House, content: bytes, *tags: Tag) -> str:
    """A photo of the gallery, with what was seen of it."""
    identity = house.kept(content)
    of = UUID(identity)
    vector = place(describe("", tags))
    assert apply_result(house.db, embedded(house.db, of, *tags, photo_vector=vector))
    return identity


@pytest.mark.parametrize("by", ["colour", "meaning"])
def test_a_dropped_photo_finds_photos_like_it_and_is_kept_nowhere(seeing: Seeing, by: str) -> None:
    seen = httpx.post(f"{seeing.look_url}/look", content=CAT, headers=INSIDE, timeout=30).json()
    tags = tuple(Tag.model_validate(tag) for tag in seen["tags"])
    assert {tag.kind for tag in tags} >= {"label"}
    if not seeing.rows():
        shown(seeing, CAT, *tags)
        shown(seeing, jpeg(), tag("dog"))
    rows, keys = seeing.rows(), seeing.keys()
    answer = ask(seeing, CAT, by=by)
    assert answer.status_code == 200, answer.text
    first = answer.json()["photos"][0]
    assert first["likeness"] > 0.9
    assert first["why"][0]["source"] == by
    assert sum(why["points"] for why in first["why"]) == pytest.approx(first["likeness"])
    assert (seeing.rows(), seeing.keys(), seeing.spooled()) == (rows, keys, [])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"hello, this is no photo at all", "image/jpeg"),
        (CAT[:2000], "image/jpeg"),
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff" + b"x" * (2 * 2**20), "image/jpeg"),
    ],
)
def test_what_cannot_be_uploaded_is_refused_here_with_the_same_code(
    seeing: Seeing, content: bytes, kind: str
) -> None:
    refused = ask(seeing, content)
    uploaded = seeing.upload(content, headers={"content-type": kind})
    assert refused.status_code == uploaded.status_code >= 400
    assert refused.json()["code"] == uploaded.json()["code"]
    assert seeing.spooled() == []


@pytest.mark.parametrize("fields", [{"by": "smell"}, {"limit": "0"}])
def test_a_question_that_makes_no_sense_is_refused(seeing: Seeing, fields: dict[str, str]) -> None:
    assert ask(seeing, CAT, **fields).status_code == 422


def test_only_services_may_ask_a_tagger_to_look(seeing: Seeing) -> None:
    url = f"{seeing.look_url}/look"
    assert httpx.post(url, content=CAT).status_code == 401
    outside = {**INSIDE, "X-Forwarded-For": "10.0.0.1"}
    assert httpx.post(url, content=CAT, headers=outside).status_code == 401
    assert httpx.post(url, content=b"no photo", headers=INSIDE).status_code == 422
    assert httpx.post(f"{url}s", content=CAT, headers=INSIDE).status_code == 404
    assert httpx.post(url, content=b"", headers=INSIDE).status_code == 413


def test_while_no_tagger_is_there_colours_are_still_found(house: House) -> None:
    assert ask(house, CAT, by="colour").status_code == 200
    refused = ask(house, CAT)
    assert (refused.status_code, refused.json()["code"]) == (503, "tagger-away")
    assert int(refused.headers["retry-after"]) >= 1


def test_keywords_of_many_photos_pass_the_gate(seeing: Seeing) -> None:
    many = [{"sha256": "0" * 64, "filename": f"{n}.jpg", "tags": []} for n in range(2000)]
    content = json.dumps(many).encode()
    assert len(content) > 100_000
    answer = seeing.client.post("/api/keywords", content=content)
    assert answer.status_code == 200, answer.text
