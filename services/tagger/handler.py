"""photo.uploaded -> photo.tagged"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from services.common.blobs import Keys
from services.common.errors import Refuse, TryAgain
from services.common.events import PhotoTagged, PhotoUploaded, Sighting, strongest_of_each
from services.common.killpoint import reach
from services.common.results import Results
from services.tagger.providers import Tagger

log = structlog.get_logger(__name__)

MOST_TAGS = 400  # as many as the event takes
LONGEST_NAME = 60  # characters of a kept answer's name

Failures = dict[str, TryAgain | Refuse]


@dataclass(frozen=True)
class TagPhoto:
    """Each provider's answer is kept on its own: one that failed is asked again, it alone.

    The order is what makes it safe to be killed at any moment: look for kept answers, ask
    whether the photo is still wanted, ask the provider, keep the answer, and only then tell.
    """

    results: Results
    taggers: Sequence[Tagger]

    def __call__(self, event: PhotoUploaded) -> Sequence[PhotoTagged]:
        seen = self._kept(event)
        reach("tagger.cached-read")
        unasked = [tagger for tagger in self.taggers if tagger.name not in seen]
        failures: Failures = {}
        if unasked:
            if not self.results.wanted(event, paid=any(one.paid for one in unasked)):
                return []
            fresh = self._look(event, unasked, failures)
            if fresh and not self._still_wanted(event, fresh):
                return []
            seen |= fresh
        if not seen:
            raise gravest(failures)
        return [self._told(event, seen, failures)]

    def _kept(self, event: PhotoUploaded) -> dict[str, Sighting]:
        found = {
            tagger.name: self.results.find(answer_key(event, tagger), Sighting)
            for tagger in self.taggers
        }
        return {name: sighting for name, sighting in found.items() if sighting is not None}

    def _look(
        self, event: PhotoUploaded, taggers: Sequence[Tagger], failures: Failures
    ) -> dict[str, Sighting]:
        display = self._display(event)
        fresh: dict[str, Sighting] = {}
        for tagger in taggers:
            reach("tagger.before-call")
            try:
                fresh[tagger.name] = tagger.look(display, facts=event.facts)
            except (TryAgain, Refuse) as error:
                log.warning("a provider failed", provider=tagger.name, error=str(error))
                failures[tagger.name] = error
                continue
            reach("tagger.after-call")
            self.results.keep(answer_key(event, tagger), fresh[tagger.name])
            reach("tagger.cached")
        return fresh

    def _display(self, event: PhotoUploaded) -> bytes:
        try:
            return self.results.blobs.get(Keys.beside(event.blob_key).display)
        except Refuse as error:
            # The record has just said that it is there: a store that starts may not know it yet.
            raise TryAgain(str(error), code=error.code) from error

    def _still_wanted(self, event: PhotoUploaded, fresh: Mapping[str, Sighting]) -> bool:
        kept = [answer_key(event, tagger) for tagger in self.taggers if tagger.name in fresh]
        return self.results.still_wanted(event, event.blob_key, kept)

    def _told(
        self, event: PhotoUploaded, seen: Mapping[str, Sighting], failures: Failures
    ) -> PhotoTagged:
        answered = [tagger for tagger in self.taggers if tagger.name in seen]
        sightings = [seen[tagger.name] for tagger in answered]
        return PhotoTagged(
            **event.follow(
                blob_key=event.blob_key,
                tags=strongest_of_each([tag for one in sightings for tag in one.tags])[:MOST_TAGS],
                caption=next((one.caption for one in sightings if one.caption), ""),
                tagger="+".join(f"{one.name}-{one.version}" for one in answered)[:200],
                cost=sum(one.cost for one in sightings),
                missing=tuple(failures),
            )
        )


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
