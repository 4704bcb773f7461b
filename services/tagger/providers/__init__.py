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
    """Raises ``ModelError`` when a model file that the settings name cannot be had."""
    match settings.tagger:
        case "local":
            from services.tagger.providers.local import LocalTagger

            return [LocalTagger.of(settings)]
        case "http":
            from services.tagger.providers.http import HttpTagger

            return [HttpTagger(settings), *_geometry(settings)]
        case "rekognition" | "openai" | "cloud":
            from services.tagger.providers.cloud import cloud_taggers

            return [*cloud_taggers(settings), *_geometry(settings)]
        case unknown:
            assert_never(unknown)


def _geometry(settings: Settings) -> Sequence[Tagger]:
    """Looked at with every other provider: it is what the page draws, and all that a photo gets
    which may not leave the house."""
    if not settings.geometry:
        return []
    from services.tagger.providers.local import LocalTagger

    return [LocalTagger.of(settings)]
