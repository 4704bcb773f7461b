"""A tagger for photos that may wait: it puts them where a batch takes them along.

The answer comes by being kept beside the photo's bytes, where every answer is kept; search wakes
the photo then, and its next look finds it there. So a photo that waits is like one whose provider
is away: findable by what the others saw, and never asked about twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from services.common.cloud.batches import BatchBooks, Standing
from services.common.cloud.failing import IN_BATCH, REFUSED
from services.common.cloud.ledger import Leaving, current_event
from services.common.cloud.quote import BATCHED
from services.common.errors import Refuse, TryAgain
from services.common.events import PhotoFacts, PhotoUploaded, Sighting
from services.tagger.outgoing import fitting
from services.tagger.providers.openai import OpenAITagger

#: Until a photo looks by itself whether its answer is there, if nobody woke it.
LOOK_BY_ITSELF = timedelta(hours=3)


@dataclass(frozen=True)
class PatientTagger:
    """``discount``: what is left to pay of the price."""

    tagger: OpenAITagger
    books: BatchBooks
    discount: Decimal

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
        event = current_event()
        if not isinstance(event, PhotoUploaded) or not event.patient:
            return self.tagger.look(photo, facts=facts)
        standing = self.books.put(self._leaving(event), blob_generation(event.blob_key))
        match standing.state:
            case "alone":
                return self.tagger.look(photo, facts=facts)
            case "refused":
                raise Refuse(standing.text or "refused", code=REFUSED)
            case "waiting" | "sent":
                text = _when(standing)
                raise TryAgain(text, code=IN_BATCH, counts=False, after=LOOK_BY_ITSELF)

    def _leaving(self, event: PhotoUploaded) -> Leaving:
        """Before there is a copy: of the size that it will have."""
        width, height = fitting(event.width, event.height, self.tagger.side)
        most = self.tagger.most(width, height) * self.discount
        leaving = self.tagger.leaving(width, height, 0)
        return leaving.model_copy(update={"estimate": most, "purpose": BATCHED, "seconds": 0})


def _when(standing: Standing) -> str:
    if standing.state == "waiting" or not standing.expires_at:
        return "waits to be sent with others, at half the price"
    return f"in a batch at half the price; answered by {standing.expires_at:%Y-%m-%d %H:%M} UTC"


def blob_generation(blob_key: str) -> int:
    """Of ``photos/{photo_id}/{generation}/original``."""
    return int(blob_key.split("/")[2])
