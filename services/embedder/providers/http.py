"""Vectors from a model server of your own.

It gets ``{"texts": ["dog", …]}`` by POST, at most 64 at once, and answers
``{"model": "…", "dimensions": 384, "vectors": [[0.1, …], …]}``, a vector for each text in order.
"""

import json
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.errors import TryAgain
from services.common.modelserver import ModelServer
from services.embedder.settings import Settings

SECONDS = 45.0
AT_ONCE = 64
#: Bytes of one answer: 64 vectors of 4000 numbers, written out in full.
LARGEST = AT_ONCE * 4000 * 25


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    model: str
    dimensions: int
    vectors: Annotated[list[list[float]], Field(max_length=AT_ONCE)]


class HttpEmbedder:
    paid = True

    def __init__(self, settings: Settings, *, seconds: float = SECONDS) -> None:
        self.model = settings.embedding_model
        self.dimensions = settings.embedding_dimensions
        self._server = ModelServer(
            str(settings.embedding_url), settings.embedding_key, seconds=seconds, largest=LARGEST
        )

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        rows = [
            self._ask(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)
        ]
        return np.concatenate(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def close(self) -> None:
        self._server.close()

    def _ask(self, texts: Sequence[str]) -> NDArray[np.float32]:
        body = self._server.ask(json.dumps({"texts": list(texts)}).encode(), "application/json")
        try:
            answer = Answer.model_validate_json(body)
        except ValidationError as error:
            raise TryAgain(
                f"cannot read the model server's answer: {error.error_count()} faults",
                code="provider-answer",
            ) from error
        if (answer.model, answer.dimensions) != (self.model, self.dimensions):
            raise TryAgain(
                f"the model server has {answer.model!r} with {answer.dimensions} dimensions,"
                f" not {self.model!r} with {self.dimensions}",
                code="provider-misconfigured",
                counts=False,
            )
        return unit_rows(answer.vectors, len(texts), self.dimensions)


def unit_rows(
    vectors: Sequence[Sequence[float]], count: int, dimensions: int
) -> NDArray[np.float32]:
    """Raises ``TryAgain`` unless there are ``count`` finite vectors that point somewhere."""
    if len(vectors) != count or any(len(vector) != dimensions for vector in vectors):
        raise TryAgain(
            f"the model server did not answer {count} vectors of {dimensions} numbers",
            code="provider-answer",
        )
    rows = np.array(vectors, dtype=np.float64).reshape(count, dimensions)
    longest = np.abs(rows).max(axis=1, keepdims=True)
    if not (np.isfinite(longest).all() and longest.all()):
        raise TryAgain(
            "the model server answered a vector without direction", code="provider-answer"
        )
    # Divided first, so that the square of a huge number is not infinite.
    rows /= longest
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / lengths).astype(np.float32)
    return unit
