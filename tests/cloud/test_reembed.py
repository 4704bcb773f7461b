"""Another model's vectors: built beside, switched at once, and back again."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler

import httpx
import pytest
from pydantic import SecretStr

from services.common.api import TagEdit, TagName
from services.common.description import NOTHING_SEEN
from services.search import reembed
from services.search.database import Db, open_pool
from services.search.meaning import Meaning, Placed, place_words
from services.search.settings import DatabaseSettings
from services.search.tags import edit_tags
from tests.cli.conftest import Imgcap, imgcap
from tests.cloud.conftest import Search
from tests.search.photos import MODEL, OWNER, ask, place, ready, tag
from tests.search.test_guesses import guess, seen
from tests.tagger.stubs import Server, answer

__all__ = ["imgcap"]


class Turned:
    """Places texts the other way round, by another name."""

    def __init__(self, model: str = "turned", *, paid: bool = False) -> None:
        self.model, self.paid, self.asked = model, paid, list[str]()

    def ask(self, texts: Sequence[str], /) -> Placed:
        self.asked += texts
        vectors = [tuple(reversed(place(text))) for text in texts]
        return Placed(model=self.model, paid=self.paid, dimensions=8, vectors=vectors)

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


@pytest.mark.parametrize(("paid", "sent"), [(True, {"dog"}), (False, {"dog", "beach"})])
def test_what_is_only_guessed_is_placed_too_and_stays_at_home(
    db: Db, database: str, paid: bool, sent: set[str]
) -> None:
    seen(db, "shown", tag("cat"), guess("dog", 0.4))
    mine = seen(db, "mine", tag("cat"), guess("beach", 0.4))
    db.execute("UPDATE photo SET local_only = true WHERE photo_id = %s", [mine])
    again = Turned(paid=paid)
    assert build(database, again) == (0, 0)
    assert {"dog", "beach"} & set(again.asked) == sent
    db.execute("DELETE FROM tag_vector")
    place_again = Turned(MODEL, paid=paid)
    with open_pool(DatabaseSettings(url=SecretStr(database))) as pool:
        while place_words(pool, Meaning(place_again)):
            pass
    assert {"dog", "beach"} & set(place_again.asked) == sent


def test_unknown_models_and_ways_back_that_are_not_there_change_nothing(db: Db) -> None:
    ready(db, "cat", tag("cat"))
    for step in (lambda: reembed.switch(db, "never heard of"), lambda: reembed.roll_back(db)):
        with pytest.raises(reembed.NotWhole), db.transaction():
            step()
    assert answering(db) == MODEL


@pytest.mark.parametrize("model", ["text-embedding-3-small@8", "a-model-server-of-ones-own"])
def test_of_local_only_photos_not_a_word_goes_to_a_paid_model(
    db: Db, database: str, model: str
) -> None:
    ready(db, "cat", tag("cat"))
    mine = ready(db, "dog", tag("dog"), tag("cat"))
    unlike = ready(db, "harbour", tag("harbour"))
    db.execute("UPDATE photo SET local_only = true WHERE photo_id = ANY(%s)", [[mine, unlike]])
    paid = Turned(model, paid=True)
    assert build(database, paid) == (0, 0)
    assert {"dog", "harbour"}.isdisjoint(" ".join(paid.asked).split())
    lies = dict(
        db.execute(
            "SELECT photo_id, embedding::text FROM photo_vector JOIN embedding_model"
            " USING (model_id) WHERE name = %s",
            [paid.model],
        ).fetchall()
    )
    # One lies where "cat" lies, which was known, the other where nothing is seen.
    assert (lies[mine], lies[unlike]) == ("[0,0,0,0,0,0,0,1]", "[2,0,0,0,0,0,0,0]")
    with db.transaction():
        reembed.switch(db, model)
    assert answering(db) == model


@pytest.mark.parametrize(("paid", "sent"), [(True, {"harbour"}), (False, {"harbour", "beach"})])
def test_a_word_that_a_person_says_of_a_local_only_photo_stays_at_home(
    db: Db, database: str, paid: bool, sent: set[str]
) -> None:
    mine, shown = ready(db, "dog", tag("dog")), ready(db, "cat", tag("cat"))
    db.execute("UPDATE photo SET local_only = true WHERE photo_id = %s", [mine])
    edit_tags(db, OWNER, mine, TagEdit(add=[TagName(kind="user", text="beach")]))
    edit_tags(db, OWNER, shown, TagEdit(add=[TagName(kind="user", text="harbour")]))
    embedder = Turned(MODEL, paid=paid)
    with open_pool(DatabaseSettings(url=SecretStr(database))) as pool:
        meaning = Meaning(embedder)
        while place_words(pool, meaning):
            pass
    assert {text for text in embedder.asked if text != NOTHING_SEEN} == sent
    assert [hit.id for hit in ask(db, "beach").photos] == [str(mine)]  # found all the same


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
