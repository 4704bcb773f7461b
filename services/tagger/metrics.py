"""What the tagger counts, for Prometheus: how its providers do."""

from dataclasses import dataclass

from services.common.events import PhotoFacts, Sighting
from services.common.provided import DOLLARS, asking
from services.tagger.providers import Tagger


@dataclass(frozen=True)
class Watched:
    """A tagger whose every look is timed, counted and traced."""

    tagger: Tagger

    @property
    def name(self) -> str:
        return self.tagger.name

    @property
    def version(self) -> str:
        return self.tagger.version

    @property
    def paid(self) -> bool:
        return self.tagger.paid

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        with asking(self.name, "look by"):
            seen = self.tagger.look(photo, facts=facts)
        if seen.cost:
            DOLLARS.labels(self.name).inc(float(seen.cost))
        return seen
