"""What every embedder promises, whichever is chosen."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from services.common.models import get_models
from services.embedder.providers import Embedder, embedder
from services.embedder.settings import Settings
from tests.embedder.stubs import DIMENSIONS, MODEL, LettersServer
from tests.embedder.test_openai_provider import openai as cloud

TEXTS = ["dog", "a dog on a beach, dog, sand", "größe", "x" * 300, "\U0001f41f", "leading lines"]


def local() -> Iterator[Embedder]:
    folder = Path(__file__).parents[2] / "data" / "models"
    get_models(folder)
    yield embedder(Settings(embedder="local", models=folder))


def http() -> Iterator[Embedder]:
    with LettersServer().running() as server:
        settings = {
            "embedder": "http",
            "embedding_url": server.url,
            "embedding_model": MODEL,
            "embedding_dimensions": DIMENSIONS,
        }
        yield embedder(Settings.model_validate(settings))


def openai() -> Iterator[Embedder]:
    with cloud() as (provider, _):
        yield provider


@pytest.fixture(scope="module", params=[local, http, openai], ids=lambda make: make.__name__)
def provider(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    for one in request.param():
        yield one
        if hasattr(one, "close"):
            one.close()


def test_each_text_has_a_row_of_unit_length(provider: Embedder) -> None:
    rows = provider.embed(TEXTS)
    assert rows.shape == (len(TEXTS), provider.dimensions)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def test_rows_come_in_the_order_of_their_texts(provider: Embedder) -> None:
    forth, back = provider.embed(TEXTS), provider.embed(TEXTS[::-1])
    assert ((forth * back[::-1]).sum(axis=1) > 0.98).all()


def test_no_texts_are_no_rows(provider: Embedder) -> None:
    assert provider.embed([]).shape == (0, provider.dimensions)


def test_threads_do_not_mix_their_texts(provider: Embedder) -> None:
    alone = provider.embed(["dog"])[0]
    with ThreadPoolExecutor(2) as pool:
        rows = pool.map(lambda text: provider.embed([text])[0], ["dog", "sea"] * 4)
    assert all(row @ alone > 0.99 for row in list(rows)[::2])


def test_its_vectors_have_a_name(provider: Embedder) -> None:
    assert provider.model
    assert isinstance(provider.paid, bool)
