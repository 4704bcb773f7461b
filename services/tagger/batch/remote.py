"""OpenAI's files and batches, as the one thing that they are to us: a parcel and its answer.

A batch carries our own id in its metadata: whoever was killed after making it, before anybody
knew, finds it again by that and does not make it twice.
"""

import time
from collections.abc import Iterable, Iterator
from typing import IO
from uuid import UUID

import openai
import structlog
from openai.types import Batch as RemoteBatch
from pydantic import SecretStr

from services.common.cloud.openai_api import connect, openai_errors
from services.tagger.batch.pack import ENDPOINT

log = structlog.get_logger(__name__)

MARK = "imgcap_batch"
#: Seconds for 64 MB on a line of two megabits; the whole file is one request.
SECONDS = 300.0
#: Bytes of a file of answers: 50,000 of five kilobytes.
LARGEST = 2**28
#: Photos and answers do not lie there for longer than they are needed.
KEPT_SECONDS = 3 * 86_400
#: A batch that somebody forgot to tell of is younger than this.
YOUNG_SECONDS = 2 * 86_400


class RemoteBatches:
    """Raises ``TryAgain`` or ``Refuse``; ``None`` for a batch that is not there (any more)."""

    def __init__(self, url: str, key: SecretStr | None, *, who: str, model: str) -> None:
        self._client = connect(url, key, seconds=SECONDS, largest=LARGEST)
        self._who, self._model = who, model

    def find(self, batch_id: UUID) -> str | None:
        """The remote name of a batch that was made for ``batch_id``."""
        oldest = time.time() - YOUNG_SECONDS
        with openai_errors(self._who, self._model):
            for batch in self._client.batches.list(limit=100):
                if (batch.metadata or {}).get(MARK) == str(batch_id):
                    return batch.id
                if batch.created_at < oldest:
                    break
        return None

    def send(self, batch_id: UUID, file: IO[bytes]) -> str:
        """Its remote name."""
        with openai_errors(self._who, self._model):
            sent = self._client.files.create(
                file=("photos.jsonl", file, "application/jsonl"),
                purpose="batch",
                expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
            )
            batch = self._client.batches.create(
                input_file_id=sent.id,
                endpoint=ENDPOINT,
                completion_window="24h",
                metadata={MARK: str(batch_id)},
                output_expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
            )
            return batch.id

    def look(self, remote_id: str) -> RemoteBatch | None:
        with openai_errors(self._who, self._model):
            try:
                return self._client.batches.retrieve(remote_id)
            except openai.NotFoundError:
                return None

    def lines(self, batch: RemoteBatch) -> Iterator[str]:
        """Of its answers and of its errors. A file that is gone has no lines."""
        for file_id in (batch.output_file_id, batch.error_file_id):
            if file_id:
                yield from self._lines_of(file_id)

    def forget(self, batch: RemoteBatch) -> None:
        """Photos and answers leave the provider; it does so by itself after some days."""
        for file_id in (batch.input_file_id, batch.output_file_id, batch.error_file_id):
            if file_id:
                try:
                    self._client.files.delete(file_id)
                except openai.OpenAIError as error:
                    log.info("a file stays for some days", error=type(error).__name__)

    def close(self) -> None:
        self._client.close()

    def _lines_of(self, file_id: str) -> Iterator[str]:
        with openai_errors(self._who, self._model):
            try:
                with self._client.files.with_streaming_response.content(file_id) as answer:
                    yield from lines_of(answer.iter_bytes())
            except openai.NotFoundError:
                log.warning("a file of answers is gone", file=file_id)


def lines_of(chunks: Iterable[bytes]) -> Iterator[str]:
    """Ended by line feeds alone: JSON may hold the other characters that end a line of text."""
    begun: list[bytes] = []
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        for other in others:
            yield b"".join(begun).decode(errors="replace")
            begun = [other]
    if last := b"".join(begun):
        yield last.decode(errors="replace")
