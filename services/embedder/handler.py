"""photo.tagged -> photo.embedded"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel

from services.common.blobs import Keys
from services.common.cloud.ledger import on_behalf_of
from services.common.description import NOTHING_SEEN, describe
from services.common.events import PhotoEmbedded, PhotoTagged, TagVector
from services.common.killpoint import reach
from services.common.results import Results
from services.common.vectors import Vector
from services.embedder.known import KnownWords
from services.embedder.memory import Memory, Row

#: Bytes of an event that vectors may take; the rest is for tags and their evidence.
ROOM = 600_000


class KeptVectors(BaseModel):
    """A paid answer as it lies beside the photo's blobs."""

    model: str
    dimensions: int
    vectors: dict[str, Vector]


@dataclass(frozen=True)
class EmbedPhoto:
    """Each distinct text is embedded once; paid vectors are kept beside the photo's blobs."""

    memory: Memory
    results: Results
    known: KnownWords | None = None

    def __call__(self, event: PhotoTagged) -> Sequence[PhotoEmbedded]:
        embedder = self.memory.embedder
        event = fitting(event, embedder.dimensions)
        description = describe(event.caption, event.tags)
        texts = list(dict.fromkeys([description, *(word.text for word in event.words)]))
        if not embedder.paid:
            rows: dict[str, Row] | None = self.memory.vectors(texts)
        elif event.local_only:
            rows = self._at_home(event, description)
        else:
            with on_behalf_of(event):
                rows = self._paid(event, texts)
        if rows is None:
            return []
        return [
            PhotoEmbedded.after(
                event,
                model=embedder.model,
                dimensions=embedder.dimensions,
                photo_vector=rows[description].tolist(),
                tag_vectors=[
                    TagVector(
                        kind=word.kind, text=word.text, vector=tuple(rows[word.text].tolist())
                    )
                    for word in event.words
                    if word.text in rows
                ],
            )
        ]

    def _paid(self, event: PhotoTagged, texts: Sequence[str]) -> dict[str, Row] | None:
        """None when nobody waits for the photo any more.

        Texts that were paid for before need neither the photo's kept answer nor the record.
        """
        at_hand = self.memory.known(texts)
        if len(at_hand) == len(texts):
            return at_hand
        key = answer_key(event, self.memory.embedder.model, self.memory.embedder.dimensions)
        kept = self._kept(key)
        reach("embedder.cached-read")
        if all(text in kept for text in texts):
            return kept
        unknown = [text for text in texts if text not in kept]
        if not self.results.wanted(event, paid=len(self.memory.known(unknown)) < len(unknown)):
            return None
        if self.known:
            self.known.teach(self.memory, unknown)
        reach("embedder.before-call")
        rows = kept | self.memory.vectors(unknown)
        reach("embedder.after-call")
        self._keep(key, rows)
        reach("embedder.cached")
        return rows if self.results.still_wanted(event, event.blob_key, [key]) else None

    def _at_home(self, event: PhotoTagged, description: str) -> dict[str, Row]:
        """Not a word of the photo leaves the house: it lies where its known words lie."""
        words = [word.text for word in event.words]
        if self.known:
            self.known.teach(self.memory, words)
        rows = self.memory.known(words)
        weighted = [rows[tag.text] * tag.confidence for tag in event.tags if tag.text in rows]
        mean = np.sum(weighted, axis=0, dtype=np.float32) if weighted else np.float32(0)
        if not (length := float(np.linalg.norm(mean))):
            return rows | {description: self.memory.vectors([NOTHING_SEEN])[NOTHING_SEEN]}
        return rows | {description: np.asarray(mean / length, np.float32)}

    def _kept(self, key: str) -> dict[str, Row]:
        embedder = self.memory.embedder
        found = self.results.find(key, KeptVectors)
        if not found or (found.model, found.dimensions) != (embedder.model, embedder.dimensions):
            return {}
        return {
            text: np.array(vector, np.float32)
            for text, vector in found.vectors.items()
            if len(vector) == embedder.dimensions
        }

    def _keep(self, key: str, rows: dict[str, Row]) -> None:
        embedder = self.memory.embedder
        vectors = {text: tuple(row.tolist()) for text, row in rows.items()}
        kept = KeptVectors(model=embedder.model, dimensions=embedder.dimensions, vectors=vectors)
        self.results.keep(key, kept)


def fitting(event: PhotoTagged, dimensions: int) -> PhotoTagged:
    """With the surest words whose vectors one event can carry, tags first: all of them, but for
    very long vectors."""
    room = ROOM // (dimensions * 8 // 3 + 200)
    tags = sorted(event.tags, key=lambda tag: -tag.confidence)[:room]
    guesses = sorted(event.guesses, key=lambda guess: -guess.confidence)[: room - len(tags)]
    return event.model_copy(update={"tags": tuple(tags), "guesses": tuple(guesses)})


def answer_key(event: PhotoTagged, model: str, dimensions: int) -> str:
    """Named after the model, and safe in any path."""
    safe = re.sub(r"[^a-z0-9-]+", "-", model.lower())[:40]
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    return Keys.beside(event.blob_key).result("embedding", f"{safe}-{dimensions}-{digest}")
