"""photo.uploaded -> photo.tagged"""

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from services.common.blobs import Keys
from services.common.cloud.failing import BUDGET, BUDGET_LOCAL, IN_BATCH
from services.common.cloud.ledger import on_behalf_of
from services.common.errors import Refuse, TryAgain
from services.common.events import PhotoTagged, PhotoUploaded, Sighting
from services.common.killpoint import reach
from services.common.results import Results
from services.tagger.fusion import fuse, guessed
from services.tagger.providers import Tagger

log = structlog.get_logger(__name__)

MOST_TAGS = 400  # as many as the event takes
LONGEST_NAME = 60  # characters of a kept answer's name
#: Until a provider that gave no answer is asked again; up to twice that, so that not all come at
#: once. Search holds photos back for longer while it knows that the provider is down.
AGAIN = timedelta(seconds=60)

Failures = dict[str, TryAgain | Refuse]


@dataclass(frozen=True)
class TagPhoto:
    """Each paid answer is kept on its own: a provider that failed is asked again, it alone.

    The order is what makes it safe to be killed at any moment: look for kept answers, ask
    whether the photo is still wanted, ask the provider, keep the answer, and only then tell.
    What costs nothing is neither kept nor asked for: search drops what nobody waits for.
    """

    results: Results
    taggers: Sequence[Tagger]

    def __call__(self, event: PhotoUploaded) -> Sequence[PhotoTagged]:
        if event.local_only and any(tagger.paid for tagger in self.taggers):
            return replace(self, taggers=[one for one in self.taggers if not one.paid])(event)
        seen = self._kept(event)
        reach("tagger.cached-read")
        unasked = [tagger for tagger in self.taggers if tagger.name not in seen]
        paid = any(tagger.paid for tagger in unasked)
        if paid and not self.results.wanted(event, paid=True):
            return []
        display = self._display(event) if unasked else b""
        if display is None:
            return []
        failures: Failures = {}
        fresh = self._look(event, unasked, display, failures)
        if paid and fresh and not self._still_wanted(event, fresh):
            return []
        seen |= fresh
        waiting = [error for error in failures.values() if error.code == BUDGET]
        if waiting or (failures and not seen):
            raise gravest(failures)
        return [self._told(event, seen, failures)]

    def _kept(self, event: PhotoUploaded) -> dict[str, Sighting]:
        found = {
            tagger.name: self.results.find(answer_key(event, tagger), Sighting)
            for tagger in self.taggers
            if tagger.paid
        }
        return {name: sighting for name, sighting in found.items() if sighting is not None}

    def _look(
        self,
        event: PhotoUploaded,
        taggers: Sequence[Tagger],
        display: bytes,
        failures: Failures,
    ) -> dict[str, Sighting]:
        """Side by side: the slowest of them is all that a photo waits for."""
        fresh: dict[str, Sighting] = {}
        with on_behalf_of(event), side_by_side(len(taggers)) as ask:
            asked = {tagger.name: ask(self._ask, event, tagger, display) for tagger in taggers}
        for name, answer in asked.items():
            try:
                fresh[name] = answer.result()
            except (TryAgain, Refuse) as error:
                tell = log.info if error.code == IN_BATCH else log.warning
                tell("no answer from a provider", provider=name, error=str(error), code=error.code)
                failures[name] = error
        return fresh

    def _ask(self, event: PhotoUploaded, tagger: Tagger, display: bytes) -> Sighting:
        reach("tagger.before-call")
        sighting = tagger.look(display, facts=event.facts)
        reach("tagger.after-call")
        if tagger.paid:
            self.results.keep(answer_key(event, tagger), sighting)
        reach("tagger.cached")
        return sighting

    def _display(self, event: PhotoUploaded) -> bytes | None:
        """None when nobody waits for the photo any more: its bytes are gone."""
        try:
            return self.results.blobs.get(Keys.beside(event.blob_key).display)
        except Refuse as error:
            if not self.results.wanted(event, paid=False):
                return None
            # The record has just said that it is there: a store that starts may not know it yet.
            raise TryAgain(str(error), code=error.code) from error

    def _still_wanted(self, event: PhotoUploaded, fresh: Mapping[str, Sighting]) -> bool:
        kept = [
            answer_key(event, tagger)
            for tagger in self.taggers
            if tagger.paid and tagger.name in fresh
        ]
        return self.results.still_wanted(event, event.blob_key, kept)

    def _told(
        self, event: PhotoUploaded, seen: Mapping[str, Sighting], failures: Failures
    ) -> PhotoTagged:
        answered = [tagger for tagger in self.taggers if tagger.name in seen]
        by_name = {tagger.name: seen[tagger.name] for tagger in answered}
        sightings = list(by_name.values())
        tags = fuse(by_name)[:MOST_TAGS]
        missing = [name for name, error in failures.items() if error.code != BUDGET_LOCAL]
        why = [error for name in missing if (error := failures[name]).code == IN_BATCH]
        waits = why[0] if len(why) == len(missing) and why else None
        return PhotoTagged(
            **event.follow(
                blob_key=event.blob_key,
                tags=tags,
                guesses=guessed(by_name, tags),
                caption=next((one.caption for one in sightings if one.caption), ""),
                feeling=next((one.feeling for one in sightings if one.feeling), None),
                tagger="+".join(f"{one.name}-{one.version}" for one in answered)[:200],
                cost=sum(one.cost for one in sightings),
                missing=tuple(missing),
                missing_code=waits.code if waits else "",
                missing_text=str(waits)[:500] if waits else "",
                again_at=again_at([failures[name] for name in missing]),
                local_only=event.local_only,
            )
        )


@contextmanager
def side_by_side(number: int) -> Iterator[Callable[..., "Future[Sighting]"]]:
    """Calls in threads of their own, each with its caller's context; a lone one stays here."""
    if number > 1:
        with ThreadPoolExecutor(number, "tagger") as pool:
            yield lambda call, *given: pool.submit(copy_context().run, call, *given)
    else:
        yield _answered


def _answered(call: Callable[..., Sighting], *given: Any) -> "Future[Sighting]":
    answer: Future[Sighting] = Future()
    try:
        answer.set_result(call(*given))
    except (TryAgain, Refuse) as error:
        answer.set_exception(error)
    return answer


def answer_key(event: PhotoUploaded, tagger: Tagger) -> str:
    return Keys.beside(event.blob_key).result("tagging", file_name(tagger.name, tagger.version))


def file_name(name: str, version: str) -> str:
    """Short and safe in any path; what had to be cut or replaced is told apart by a digest."""
    whole = f"{name}-{version}"
    safe = re.sub(r"[^a-z0-9.-]+", "-", whole.lower()).replace("..", "-")
    if safe == whole and len(safe) <= LONGEST_NAME:
        return safe
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{safe[: LONGEST_NAME - len(digest) - 1]}-{digest}"


def gravest(failures: Failures) -> TryAgain | Refuse:
    """Nobody saw anything: while one of them may heal, so may the photo."""
    errors = list(failures.values())
    return next((error for error in errors if isinstance(error, TryAgain)), errors[0])


def again_at(errors: Sequence[TryAgain | Refuse]) -> datetime | None:
    """None when only a photo is at fault: a day is soon enough for that."""
    healing = [error for error in errors if isinstance(error, TryAgain)]
    waits = [error.after for error in healing if error.after]
    if not healing:
        return None
    return datetime.now(UTC) + max([AGAIN, *waits]) * random.uniform(1, 2)
