"""Another model's vectors: built beside, switched at once, and back again."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler

import httpx
import pytest
from pydantic import SecretStr

from services.search import reembed
from services.search.database import Db, open_pool
from services.search.meaning import Placed
from services.search.settings import DatabaseSettings
from tests.cli.conftest import Imgcap, imgcap
from tests.cloud.conftest import Search
from tests.search.photos import MODEL, place, ready, tag
from tests.tagger.stubs import Server, answer

__all__ = ["imgcap"]


class Turned:
    """Places texts the other way round, by another name."""

    def __init__(self, model: str = "turned") -> None:
        self.model, self.asked = model, list[str]()

    def ask(self, texts: Sequence[str], /) -> Placed:
        self.asked += texts
        vectors = [tuple(reversed(place(text))) for text in texts]
        return Placed(model=self.model, dimensions=8, vectors=vectors)

    def close(self) -> None: ...


def build(database: str, embedder: Turned) -> tuple[int, int]:
    with open_pool(DatabaseSettings(url=SecretStr(database))) as pool:
        left = reembed.build(pool, embedder)
    return left.photos, left.words


def answering(db: Db) -> str:
    (name,) = (model.name for model in reembed.models(db) if model.active)
    return name


def test_the_old_model_answers_until_the_new_one_is_whole(db: Db, database: str) -> None:
    for name in ("cat", "dog", "beach"):
        ready(db, name, tag(name), tag("melancholic", kind="mood"))
    assert build(database, Turned()) == (0, 0)
    assert answering(db) == MODEL

    ready(db, "harbour", tag("harbour"))
    with pytest.raises(reembed.NotWhole, match="1 photos"), db.transaction():
        reembed.switch(db, "turned")
    assert answering(db) == MODEL

    again = Turned()
    assert build(database, again) == (0, 0)
    assert sorted(again.asked) == ["a photo", "harbour", "harbour"]
    with db.transaction():
        reembed.switch(db, "turned")
    assert answering(db) == "turned"
    assert {model.photos for model in reembed.models(db)} == {4}

    with db.transaction():
        assert reembed.roll_back(db) == MODEL
    assert answering(db) == MODEL
    with db.transaction():
        assert reembed.roll_back(db) == "turned"


def test_unknown_models_and_ways_back_that_are_not_there_change_nothing(db: Db) -> None:
    ready(db, "cat", tag("cat"))
    for step in (lambda: reembed.switch(db, "never heard of"), lambda: reembed.roll_back(db)):
        with pytest.raises(reembed.NotWhole), db.transaction():
            step()
    assert answering(db) == MODEL


def test_of_local_only_photos_not_a_word_goes_to_a_paid_model(db: Db, database: str) -> None:
    ready(db, "cat", tag("cat"))
    mine = ready(db, "dog", tag("dog"), tag("cat"))
    db.execute("UPDATE photo SET local_only = true WHERE photo_id = %s", [mine])
    paid = Turned("text-embedding-3-small@8")
    assert build(database, paid) == (0, 0)
    assert "dog" not in " ".join(paid.asked)
    found = db.execute(
        "SELECT count(*) FROM photo_vector JOIN embedding_model USING (model_id)"
        " WHERE photo_id = %s AND name = %s",
        [mine, paid.model],
    ).fetchone()
    assert found == (1,)  # it lies where "cat" lies, which was known


def test_imgcap_reembed_does_it_all(search: Search, db: Db, imgcap: Imgcap) -> None:
    ready(db, "cat", tag("cat"))
    url = search()

    class Embedder(Server):
        """The embedder's own door."""

        def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
            placed = Turned().ask(json.loads(body)["texts"])
            answer(placed.model_dump_json().encode())(request)

    with ExitStack() as stack:
        embedder = stack.enter_context(Embedder().running())
        told = {"IMGCAP_SEARCH_URL": url}
        wrong = imgcap("reembed", "--model", "nomic", "--embedder", embedder.url, **told)
        assert "the embedder has turned, not nomic" in wrong.err
        said = imgcap("reembed", "--model", "turned", "--embedder", embedder.url, **told)
        assert said.code == 0, said
        assert "turned answers from now on" in said.out
    assert answering(db) == "turned"
    assert "letters answers" in imgcap("reembed", "--rollback", IMGCAP_SEARCH_URL=url).out
    models = httpx.get(f"{url}/internal/v1/models").json()["models"]
    assert [(one["name"], one["photos"]) for one in models] == [("letters", 1), ("turned", 1)]
