"""What the embedder counts, for Prometheus: how its provider does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.common.provided import asking
from services.embedder.providers import Embedder


@dataclass(frozen=True)
class Watched:
    """An embedder whose every answer is timed, counted and traced."""

    embedder: Embedder

    @property
    def model(self) -> str:
        return self.embedder.model

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    @property
    def paid(self) -> bool:
        return self.embedder.paid

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        with asking(self.model, "place words by"):
            return self.embedder.embed(texts)
