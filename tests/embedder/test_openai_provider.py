"""OpenAI embeddings over the wire: batches, lengths, faults, and words nobody pays for twice."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from services.common.cloud.ledger import on_behalf_of
from services.common.cloud.prices import Prices, text_tokens
from services.common.cloud.settings import OpenAISettings
from services.common.errors import TryAgain
from services.common.events import PhotoTagged
from services.common.results import Results
from services.common.vectors import to_wire
from services.embedder.handler import EmbedPhoto
from services.embedder.known import KnownWords
from services.embedder.memory import Memory
from services.embedder.providers.openai import MOST_TOKENS, OpenAIEmbedder, batches
from services.embedder.settings import Settings
from tests.cloud.books import Books, asking
from tests.cloud.openai_server import KEY, MODEL, OpenAIStub, embeddings, fault, packed
from tests.tagger.stubs import ModelStub, Reply, answer, drip, hang_up


class Words(OpenAIStub):
    """Places a text by its letters, in as many dimensions as it is asked for."""

    def __init__(self, *first: Reply, dimensions: int = 8) -> None:
        super().__init__(answer({}), *first)
        self.dimensions = dimensions
        self._turn = Lock()

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        with self._turn:
            if body and not self.first:
                asked = json.loads(body)
                size = asked.get("dimensions", self.dimensions)
                vectors = [letters(text, size) for text in asked["input"]]
                coded = asked.get("encoding_format") == "base64"
                told: Any = [packed(one) for one in vectors] if coded else vectors
                self.then = answer(embeddings(told, tokens=3 * len(vectors)))
            super().reply(request, body)

    @property
    def texts(self) -> list[str]:
        return [text for request in self.requests for text in request["input"]]


def letters(text: str, size: int) -> list[float]:
    vector = [0.01] * size
    for letter in text:
        vector[ord(letter) % size] += 1
    return vector


@contextmanager
def openai(
    *first: Reply, books: Books | None = None, **more: Any
) -> Iterator[tuple[OpenAIEmbedder, Words]]:
    with ExitStack() as stack:
        stub = stack.enter_context(Words(*first).running())
        given = {"key": KEY, "base_url": stub.base_url, "dimensions": 8, **more}
        settings = OpenAISettings.model_validate(given)
        embedder = OpenAIEmbedder(settings, Prices.read(), asking(books or Books()))
        stack.callback(embedder.close)
        yield embedder, stub
        assert stub.faults == []


def failure_of(*first: Reply, **more: Any) -> TryAgain:
    with openai(*first, **more) as (embedder, _), pytest.raises(TryAgain) as caught:
        embedder.embed(["dog"])
    return caught.value


def test_texts_come_back_as_rows_of_unit_length() -> None:
    books = Books()
    with openai(books=books) as (embedder, stub):
        rows = embedder.embed(["dog", "cat"])
    assert rows.shape == (2, 8)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    expected = np.array(letters("dog", 8))
    assert rows[0] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-5)
    assert stub.requests[0]["encoding_format"] == "float"
    assert books.spent == Decimal("0.02") * 6 / 1_000_000
    (leaving,) = books.reserved.values()
    assert (leaving.purpose, leaving.words, leaving.bytes) == ("query", 2, 6)


def test_openai_itself_is_asked_for_the_length_and_answers_base64() -> None:
    with openai() as (embedder, stub):
        embedder._at_openai = True
        rows = embedder.embed(["dog"])
    assert rows.shape == (1, 8)
    (request,) = stub.requests
    assert (request["dimensions"], request["encoding_format"]) == (8, "base64")


def test_the_length_of_vectors_is_part_of_the_models_name() -> None:
    with openai() as (embedder, _):
        assert (embedder.model, embedder.dimensions) == ("text-embedding-3-small@8", 8)


def test_batches_stay_within_the_limits_of_the_api() -> None:
    many = [f"word {number}" for number in range(5000)]
    assert [len(batch) for batch in batches(many)] == [2048, 2048, 904]
    long = ["日" * 10_000] * 30
    assert [text for batch in batches(long) for text in batch] == long
    assert all(sum(map(text_tokens, batch)) <= MOST_TOKENS for batch in batches(long))
    assert list(batches([])) == []


def test_a_server_with_longer_vectors_is_cut_and_one_with_shorter_ones_pauses() -> None:
    with openai(dimensions=4) as (embedder, _):
        assert embedder.embed(["dog"]).shape == (1, 4)
    short = answer(embeddings([[1.0] * 8]))
    with openai(*[short] * 9, dimensions=16, books=(books := Books())) as (embedder, stub):
        for _ in range(3):
            with pytest.raises(TryAgain) as caught:
                embedder.embed(["dog"])
            assert caught.value.code == "provider-misconfigured"
    assert stub.calls == 1
    assert books.reports == [("test", "paused", "provider-misconfigured")]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fault(401), "provider-refuses-key"),
        (fault(404, "model_not_found"), "provider-unknown-model"),
        (fault(429, "insufficient_quota"), "provider-no-credit"),
        (fault(429), "provider-busy"),
        (fault(400, param="dimensions"), "provider-misconfigured"),
        (fault(500), "provider-unwell"),
        (hang_up, "provider-cut"),
        (drip, "provider-slow"),
    ],
)
def test_what_is_not_the_texts_fault_never_counts_against_them(reply: Reply, code: str) -> None:
    error = failure_of(reply, seconds=0.5)
    assert (error.code, error.counts) == (code, False)
    assert KEY not in f"{error!s} {error!r}"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"no json",
        json.dumps(embeddings([])).encode(),
        json.dumps(embeddings([[1.0] * 8, [1.0] * 8])).encode(),
        json.dumps(embeddings([[0.0] * 8])).encode(),
        b'{"object":"list","model":"m","usage":{"prompt_tokens":1,"total_tokens":1},'
        b'"data":[{"object":"embedding","index":0,"embedding":["a","b"]}]}',
        b'{"object":"list","model":"m","usage":{"prompt_tokens":1,"total_tokens":1},'
        b'"data":[{"object":"embedding","index":0,"embedding":[NaN,1,1,1,1,1,1,1]}]}',
    ],
    ids=lambda body: body[:50].decode(),
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_nothing_to_store(body: bytes) -> None:
    error = failure_of(answer(body, Content_Type="application/json"))
    assert error.code in ("provider-answer", "provider-misconfigured")


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1}, {"prompt_tokens": "few"}])
def test_an_answer_whose_bill_cannot_be_read_is_kept_and_its_reservation_counts(
    usage: object,
) -> None:
    books, body = Books(), embeddings([letters("dog", 8)])
    with openai(answer({**body, "usage": usage}), books=books) as (embedder, _):
        assert embedder.embed(["dog"]).shape == (1, 8)
    (leaving,) = books.reserved.values()
    assert books.spent == leaving.estimate > 0


class Gallery(ModelStub):
    """A search that knows where "dog" lies."""

    def __init__(self) -> None:
        super().__init__(answer({"vectors": {"dog": to_wire([1.0] + [0.0] * 7)}}))


def test_only_words_that_are_new_to_the_gallery_are_paid_for(
    results: Results, tagged: PhotoTagged
) -> None:
    with openai() as (embedder, stub), Gallery().running() as gallery:
        known = KnownWords(gallery.url)
        (told,) = EmbedPhoto(Memory(embedder, 1000), results, known)(tagged)
        known.close()
    assert "dog" not in stub.texts
    assert "calm" in stub.texts
    assert len(stub.texts) == len(set(stub.texts)) == 2  # calm, and the photo in one line
    (dog,) = (one.vector for one in told.tag_vectors if one.text == "dog")
    assert dog == tuple([1.0] + [0.0] * 7)


def test_of_a_local_only_photo_not_a_word_is_sent(results: Results, tagged: PhotoTagged) -> None:
    event = tagged.model_copy(update={"local_only": True})
    with openai() as (embedder, stub), Gallery().running() as gallery:
        known = KnownWords(gallery.url)
        (told,) = EmbedPhoto(Memory(embedder, 1000), results, known)(event)
        known.close()
    assert stub.texts == []
    assert told.photo_vector == tuple([1.0] + [0.0] * 7)
    assert [one.text for one in told.tag_vectors] == ["dog"]
    assert {tag.text for tag in told.tags} == {"dog", "calm"}


def test_the_end_of_the_model_is_asked_for_once_a_day_and_in_nobodys_search(
    tagged: PhotoTagged,
) -> None:
    books = Books()
    with openai(books=books) as (embedder, stub):
        stub.model_page = {**MODEL, "shutdown_date": "2027-01-14"}
        embedder.embed(["a search"])
        assert stub.asked_for == []
        with on_behalf_of(tagged):
            for text in ("dog", "cat"):
                embedder.embed([text])
    assert stub.asked_for == ["/v1/models/text-embedding-3-small"]
    assert books.ends == {"text-embedding-3-small": date(2027, 1, 14)}
    assert books.reports == [("openai-words", "well", "")]


def test_a_search_that_is_away_teaches_nothing() -> None:
    with openai() as (embedder, _):
        memory = Memory(embedder, 1000)
        known = KnownWords("http://127.0.0.1:9")
        known.teach(memory, ["dog"])
        known.close()
        assert memory.known(["dog"]) == {}


def test_openai_needs_a_key_and_a_server_of_ones_own_does_not() -> None:
    with pytest.raises(ValidationError, match="IMGCAP_OPENAI__KEY"):
        Settings.model_validate({"embedder": "openai"})
    own = {"embedding_base_url": "http://127.0.0.1:9/v1"}
    Settings.model_validate({"embedder": "openai", "openai": own})
