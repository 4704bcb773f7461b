"""Vectors from OpenAI, or any server that speaks alike.

The name of a model says the length of its vectors too ("text-embedding-3-small@512"): vectors of
two lengths are never compared, whatever the model.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from openai import omit

from services.common.cloud import failing
from services.common.cloud.asking import NOTHING, Asking, Paid
from services.common.cloud.ledger import Leaving, current_event
from services.common.cloud.openai_api import connect, openai_errors
from services.common.cloud.prices import Prices, Usage, text_tokens
from services.common.cloud.settings import OpenAISettings, is_openai
from services.common.cloud.shutdown import ModelWatch
from services.common.errors import TryAgain
from services.embedder.providers.http import unit_rows

#: As the status page knows it, apart from the eyes.
NAME = "openai-words"
#: The API's limits for one request, with a margin for tokens that we only estimate.
MOST_TEXTS, MOST_TOKENS = 2048, 250_000
#: Bytes of an answer: the most texts at 3072 numbers, base64 of single floats.
LARGEST = MOST_TEXTS * 3072 * 6

Rows = NDArray[np.float32]


class OpenAIEmbedder:
    """Safe to use from several threads."""

    paid = True

    def __init__(self, settings: OpenAISettings, prices: Prices, asking: Asking) -> None:
        self._settings, self._asking = settings, asking
        self.dimensions = settings.dimensions
        self.model = f"{settings.embedding_model}@{settings.dimensions}"
        self._at_openai = is_openai(settings.embedding_url)
        self._who = "OpenAI" if self._at_openai else "the embedding server"
        self._price = prices.of(settings.embedding_model, free=not self._at_openai)
        key = settings.secret_for_embedding
        self._client = connect(
            settings.embedding_url, key, seconds=settings.seconds, largest=LARGEST
        )
        self._watch = ModelWatch(
            NAME, settings.embedding_model, self._price, self._client, asking.ledger
        )

    def embed(self, texts: Sequence[str], /) -> Rows:
        rows = [self._ask(batch) for batch in batches(texts)]
        return np.concatenate(rows) if rows else np.empty((0, self.dimensions), np.float32)

    def close(self) -> None:
        self._client.close()

    def _ask(self, texts: Sequence[str]) -> Rows:
        tokens = sum(map(text_tokens, texts))
        leaving = Leaving(
            provider="openai",
            model=self._settings.embedding_model,
            purpose="words" if current_event() else "query",
            estimate=Usage(fresh=tokens).cost(self._price),
            words=len(texts),
            bytes=sum(len(text.encode()) for text in texts),
        )
        rows, _ = self._asking(leaving, lambda: self._call(texts))
        if current_event():  # nobody's search waits for it
            self._watch()
        return rows

    def _call(self, texts: Sequence[str]) -> Paid[Rows]:
        with openai_errors(self._who, self._settings.embedding_model):
            # Other servers know neither `dimensions` nor base64; the SDK asks OpenAI for base64.
            answer = self._client.embeddings.create(
                model=self._settings.embedding_model,
                input=list(texts),
                dimensions=self.dimensions if self._at_openai else omit,
                encoding_format=omit if self._at_openai else "float",
            )
            told = Usage.told(answer.usage, all_in="prompt_tokens")
            found = sorted(answer.data, key=lambda one: one.index)
            in_order = [one.index for one in found] == list(range(len(texts)))
            vectors = [one.embedding for one in found] if in_order else []
        cost, used = told.cost(self._price) if told else None, told or NOTHING
        try:
            return Paid(self._rows(vectors, len(texts)), cost, used)
        except TryAgain as error:
            return Paid(None, cost, used, error)
        except (ValueError, TypeError):
            text = f"cannot read the answer of {self._who}"
            return Paid(None, cost, used, failing.unwell(failing.ANSWER, text))

    def _rows(self, vectors: list[list[float]], count: int) -> Rows:
        """Longer vectors are cut: the models that people use are trained for that."""
        shortest = min(map(len, vectors), default=0)
        if vectors and shortest < self.dimensions:
            why = f"its vectors have {shortest} numbers, IMGCAP_OPENAI__DIMENSIONS says more"
            raise failing.pausing(failing.MISCONFIGURED, self._who, why=why)
        cut = [vector[: self.dimensions] for vector in vectors]
        return unit_rows(cut, count, self.dimensions)


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """In order, each within the API's limits of texts and of tokens."""
    start, tokens = 0, 0
    for number, text in enumerate(texts):
        more = text_tokens(text)
        if number > start and (number - start >= MOST_TEXTS or tokens + more > MOST_TOKENS):
            yield texts[start:number]
            start, tokens = number, 0
        tokens += more
    if start < len(texts):
        yield texts[start:]
