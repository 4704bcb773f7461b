"""Asking a model server over HTTP. Whatever can go wrong there ends here, as one of two words."""

import asyncio
import math
import ssl
from concurrent.futures import CancelledError
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from threading import Lock, Thread
from typing import Self

import httpx
from pydantic import SecretStr

from services.common.errors import Refuse, TryAgain

CONNECT_SECONDS = 5.0
LONGEST_EXCUSE = 200  # characters of a refusal that a person gets to read
LATEST = timedelta(days=1)  # a server that asks for more patience is asked again all the same

#: Statuses that blame what was sent.
BLAMES_US = {400, 413, 415, 422}
REFUSES_KEY = {401, 403}
#: Statuses of a server, or a gateway before it, that is not up to any work.
AWAY = {502, 503, 504}


class ModelServer:
    """One URL that takes a body and answers JSON.

    The limit is on the whole exchange, not on each read: a server that drips one byte a second
    would hold the thread for ever. Only an event loop can promise that, so one runs on a thread.
    """

    def __init__(
        self, url: str, key: SecretStr | None = None, *, seconds: float, largest: int
    ) -> None:
        self._url, self._seconds, self._largest = url, seconds, largest
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = f"Bearer {key.get_secret_value()}"
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx.AsyncClient | None = None

    def ask(self, body: bytes, content_type: str) -> bytes:
        """Raises ``TryAgain`` or ``Refuse``, and nothing else."""
        asked = asyncio.run_coroutine_threadsafe(
            self._exchange(body, content_type), self._running_loop()
        )
        try:
            status, headers, answer = asked.result()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise TryAgain(
                "the model server is away", code="provider-away", counts=False
            ) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryAgain("the model server was too slow", code="provider-slow") from error
        except (httpx.HTTPError, CancelledError) as error:
            raise TryAgain("the model server hung up", code="provider-cut") from error
        judge(status, headers, answer)
        return answer

    def close(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
            if loop and self._client:
                asyncio.run_coroutine_threadsafe(self._client.aclose(), loop).result(timeout=5)
                loop.call_soon_threadsafe(loop.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._client = httpx.AsyncClient(
                    verify=authorities(),
                    headers=self._headers,
                    timeout=httpx.Timeout(self._seconds, connect=CONNECT_SECONDS),
                    limits=httpx.Limits(max_connections=64, max_keepalive_connections=64),
                )
                Thread(target=_run, args=[self._loop], name="model-server", daemon=True).start()
            return self._loop

    async def _exchange(self, body: bytes, content_type: str) -> tuple[int, httpx.Headers, bytes]:
        assert self._client
        headers = {"Content-Type": content_type}
        async with (
            asyncio.timeout(self._seconds),
            self._client.stream("POST", self._url, content=body, headers=headers) as response,
        ):
            answer = bytearray()
            async for chunk in response.aiter_raw():
                answer += chunk
                if len(answer) > self._largest:
                    raise TryAgain(
                        f"the answer has over {self._largest} bytes", code="provider-answer"
                    )
            return response.status_code, response.headers, bytes(answer)


@cache
def authorities() -> ssl.SSLContext:
    """Read once: it takes longer than many an answer."""
    return httpx.create_ssl_context()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


def judge(status: int, headers: httpx.Headers, answer: bytes) -> None:
    """Returns if ``status`` is a success."""
    after = retry_after(headers.get("Retry-After", ""))
    if 200 <= status < 300:
        return
    if status == 429:
        raise TryAgain(
            "the model server has too much to do", code="provider-busy", counts=False, after=after
        )
    if status in REFUSES_KEY:
        raise TryAgain(
            f"the model server refuses our key ({status})",
            code="provider-refuses-key",
            counts=False,
            after=after,
        )
    if status in BLAMES_US:
        raise Refuse(
            f"the model server refused ({status}): {excuse(answer)}", code="provider-refused"
        )
    if status >= 500:
        raise TryAgain(
            f"the model server failed ({status})", counts=status not in AWAY, after=after
        )
    raise TryAgain(
        f"the model server's address answers {status}", code="provider-misconfigured", counts=False
    )


def retry_after(text: str, *, of_a_second: int = 1) -> timedelta | None:
    """Seconds (or parts of a second) or an HTTP date; None for anything else."""
    try:
        seconds = float(text) / of_a_second
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    if math.isnan(seconds):
        return None
    return timedelta(seconds=min(max(seconds, 0), LATEST.total_seconds()))


def excuse(answer: bytes) -> str:
    text = " ".join(answer[: 4 * LONGEST_EXCUSE].decode(errors="replace").split())
    return "".join(filter(str.isprintable, text))[:LONGEST_EXCUSE]
