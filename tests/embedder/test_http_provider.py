"""Vectors from a model server of the user's own, with what such a server can do wrong."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from services.common.errors import TryAgain
from services.embedder.providers import embedder
from services.embedder.providers.http import AT_ONCE, HttpEmbedder, unit_rows
from services.embedder.settings import Settings
from tests.embedder.stubs import DIMENSIONS, MODEL, LettersServer, place
from tests.tagger.stubs import ModelStub, answer, drip


def at(url: str) -> Settings:
    return Settings.model_validate(
        {
            "embedder": "http",
            "embedding_url": url,
            "embedding_model": MODEL,
            "embedding_dimensions": DIMENSIONS,
        }
    )


@contextmanager
def asking(stub: ModelStub, seconds: float = 5) -> Iterator[HttpEmbedder]:
    with ExitStack() as stack:
        stack.enter_context(stub.running())
        provider = HttpEmbedder(at(stub.url), seconds=seconds)
        stack.callback(provider.close)
        yield provider


def failure_of(body: Any) -> TryAgain:
    with asking(ModelStub(answer(body))) as provider, pytest.raises(TryAgain) as caught:
        provider.embed(["dog", "sea"])
    return caught.value


def good(**wrong: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "model": MODEL,
        "dimensions": DIMENSIONS,
        "vectors": [place("dog"), place("sea")],
    }
    return fields | wrong


def test_texts_come_back_as_rows_of_unit_length() -> None:
    with asking(LettersServer()) as provider:
        rows = provider.embed(["dog", "sea"])
    assert rows.shape == (2, DIMENSIONS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert rows[0] == pytest.approx(np.array(place("dog")) / np.linalg.norm(place("dog")), abs=1e-6)


def test_many_texts_are_asked_in_batches_and_come_back_in_order() -> None:
    server, texts = LettersServer(), [f"word {number}" for number in range(150)]
    with asking(server) as provider:
        rows = provider.embed(texts)
    assert [len(batch) for batch in server.texts] == [AT_ONCE, AT_ONCE, 22]
    assert rows[149] @ np.array(place(texts[149])) == pytest.approx(
        np.linalg.norm(place(texts[149])), abs=1e-5
    )


def test_no_texts_are_no_rows() -> None:
    with asking(LettersServer()) as provider:
        assert provider.embed([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        good(vectors=[place("dog")]),
        good(vectors=[place("dog"), place("sea"), place("sea")]),
        good(vectors=[place("dog"), place("sea")[:-1]]),
        good(vectors=[place("dog"), [0.0] * DIMENSIONS]),
        good(vectors=[place("dog"), [float("nan")] * DIMENSIONS]),
        good(vectors=[place("dog"), [float("inf")] * DIMENSIONS]),
        good(vectors=[place("dog"), [1, 2, 3, 4, 5, 6, 7, "8"]]),
        good(vectors=[place("dog"), None]),
        good(surprise=1),
    ],
    ids=lambda body: str(body)[-60:],
)
def test_vectors_that_point_nowhere_are_asked_for_again(body: Any) -> None:
    error = failure_of(body)
    assert (error.code, error.counts) == ("provider-answer", True)


@pytest.mark.parametrize("wrong", [{"model": "numbers"}, {"dimensions": 9}], ids=str)
def test_another_model_than_the_one_agreed_on_never_answers(wrong: dict[str, Any]) -> None:
    error = failure_of(good(**wrong))
    assert (error.code, error.counts) == ("provider-misconfigured", False)


def test_a_slow_server_is_left_at_the_deadline() -> None:
    with (
        asking(ModelStub(drip), seconds=0.3) as provider,
        pytest.raises(TryAgain, match="too slow"),
    ):
        provider.embed(["dog"])


@pytest.mark.parametrize("size", [1e300, 1e-300], ids=["huge", "tiny"])
def test_the_length_of_a_vector_does_not_matter(size: float) -> None:
    rows = unit_rows([[3 * size, 4 * size]], 1, 2)
    assert rows.tolist()[0] == pytest.approx([0.6, 0.8])


def test_the_setting_chooses_the_provider() -> None:
    provider = embedder(at("http://127.0.0.1:9"))
    assert (provider.model, provider.dimensions, provider.paid) == (MODEL, DIMENSIONS, True)


def test_a_model_server_needs_an_address_and_a_model() -> None:
    with pytest.raises(ValidationError, match="IMGCAP_EMBEDDING_MODEL"):
        Settings.model_validate({"embedder": "http", "embedding_url": "http://127.0.0.1:9"})
