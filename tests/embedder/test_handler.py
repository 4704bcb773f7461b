"""What the embedder makes of one event: with a real store, and a stub that answers for search."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from services.common.blobs import Blobs, Keys
from services.common.description import describe
from services.common.errors import TryAgain
from services.common.events import LARGEST, Guess, PhotoEmbedded, PhotoTagged, Tag
from services.common.results import Results
from services.embedder.handler import EmbedPhoto, answer_key, fitting
from services.embedder.memory import Memory
from tests.embedder.stubs import DIMENSIONS, MODEL, Letters, place
from tests.tagger.stubs import RecordStub, state_of


def embed(letters: Letters, results: Results) -> EmbedPhoto:
    return EmbedPhoto(Memory(letters, 1000), results)


def kept(blobs: Blobs, tagged: PhotoTagged) -> list[str]:
    return list(blobs.keys(f"{Keys.beside(tagged.blob_key).prefix}/results/"))


def label(text: str, confidence: float) -> Tag:
    return Tag(kind="label", text=text, confidence=confidence)


def test_a_tagged_photo_gets_its_vectors(tagged: PhotoTagged, results: Results) -> None:
    (embedded,) = embed(Letters(), results)(tagged)

    assert isinstance(embedded, PhotoEmbedded)
    assert (embedded.model, embedded.dimensions) == (MODEL, DIMENSIONS)
    assert {(one.kind, one.text) for one in embedded.tag_vectors} == {
        ("mood", "calm"),
        ("label", "dog"),
        ("composition", "calm"),
    }
    dog = next(one.vector for one in embedded.tag_vectors if one.text == "dog")
    assert np.dot(dog, place("dog")) / np.linalg.norm(place("dog")) == pytest.approx(1, abs=1e-5)


def test_all_that_the_tagger_said_is_said_again(tagged: PhotoTagged, results: Results) -> None:
    (embedded,) = embed(Letters(), results)(tagged)
    assert set(embedded.tags) == set(tagged.tags)
    for field in ("photo_id", "owner", "generation", "caption", "cost", "missing", "tagger"):
        assert getattr(embedded, field) == getattr(tagged, field)
    assert embedded.event_id != tagged.event_id


def test_each_distinct_text_is_asked_for_once(tagged: PhotoTagged, results: Results) -> None:
    letters = Letters()
    embed_photo = embed(letters, results)
    for _ in range(3):
        embed_photo(tagged)
    assert sorted(letters.asked) == ["a dog on a beach, dog, calm", "calm", "dog"]


def test_the_whole_photo_is_described_by_its_caption_and_its_tags_surest_first() -> None:
    tags = [label("sand", 0.4), label("dog", 0.9), label("ball", 0.4), label("dog", 0.1)]
    assert describe(" a dog ", tags) == "a dog, dog, ball, sand"
    assert describe("", tags) == "dog, ball, sand"
    assert describe("", []) == "a photo"


def test_a_long_description_ends_with_a_whole_tag() -> None:
    tags = [label(f"{number:02}" + "x" * 90, 0.9) for number in range(9)]
    text = describe("", tags)
    assert len(text) <= 300
    assert text == ", ".join(tag.text for tag in tags[:3])
    assert len(describe("c" * 300, tags)) == 300


def test_a_photo_without_tags_has_a_vector_too(tagged: PhotoTagged, results: Results) -> None:
    bare = tagged.model_copy(update={"tags": (), "caption": ""})
    (embedded,) = embed(Letters(), results)(bare)
    assert embedded.tag_vectors == ()
    assert any(embedded.photo_vector)


@pytest.mark.parametrize("dimensions", [384, 1536, 3072, 4000])
def test_the_event_fits_on_the_wire_whatever_the_model(
    tagged: PhotoTagged, dimensions: int
) -> None:
    tags = tuple(label(f"tag {number}", number / 400) for number in range(400))
    guesses = tuple(Guess(kind="label", text=f"guess {n}", confidence=n / 50) for n in range(50))
    fit = fitting(tagged.model_copy(update={"tags": tags, "guesses": guesses}), dimensions)
    assert fit.tags[0].text == "tag 399"
    assert (len(fit.tags) + len(fit.guesses)) * dimensions * 8 / 3 < LARGEST * 0.6
    assert (len(fit.tags) == 400) == (dimensions == 384)
    assert len(fit.guesses) == (50 if dimensions == 384 else 0)  # a tag goes before any guess


def test_a_guess_can_be_placed_and_describes_nothing(tagged: PhotoTagged, results: Results) -> None:
    letters = Letters()
    guess = Guess(kind="label", text="cat", confidence=0.3)
    (embedded,) = embed(letters, results)(tagged.model_copy(update={"guesses": (guess,)}))
    assert ("label", "cat") in {(one.kind, one.text) for one in embedded.tag_vectors}
    assert embedded.guesses == (guess,)
    assert "a dog on a beach, dog, calm" in letters.asked  # as without it


def test_free_vectors_are_not_kept_beside_the_photo(
    tagged: PhotoTagged, results: Results, blobs: Blobs, search: RecordStub
) -> None:
    embed(Letters(), results)(tagged)
    assert kept(blobs, tagged) == []
    assert search.asked == 0


def test_paid_vectors_are_kept_and_never_paid_again(
    tagged: PhotoTagged, results: Results, blobs: Blobs
) -> None:
    letters = Letters(paid=True)
    embed(letters, results)(tagged)
    paid = len(letters.asked)
    (embedded,) = embed(letters, results)(tagged)  # another process, with no memory
    assert (len(letters.asked), len(kept(blobs, tagged))) == (paid, 1)
    assert len(embedded.tag_vectors) == 3


def test_only_new_texts_are_paid(tagged: PhotoTagged, results: Results) -> None:
    letters = Letters(paid=True)
    embed(letters, results)(tagged)
    letters.asked.clear()
    more = tagged.model_copy(update={"tags": (*tagged.tags, label("sea", 0.1))})
    embed(letters, results)(more)
    assert letters.asked == ["a dog on a beach, dog, calm, sea", "sea"]


@pytest.mark.parametrize("generation", [None, 2], ids=["gone", "of another generation"])
def test_nobody_pays_for_a_photo_that_is(
    tagged: PhotoTagged, results: Results, search: RecordStub, generation: int | None
) -> None:
    search.state = state_of(tagged.photo_id, generation) if generation else None
    letters = Letters(paid=True)
    assert list(embed(letters, results)(tagged)) == []
    assert letters.asked == []


def test_while_search_is_away_nothing_is_paid(
    tagged: PhotoTagged, results: Results, search: RecordStub
) -> None:
    search.away = True
    letters = Letters(paid=True)
    with pytest.raises(TryAgain, match="search does not answer"):
        embed(letters, results)(tagged)
    assert letters.asked == []


def test_a_photo_deleted_meanwhile_leaves_nothing_behind(
    tagged: PhotoTagged, results: Results, search: RecordStub, blobs: Blobs
) -> None:
    class Slow(Letters):
        def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
            search.state = None
            return super().embed(texts)

    assert list(embed(Slow(paid=True), results)(tagged)) == []
    assert kept(blobs, tagged) == []


def test_kept_vectors_of_another_length_are_not_used(
    tagged: PhotoTagged, results: Results, blobs: Blobs
) -> None:
    key = answer_key(tagged, MODEL, DIMENSIONS)
    blobs.put(
        key,
        b'{"model": "letters", "dimensions": 8, "vectors": {"dog": [1, 2]}}',
        "application/json",
    )
    letters = Letters(paid=True)
    embed(letters, results)(tagged)
    assert "dog" in letters.asked


def test_two_models_never_share_a_kept_answer(tagged: PhotoTagged) -> None:
    keys = {answer_key(tagged, model, size) for model in ("a/b", "a:b", "A-b") for size in (8, 9)}
    assert len(keys) == 6
