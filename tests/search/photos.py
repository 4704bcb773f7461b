"""Photos as the gateway reserves them and as the workers answer for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from services.common.api import Exif, SearchAnswer, Swatch
from services.common.events import Feeling, PhotoEmbedded, PhotoFailed, Tag, TagVector
from services.common.identity import photo_id
from services.common.lifecycle import Reservation
from services.search import record
from services.search.apply import apply_result
from services.search.database import Db, Pool
from services.search.meaning import EmbedderAway, Meaning, Placed
from services.search.query import Asking, Question
from services.search.vocabulary import Vocabulary

OWNER = "local"
MODEL = "letters"
AXES = {"cat": 0, "dog": 1, "beach": 2, "melancholic": 3, "symmetry": 4, "harbour": 5}


def place(text: str) -> tuple[float, ...]:
    """A meaning that can be checked by hand: one axis a word, the last one for all the rest."""
    vector = [0.0] * 8
    for word in text.split():
        vector[AXES.get(word, 7)] += 1.0
    return tuple(vector)


class ByHand:
    """An embedder that a test can check by hand, or send away."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[str] = []

    def ask(self, texts: Sequence[str], /) -> Placed:
        if self.away:
            raise EmbedderAway("gone")
        self.asked += texts
        return Placed(model=MODEL, dimensions=8, vectors=[place(text) for text in texts])

    def close(self) -> None:
        pass


def asking() -> Asking:
    return Asking(Vocabulary(), Meaning(ByHand()))


class Same:
    """A pool of one connection."""

    def __init__(self, db: Db) -> None:
        self._db = db

    @contextmanager
    def connection(self) -> Iterator[Db]:
        yield self._db


def ask(
    db: Db, q: str, *, owner: str = OWNER, of: Asking | None = None, **more: Any
) -> SearchAnswer:
    """What a search answers, every word placed by hand."""
    searching = of or asking()
    asked = searching.understand(db, q, date(2026, 11, 22), owner=owner)
    if asked.missing and asked.model:
        model, pool = asked.model, cast(Pool, Same(db))
        searching.meaning.learn(pool, model["model_id"], model["name"], asked.missing)
        asked = searching.understand(db, q, date(2026, 11, 22), owner=owner)
    return searching.answer(db, Question(owner, q, **more), asked)


def reservation(name: str, **more: Any) -> Reservation:
    digest = sha256(name.encode()).hexdigest()
    fields = {
        "photo_id": str(photo_id(OWNER, digest)),
        "owner": OWNER,
        "sha256": digest,
        "filename": f"{name}.jpg",
        "content_type": "image/jpeg",
        "bytes": 1000,
        "width": 400,
        "height": 300,
        "thumbhash": "3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
        "palette": [Swatch(hex="#aa5500", amount=1.0, lab=(45.0, 30.0, 50.0))],
        "exif": Exif(camera_make="Leica"),
    }
    return Reservation(**{**fields, **more})


def queued(db: Db, name: str, **more: Any) -> UUID:
    wanted = reservation(name, **more)
    reserved, _ = record.reserve(db, wanted)
    record.commit(db, wanted.photo_id, reserved.generation)
    return wanted.photo_id


def tag(text: str, confidence: float = 0.9, kind: str = "label", **more: Any) -> Tag:
    return Tag.model_validate({"kind": kind, "text": text, "confidence": confidence, **more})


def embedded(db: Db, of: UUID, *tags: Tag, **more: Any) -> PhotoEmbedded:
    """The workers' answer for the photo's present generation."""
    state = record.photo_state(db, of, None)
    fields: dict[str, Any] = {
        "photo_id": of,
        "owner": OWNER,
        "generation": state.generation,
        "blob_key": f"{state.blob_prefix}/original",
        "tags": tags,
        "tagger": "test",
        "model": MODEL,
        "dimensions": 8,
        "photo_vector": place(" ".join(tag.text for tag in tags)),
        "tag_vectors": [TagVector(kind=t.kind, text=t.text, vector=place(t.text)) for t in tags],
    }
    return PhotoEmbedded(**{**fields, **more})


def ready(db: Db, name: str, *tags: Tag, **more: Any) -> UUID:
    of = queued(db, name, **more)
    assert apply_result(db, embedded(db, of, *tags))
    return of


def felt(db: Db, name: str, valence: float, energy: float, *tags: Tag) -> UUID:
    """A photo with a place on the map of moods, whatever mood is said of it."""
    of = queued(db, name)
    feeling = Feeling(valence=valence, energy=energy)
    assert apply_result(db, embedded(db, of, *tags, feeling=feeling))
    return of


def failed(db: Db, of: UUID, **more: Any) -> PhotoFailed:
    fields: dict[str, Any] = {
        "photo_id": of,
        "owner": OWNER,
        "generation": record.photo_state(db, of, None).generation,
        "stage": "tagging",
        "code": "provider-unwell",
        "text": "429",
        "heals": True,
    }
    return PhotoFailed(**{**fields, **more})
