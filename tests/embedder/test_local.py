"""The local text vectors: what they are near to, and what they cost."""

from pathlib import Path

import numpy as np
import pytest

from services.common.models import FOLDER, TEXT, TOKENIZER, get_models
from services.embedder.local.meanings import meanings, meant_by
from services.embedder.providers.local import LocalEmbedder

TAGS = (
    "melancholic", "cheerful", "serene", "symmetry", "pattern", "leading lines", "dog", "cat",
    "sea", "mountain", "car", "sunset", "fog", "shallow depth of field", "copy space", "coffee",
)  # fmt: skip


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    folder = Path(__file__).parents[2] / FOLDER
    get_models(folder, (TEXT, TOKENIZER))
    return LocalEmbedder(folder)


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("lonely", "melancholic"),
        ("happiness", "cheerful"),
        ("tranquility", "serene"),
        ("reflection", "symmetry"),
        ("repeating shapes", "pattern"),
        ("puppy", "dog"),
        ("ocean", "sea"),
        ("misty morning", "fog"),
        ("bokeh", "shallow depth of field"),
        ("room for text", "copy space"),
        ("golden hour", "sunset"),
        ("espresso", "coffee"),
    ],
)
def test_what_people_type_finds_the_tag_that_they_mean(
    embedder: LocalEmbedder, query: str, tag: str
) -> None:
    likeness = embedder.embed(TAGS) @ embedder.embed([query])[0]
    assert TAGS[int(likeness.argmax())] == tag


def test_the_same_word_is_the_same_place_as_tag_and_as_query(embedder: LocalEmbedder) -> None:
    tag, query = embedder.embed(["symmetry", " Symmetry "])
    assert float(tag @ query) == pytest.approx(1, abs=1e-5)


def test_vectors_have_unit_length_and_do_not_depend_on_their_company(
    embedder: LocalEmbedder,
) -> None:
    texts = ["a dog on a beach", "x", "", "symmetry", "sea " * 300, "日本の山"]
    together = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert together.shape == (6, embedder.dimensions)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(together - alone).max() < 1e-3


def test_no_texts_are_no_vectors(embedder: LocalEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_an_other_word_of_the_glossary_means_one_word_and_is_none_itself() -> None:
    for other, word in meant_by().items():
        assert other in meanings()[word]
        assert other not in meanings()
