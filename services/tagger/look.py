"""POST /look: what is seen in a photo that nobody keeps. Nothing of it is stored, told or logged.

Only eyes of this machine look, whatever provider tags the gallery: a photo that is dropped on the
search box costs nothing and leaves the house for nobody.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from threading import BoundedSemaphore

from pydantic import BaseModel, SecretStr

from services.common.errors import Refuse, TryAgain
from services.common.events import Feeling, Tag
from services.common.internal import inside, is_loopback, tokens_of
from services.common.probes import Reply
from services.tagger.fusion import fuse
from services.tagger.handler import MOST_TAGS
from services.tagger.providers import Tagger

LARGEST = 16_000_000  # bytes of a display copy; usually a tenth of that
AT_ONCE = 2
PATIENCE = 5.0  # seconds to wait for somebody else's look
Header = tuple[bytes, bytes]


class Seen(BaseModel):
    tags: tuple[Tag, ...]
    caption: str = ""
    feeling: Feeling | None = None


class Look:
    """Asked by the gateway; ``host`` is where this listens."""

    def __init__(self, taggers: Sequence[Tagger], secret: SecretStr | None, host: str) -> None:
        self._taggers = [tagger for tagger in taggers if not tagger.paid]
        self._tokens = tokens_of(secret)
        self._trusting = not self._tokens and is_loopback(host)
        self._turns = BoundedSemaphore(AT_ONCE)

    def __call__(
        self, path: str, headers: Iterable[Header], length: int, read: Callable[[int], bytes]
    ) -> Reply:
        if path != "/look":
            return _problem(404, "no-such-route", "there is nothing here")
        if not inside(headers, self._tokens, trusting=self._trusting):
            return _problem(401, "not-inside", "this is for imgcap's own services")
        if not 0 < length <= LARGEST:
            return _problem(413, "too-large", f"a photo of 1 to {LARGEST} bytes")
        if not self._taggers:
            return _problem(501, "no-local-eyes", "no provider here looks without being paid")
        photo = read(length)
        if len(photo) < length:
            return _problem(400, "truncated", "the photo ended early")
        if not self._turns.acquire(timeout=PATIENCE):
            return _problem(503, "busy", "too many photos at once; try again")
        try:
            return 200, "application/json", self._seen(photo).model_dump_json().encode()
        except TryAgain as error:
            return _problem(503, error.code, "nobody can look now; try again")
        except Refuse as error:
            return _problem(422, error.code, "the photo cannot be looked at")
        finally:
            self._turns.release()

    def _seen(self, photo: bytes) -> Seen:
        sightings = {tagger.name: tagger.look(photo) for tagger in self._taggers}
        caption = next((one.caption for one in sightings.values() if one.caption), "")
        feeling = next((one.feeling for one in sightings.values() if one.feeling), None)
        return Seen(tags=fuse(sightings)[:MOST_TAGS], caption=caption, feeling=feeling)


def _problem(status: int, code: str, detail: str) -> Reply:
    told = {"type": f"urn:imgcap:{code}", "status": status, "code": code, "detail": detail}
    return status, "application/problem+json", json.dumps(told).encode()
