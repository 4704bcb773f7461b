"""The described photos in a real database, placed by the real local embedder."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np

from services.common.api import SearchAnswer
from services.common.description import describe
from services.common.events import PhotoEmbedded, TagVector
from services.common.identity import photo_id
from services.common.lifecycle import Reservation
from services.embedder.providers.local import LocalEmbedder
from services.search import record
from services.search.apply import apply_result
from services.search.database import Db, Pool
from services.search.meaning import Meaning, Placed
from services.search.query import Asking, Question
from services.search.ranking import MILLION
from services.search.similar import Similar, places_of_photo
from services.search.understanding import Understood
from services.search.vocabulary import Vocabulary
from tests.quality.search.photos import Described
from tests.search.photos import Same

OWNER = "local"
MODELS = Path(__file__).parents[3] / "data" / "models"
TODAY = date(2026, 11, 22)


class Local:
    """The local embedder without the service around it."""

    def __init__(self) -> None:
        self.embedder = LocalEmbedder(MODELS, threads=2)
        self.known: dict[str, tuple[float, ...]] = {}

    def place(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        if new := [text for text in dict.fromkeys(texts) if text not in self.known]:
            rows = self.embedder.embed(new)
            self.known |= {t: tuple(map(float, row)) for t, row in zip(new, rows, strict=True)}
        return [self.known[text] for text in texts]

    def ask(self, texts: Sequence[str], /) -> Placed:
        model, dimensions = self.embedder.model, self.embedder.dimensions
        return Placed(model=model, dimensions=dimensions, vectors=self.place(texts))

    def close(self) -> None:
        pass


class Gallery:
    """Answers queries by the names of photos."""

    def __init__(self, db: Db, photos: Sequence[Described], embedder: Local) -> None:
        self.db, self.photos, self.embedder = db, photos, embedder
        self.asking = Asking(Vocabulary(), Meaning(embedder))
        self.ids = {str(photo_id(OWNER, photo.digest)): photo for photo in photos}
        texts = [describe("", photo.tags) for photo in photos]
        words = sorted({word.text for photo in photos for word in photo.words})
        embedder.place([*texts, *words])
        for photo, text in zip(photos, texts, strict=True):
            self._add(photo, text)

    def _add(self, photo: Described, text: str) -> None:
        wanted = Reservation(
            photo_id=photo_id(OWNER, photo.digest),
            owner=OWNER,
            sha256=photo.digest,
            filename=f"{photo.name}.jpg",
            content_type="image/jpeg",
            bytes=1_000_000,
            width=photo.width,
            height=photo.height,
            thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2w",
            palette=list(photo.palette),
            exif=photo.exif,
        )
        with self.db.transaction():
            reserved, _ = record.reserve(self.db, wanted)
            record.commit(self.db, wanted.photo_id, reserved.generation)
            apply_result(self.db, self._result(photo, wanted, text))

    def _result(self, photo: Described, wanted: Reservation, text: str) -> PhotoEmbedded:
        vectors = self.embedder.place([text, *(word.text for word in photo.words)])
        return PhotoEmbedded(
            photo_id=wanted.photo_id,
            owner=OWNER,
            generation=1,
            blob_key=f"photos/{wanted.photo_id}/1/original",
            tags=photo.tags,
            guesses=photo.guesses,
            tagger="described",
            model=self.embedder.embedder.model,
            dimensions=self.embedder.embedder.dimensions,
            photo_vector=vectors[0],
            tag_vectors=tuple(
                TagVector(kind=word.kind, text=word.text, vector=vector)
                for word, vector in zip(photo.words, vectors[1:], strict=True)
            ),
        )

    def understood(self, q: str) -> Understood:
        asked = self.asking.understand(self.db, q, TODAY)
        if asked.missing and asked.model:
            pool = cast(Pool, Same(self.db))
            self.asking.meaning.learn(
                pool, asked.model["model_id"], asked.model["name"], asked.missing
            )
            asked = self.asking.understand(self.db, q, TODAY)
        return asked

    def answer(self, q: str, **more: Any) -> SearchAnswer:
        question = Question(OWNER, q, **{"limit": 200, **more})
        return self.asking.answer(self.db, question, self.understood(q))

    def matches(self, q: str) -> tuple[list[Described], list[float], list[float]]:
        """Whatever matches, cut nowhere: how well, and what it has of what is asked.

        Nothing is said of that where photos are not ranked.
        """
        asked = self.understood(q)
        found = self.asking.matches(self.db, OWNER, asked, strictness=0)
        photos = [self.ids[str(found.evidences.photo_id(row))] for row in found.order.tolist()]
        covers = found.ranking.covers(found.evidences)[found.order].tolist() if asked.ranks else []
        return photos, (found.points[found.order] / MILLION).tolist(), covers

    def found(self, q: str) -> list[Described]:
        return [self.ids[hit.id] for hit in self.answer(q).photos]

    def alike(self, photo: Described, **more: Any) -> list[Described]:
        """Photos that it is like in meaning."""
        asked = self.understood("")
        of = photo_id(OWNER, photo.digest)
        model_id = asked.model["model_id"] if asked.model else None
        places = places_of_photo(self.db, OWNER, of, model_id)
        similar = Similar(self.asking, OWNER, "meaning", places, of)
        answer = similar.answer(self.db, Question(OWNER, "", 200, **more), asked)
        return [self.ids[hit.id] for hit in answer.photos]

    def vectors(self, texts: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        return np.array(self.embedder.place(texts), np.float32)
