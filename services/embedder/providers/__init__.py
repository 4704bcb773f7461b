"""A provider turns texts into vectors; texts that mean the same lie close together.

To add one: write a module beside this one, give it a ``case`` below, and add its
name to ``Settings.embedder`` and to the contract test in ``tests/embedder/test_providers.py``.
"""

from collections.abc import Sequence
from typing import Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from services.embedder.settings import Settings


class Embedder(Protocol):
    """Asked by several threads at once."""

    @property
    def model(self) -> str:
        """Vectors of two models are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def paid(self) -> bool:
        """True when a vector costs money, or somebody else's patience."""
        ...

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """One row of unit length for each text.

        Raises ``TryAgain`` when the provider is unwell, ``Refuse`` when a text is at fault.
        """
        ...


def embedder(settings: Settings) -> Embedder:
    """Raises ``ModelError`` when a model file that the settings name cannot be had."""
    match settings.embedder:
        case "local":
            from services.embedder.providers.local import LocalEmbedder

            return LocalEmbedder.of(settings)
        case "http":
            from services.embedder.providers.http import HttpEmbedder

            return HttpEmbedder(settings)
        case "openai":
            from services.common.cloud.asking import Asking
            from services.common.cloud.breaker import Breaker
            from services.common.cloud.ledger import SearchLedger
            from services.common.cloud.pace import Pace
            from services.common.cloud.prices import Prices
            from services.embedder.providers.openai import NAME, OpenAIEmbedder

            own = settings.openai
            books = SearchLedger(settings.search_url, settings.internal_token)
            asking = Asking(books, Breaker(NAME, books.report), Pace(own.rate))
            return OpenAIEmbedder(own, Prices.read(settings.prices), asking)
        case unknown:
            assert_never(unknown)
