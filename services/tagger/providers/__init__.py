"""A provider looks at a photo and says what it sees.

To add one: write a module beside this one, give it a ``case`` below, and add its
name to ``Settings.tagger`` and to the contract test in ``tests/tagger/test_providers.py``.
"""

from collections.abc import Sequence
from typing import Protocol, assert_never

from services.common.events import PhotoFacts, Sighting
from services.tagger.settings import Settings


class Tagger(Protocol):
    """Asked by several threads at once."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Changes when its answers do: what an older version said of a photo is asked anew."""
        ...

    @property
    def paid(self) -> bool:
        """True when a look costs money, or somebody else's patience."""
        ...

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        """``photo`` is the display copy, a JPEG.

        Raises ``TryAgain`` when the provider is unwell, ``Refuse`` when the photo is at fault.
        """
        ...


def taggers(settings: Settings) -> Sequence[Tagger]:
    match settings.tagger:
        case "local":
            from services.tagger.providers.local import LocalTagger

            return [LocalTagger(settings.models)]
        case "http":
            from services.tagger.providers.http import HttpTagger

            return [HttpTagger(settings)]
        case "rekognition" | "openai" | "cloud":
            from services.tagger.providers.cloud import cloud_taggers
            from services.tagger.providers.local import LocalTagger

            # Geometry is looked at with every one of them: it is what the page draws.
            return [*cloud_taggers(settings), LocalTagger(settings.models)]
        case unknown:
            assert_never(unknown)
