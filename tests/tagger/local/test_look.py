"""What the local tagger says of whole photos."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from services.common.errors import Refuse
from services.common.events import PhotoFacts, Sighting
from services.tagger.local.annotate import explain
from services.tagger.providers.local import LocalTagger


def words(sighting: Sighting, kind: str = "label") -> set[str]:
    return {tag.text for tag in sighting.tags if tag.kind == kind}


def jpeg(pixels: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(target, "JPEG", quality=90)
    return target.getvalue()


@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        ("cat.jpg", {"cat", "pet", "animal"}),
        ("coffee.jpg", {"coffee", "drink"}),
        ("two-dogs.jpg", {"dog", "animal"}),
        ("mountain-path.jpg", {"mountain", "landscape", "sky"}),
        ("brick-wall.jpg", {"black and white"}),
        ("rocks-in-fog.jpg", {"fog"}),
        ("pier-ruin.jpg", {"sunset"}),
        ("dahlia.jpg", {"shallow depth of field"}),
    ],
)
def test_a_photo_gets_the_plain_words_for_what_is_in_it(
    tagger: LocalTagger, samples: Path, photo: str, expected: set[str]
) -> None:
    assert expected <= words(tagger.look((samples / photo).read_bytes()))


@pytest.mark.parametrize(
    ("photo", "technique"),
    [
        ("tunnel.jpg", "symmetry"),
        ("tunnel.jpg", "leading lines"),
        ("dahlia.jpg", "centered"),
        ("dandelions.jpg", "rule of thirds"),
        ("brick-wall.jpg", "pattern"),
    ],
)
def test_a_photo_gets_its_technique_with_evidence(
    tagger: LocalTagger, samples: Path, photo: str, technique: str
) -> None:
    tags = tagger.look((samples / photo).read_bytes()).tags
    assert [tag.evidence for tag in tags if tag.text == technique] != [None]
    assert technique in {tag.text for tag in tags}


def test_a_mood_is_marked_as_estimated_and_has_a_place_on_the_map(
    tagger: LocalTagger, samples: Path
) -> None:
    tags = tagger.look((samples / "coffee.jpg").read_bytes()).tags
    (mood, *_) = [tag for tag in tags if tag.kind == "mood"]
    assert mood.evidence is not None
    assert mood.evidence["estimated"] is True
    assert -1 <= mood.evidence["valence"] <= 1
    assert -1 <= mood.evidence["energy"] <= 1
    assert mood.confidence <= 0.7


def test_a_photo_without_a_mood_has_a_place_on_the_map_too(
    tagger: LocalTagger, samples: Path
) -> None:
    seen = tagger.look((samples / "brick-wall.jpg").read_bytes())
    assert words(seen, "mood") == set()
    assert seen.feeling is not None


def test_what_the_camera_wrote_becomes_words(tagger: LocalTagger, samples: Path) -> None:
    facts = PhotoFacts(
        width=3000, height=4000, taken_at=datetime(2026, 1, 3, 8, 30), exposure_seconds=2
    )
    seen = words(tagger.look((samples / "cat.jpg").read_bytes(), facts=facts))
    assert {"portrait format", "january", "winter", "morning", "long exposure"} <= seen


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_photo_of_nothing_is_not_called_anything(tagger: LocalTagger, grey: int) -> None:
    sighting = tagger.look(jpeg(np.full((600, 900, 3), grey)))
    assert words(sighting, "composition") == set()
    assert words(sighting) <= {
        "black and white", "high key", "low key", "low contrast", "negative space"
    }  # fmt: skip


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 2), (5, 5), (64, 2000)])
def test_a_photo_of_any_shape_is_looked_at(tagger: LocalTagger, size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (*size, 3))
    tagger.look(jpeg(noise))


def test_bytes_that_are_no_photo_are_refused(tagger: LocalTagger, samples: Path) -> None:
    photo = (samples / "cat.jpg").read_bytes()
    for broken in (b"", b"hello", photo[:500], photo[: len(photo) // 2]):
        with pytest.raises(Refuse) as refusal:
            tagger.look(broken)
        assert refusal.value.code == "undecodable"


def test_several_threads_see_the_same(tagger: LocalTagger, samples: Path) -> None:
    photos = [(samples / name).read_bytes() for name in ("cat.jpg", "tunnel.jpg", "stream.jpg")]
    alone = [tagger.look(photo) for photo in photos]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(tagger.look, photos * 2))
    assert together == alone * 2


def test_the_explanation_is_the_photo_with_its_evidence_drawn_in(
    tagger: LocalTagger, samples: Path
) -> None:
    photo = (samples / "tunnel.jpg").read_bytes()
    drawn = Image.open(io.BytesIO(explain(photo, tagger.look(photo).tags)))
    plain = Image.open(io.BytesIO(explain(photo, ())))
    assert drawn.size == plain.size
    changed = np.abs(np.asarray(drawn, dtype=int) - np.asarray(plain, dtype=int)).max(axis=2) > 60
    assert 0.005 < changed.mean() < 0.2
