"""One photo on its way to the gateway, as often as it takes.

Sending the same bytes again is always safe: they are the same photo.
"""

import mimetypes
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event as Flag

import httpx

from services.cli.gateway import Door
from services.cli.trouble import Trouble

CHUNK = 2**18
LONGEST_PAUSE = 15.0
#: Nobody waits longer for one photo because a server asks for it.
LONGEST_RETRY_AFTER = 60.0
COMES_BACK = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Sent:
    path: Path
    id: str
    status: str
    duplicate: bool


@dataclass(frozen=True)
class Refused:
    path: Path
    code: str
    message: str


class ComeBack(Exception):
    """The gateway cannot take it now."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


@dataclass(frozen=True)
class Sender:
    """``moved`` is told of bytes sent, and of bytes to be sent again by a negative number."""

    door: Door
    patience: float
    stop: Flag
    moved: Callable[[int], None]
    local_only: bool = False
    #: Of how many in all each photo is one: of many, each may wait for half the price.
    together: int = 0

    def send(self, path: Path) -> Sent | Refused:
        deadline = time.monotonic() + self.patience
        tries = 0
        while True:
            try:
                return self._try(path)
            except ComeBack as trouble:
                tries += 1
                pause = trouble.after or random.uniform(0.5, 1) * min(LONGEST_PAUSE, 0.5 * 2**tries)
                if self.stop.is_set() or time.monotonic() + pause > deadline:
                    return Refused(path, "not-sent", str(trouble))
                self.stop.wait(pause)

    def _try(self, path: Path) -> Sent | Refused:
        """Raises ``ComeBack`` or ``Trouble``."""
        moved = 0

        def body() -> Iterator[bytes]:
            nonlocal moved
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
                    moved += len(chunk)
                    self.moved(len(chunk))

        try:
            return self._read(path, self._post(path, body()))
        except OSError as error:
            self.moved(-moved)
            return Refused(path, "unreadable", error.strerror or repr(error))
        except httpx.LocalProtocolError:
            self.moved(-moved)
            return Refused(path, "changed", "the file changed while it was sent")
        except httpx.TransportError as error:
            self.moved(-moved)
            why = "the gateway does not answer"
            raise ComeBack(f"{why} ({type(error).__name__})") from error
        except ComeBack:
            self.moved(-moved)
            raise

    def _post(self, path: Path, body: Iterator[bytes]) -> httpx.Response:
        headers = {
            "Content-Type": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            "Content-Length": str(path.stat().st_size),
        }
        # Not every byte of a file name is a character.
        name = path.name.encode(errors="replace").decode()
        params = {"filename": name, "together": str(self.together)}
        params |= {"local_only": "true"} if self.local_only else {}
        return self.door.client.post("/api/photos", params=params, content=body, headers=headers)

    def _read(self, path: Path, answer: httpx.Response) -> Sent | Refused:
        if answer.status_code in COMES_BACK:
            raise ComeBack(
                f"the gateway answers {answer.status_code}",
                after(answer.headers.get("Retry-After")),
            )
        if answer.status_code in (401, 403):
            raise Trouble(self.door.complaint(answer))
        body = self.door.read(answer)
        if photos := body.get("photos"):
            photo = photos[0]
            return Sent(path, photo["id"], photo["status"], bool(photo.get("duplicate")))
        if not body.get("errors") and not body.get("code"):
            raise Trouble(f"{self.door.url} is no imgcap gateway")
        fault = (body.get("errors") or [body])[0]
        return Refused(
            path, str(fault.get("code")), str(fault.get("message") or body.get("detail"))
        )


def after(header: str | None) -> float | None:
    """Seconds to wait; dates and nonsense count as nothing said."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return min(max(seconds, 0.1), LONGEST_RETRY_AFTER) if seconds == seconds else None
