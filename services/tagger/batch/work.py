"""What a tagger does for batches, on a thread of its own: fill one, send it, fetch its answers.

Every step may be the last one of this process. A batch that nobody looks after any more is given
to the next who asks: filled anew, unless it is at the provider already, or fetched anew. Answers
are kept beside their photos before search is told, so that what was paid is never lost.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event as Flag
from typing import IO
from uuid import UUID

import structlog
from openai.types import Batch as RemoteBatch

from services.common.blobs import Blobs, Keys
from services.common.cloud import failing
from services.common.cloud.batches import (
    Batch,
    BatchAnswers,
    BatchBooks,
    BatchEnded,
    BatchSeen,
    BatchSent,
    Packed,
    TakeBatch,
    Waiting,
)
from services.common.cloud.breaker import Breaker
from services.common.cloud.openai_api import without_keys
from services.common.cloud.settings import BatchSettings
from services.common.errors import Refuse, TryAgain
from services.common.killpoint import reach
from services.common.modelserver import excuse
from services.tagger.batch.pack import Pack, pack
from services.tagger.batch.read import Verdict, read_line
from services.tagger.batch.remote import RemoteBatches
from services.tagger.handler import file_name
from services.tagger.outgoing import Outgoing, outgoing
from services.tagger.providers.openai import OpenAITagger

log = structlog.get_logger(__name__)

#: Seconds in which one batch is packed and sent, or fetched; then somebody else may.
LEASE = 900.0
#: Seconds between two questions whether there is something to do.
ASK_EVERY = 15.0
#: Answers told in one request; each takes a transaction's while.
TOLD_AT_ONCE = 100
#: Until what a provider did not even begin is sent again: its queue is full, or we misspoke.
PUT_OFF = 900.0
#: A batch that is not there so long after its time will not come back.
GIVEN_UP = timedelta(days=1)
OPEN = ("validating", "in_progress", "finalizing", "cancelling")


@dataclass(frozen=True)
class BatchWork:
    tagger: OpenAITagger
    remote: RemoteBatches
    books: BatchBooks
    blobs: Blobs
    breaker: Breaker
    settings: BatchSettings
    discount: Decimal

    def run(self, stop: Flag) -> None:
        while not stop.is_set():
            busy = False
            try:
                self.breaker.admit()
                busy = self.once()
                if busy:
                    self.breaker.succeeded()
            except (TryAgain, Refuse) as error:
                log.info("batches are put off", code=error.code, error=str(error))
                if error.code in failing.PAUSING | failing.DOWN:
                    self.breaker.failed(error)
            except Exception:
                log.exception("a step of a batch failed")
            if not busy:
                stop.wait(min(ASK_EVERY, self.settings.every))

    def once(self) -> bool:
        """Whether there was anything to do. Raises ``TryAgain`` and ``Refuse``."""
        batch = self.books.take(
            TakeBatch(
                provider=self.tagger.name,
                version=self.tagger.version,
                most=self.settings.most,
                gather=self.settings.gather,
                lease=LEASE,
            )
        )
        if batch is None:
            return False
        reach("batch.taken")
        try:
            self._fill(batch) if batch.state == "filling" else self._look(batch)
        except TryAgain:
            self._give_back(batch)
            raise
        return True

    def _give_back(self, batch: Batch) -> None:
        """Whoever asks next may have it; if search cannot be told, when the lease is over."""
        with suppress(TryAgain):
            seen = BatchSeen(status="put off", look_after=self.settings.every)
            self.books.seen(batch.batch_id, seen)

    # --- there

    def _fill(self, batch: Batch) -> None:
        made = self.remote.find(batch.batch_id)
        with tempfile.TemporaryFile() as file:
            packed = pack(file, batch.photos, self._copy, self.tagger.request)
            if made is None and packed.photos:
                file.seek(0)
                made = self._send(batch.batch_id, file)
            elif made is not None:
                packed = _as_sent(batch, packed)
        if made is None:
            return self.books.ended(batch.batch_id, BatchEnded(status="withdrawn"))
        reach("batch.made")
        told = BatchSent(
            remote_id=made,
            photos=packed.photos,
            left_out=packed.left_out,
            look_after=self.settings.every,
        )
        self.books.sent(batch.batch_id, told)
        log.info("batch sent", batch=made, photos=len(packed.photos))

    def _send(self, batch_id: UUID, file: IO[bytes]) -> str:
        reach("batch.packed")
        return self.remote.send(batch_id, file)

    def _copy(self, photo: Waiting) -> Outgoing:
        keys = Keys.of(photo.photo_id, photo.blob_generation)
        return outgoing(self.blobs.get(keys.display), self.tagger.side)

    # --- and back

    def _look(self, batch: Batch) -> None:
        found = self.remote.look(batch.remote_id)
        if found is None:
            return self._missing(batch)
        if found.status in OPEN or (_unwritten(found) and not _overdue(batch)):
            done = found.request_counts.completed if found.request_counts else 0
            seen = BatchSeen(status=found.status, done=done, look_after=self.settings.every)
            return self.books.seen(batch.batch_id, seen)
        if found.status == "failed":
            return self._failed(batch, found)
        answered = self._fetch(batch, found)
        self.books.ended(batch.batch_id, BatchEnded(status=found.status))
        self.remote.forget(found)
        log.info("batch ended", batch=found.id, status=found.status, answers=answered)

    def _missing(self, batch: Batch) -> None:
        """Another key or another address may hide it; only its time says that it is gone."""
        if _overdue(batch):
            return self.books.ended(batch.batch_id, BatchEnded(status="lost"))
        why = f"the batch {batch.remote_id} is not there: is it another project's key?"
        raise failing.pausing(failing.MISCONFIGURED, "OpenAI", why=why)

    def _failed(self, batch: Batch, found: RemoteBatch) -> None:
        """Not one line of it was looked at, and none is billed."""
        faults = found.errors.data or [] if found.errors else []
        code = next((fault.code for fault in faults if fault.code), "") or ""
        message = next((fault.message for fault in faults if fault.message), "") or code
        self.books.ended(batch.batch_id, BatchEnded(status="failed", put_off=PUT_OFF))
        self.remote.forget(found)
        if "limit" in code:  # of tokens that wait: it empties by itself
            raise failing.unwell(failing.BUSY, f"OpenAI has too many batches of ours: {code}")
        why = without_keys(excuse(message.encode()))
        raise failing.pausing(failing.MISCONFIGURED, "OpenAI", why=f"a batch failed: {why}")

    def _fetch(self, batch: Batch, found: RemoteBatch) -> int:
        photos = {photo.call_id: photo for photo in batch.photos}
        answered = 0
        for some in _portions(self._verdicts(found, photos)):
            for verdict in some:
                self._keep(photos[verdict.answered.call_id], verdict)
            reach("batch.kept")
            told = BatchAnswers(answers=[verdict.answered for verdict in some])
            self.books.answers(batch.batch_id, told)
            reach("batch.told")
            answered += len(some)
        return answered

    def _verdicts(self, found: RemoteBatch, photos: dict[UUID, Waiting]) -> Iterator[Verdict]:
        """Of each photo the first; nobody else's."""
        open_ids = set(photos)
        for line in self.remote.lines(found):
            verdict = read_line(line, self.tagger, self.discount)
            if verdict and verdict.answered.call_id in open_ids:
                open_ids.remove(verdict.answered.call_id)
                yield verdict

    def _keep(self, photo: Waiting, verdict: Verdict) -> None:
        """Of a photo that was deleted meanwhile nothing is kept."""
        if verdict.sighting is None or not photo.wanted:
            return
        keys = Keys.of(photo.photo_id, photo.blob_generation)
        key = keys.result("tagging", file_name(self.tagger.name, photo.version))
        self.blobs.put(key, verdict.sighting.model_dump_json().encode(), "application/json")


def _unwritten(found: RemoteBatch) -> bool:
    """Answers are counted, and no file holds them: to settle now would be to ask and pay anew."""
    return bool(found.request_counts and found.request_counts.completed) and (
        not found.output_file_id
    )


def _overdue(batch: Batch) -> bool:
    return bool(batch.expires_at and datetime.now(UTC) > batch.expires_at + GIVEN_UP)


def _as_sent(batch: Batch, packed: Pack) -> Pack:
    """Somebody made the batch and could not tell; whoever was deleted since is in it too."""
    known = {one.call_id for one in packed.photos}
    unknown = [photo.call_id for photo in batch.photos if photo.call_id not in known]
    gone = [Packed(call_id=call_id, width=0, height=0, bytes=0) for call_id in unknown]
    return Pack([*packed.photos, *gone], [])


def _portions(verdicts: Iterator[Verdict]) -> Iterator[Sequence[Verdict]]:
    portion: list[Verdict] = []
    for verdict in verdicts:
        portion.append(verdict)
        if len(portion) >= TOLD_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion
