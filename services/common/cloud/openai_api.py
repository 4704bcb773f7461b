"""The OpenAI client as workers use it, and what its errors mean to us.

The SDK's own retries are off, its ten minutes are ours, and an answer has a limit in bytes.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2
import openai
from openai import OpenAI
from pydantic import SecretStr

from services.common.cloud import failing
from services.common.cloud.bounded import LARGEST, TooLarge, TooSlow, bounded
from services.common.errors import Refuse, TryAgain
from services.common.modelserver import excuse, retry_after

CONNECT_SECONDS = 5.0
#: A server of one's own needs no key, the SDK does.
NO_KEY = "none"
#: Parameters that blame our settings and not the photo.
OURS = re.compile(r"^(model|reasoning|text|max_|store|dimensions|response_format|service_tier)")
#: What OpenAI calls an account that cannot pay, whatever the status says.
CANNOT_PAY = {"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"}
#: What reading an answer of another shape may end with.
UNREADABLE = (
    openai.OpenAIError, ValueError, TypeError, LookupError, AttributeError, RecursionError
)  # fmt: skip


class BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, largest: int, deadline: float) -> None:
        self._stream, self._largest, self._deadline = stream, largest, deadline

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from bounded(self._stream, largest=self._largest, deadline=self._deadline)
        except TooSlow as error:
            raise httpx2.ReadTimeout(str(error)) from error
        except TooLarge as error:
            raise httpx2.DecodingError(str(error)) from error

    def close(self) -> None:
        self._stream.close()


class BoundedTransport(httpx2.HTTPTransport):
    """``seconds`` is for the whole exchange, ``largest`` for its body."""

    def __init__(self, *, seconds: float, largest: int) -> None:
        super().__init__(limits=httpx2.Limits(max_connections=64, max_keepalive_connections=32))
        self._seconds, self._largest = seconds, largest

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        deadline = time.monotonic() + self._seconds
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = BoundedStream(response.stream, self._largest, deadline)
        return response


def connect(url: str, key: SecretStr | None, *, seconds: float, largest: int = LARGEST) -> OpenAI:
    """Connects at the first call."""
    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    transport = BoundedTransport(seconds=seconds, largest=largest)
    return OpenAI(
        api_key=key.get_secret_value() if key else NO_KEY,
        base_url=url,
        max_retries=0,
        timeout=timeout,
        http_client=httpx2.Client(transport=transport, timeout=timeout),
    )


@contextmanager
def openai_errors(who: str, model: str) -> Iterator[None]:
    """Whatever the SDK raises ends here, as ``TryAgain`` or ``Refuse``."""
    try:
        yield
    except openai.APITimeoutError as error:
        raise failing.unwell(failing.SLOW, f"{who} was too slow") from error
    except openai.APIConnectionError as error:
        raise _connection(error, who) from error
    except openai.APIStatusError as error:
        raise judge(error, who, model) from error
    except UNREADABLE as error:
        text = f"cannot read the answer of {who}: {type(error).__name__}"
        raise failing.unwell(failing.ANSWER, text) from error
    except httpx2.HTTPError as error:
        raise failing.unwell(failing.CUT, f"{who} hung up") from error


def _connection(error: openai.APIConnectionError, who: str) -> TryAgain:
    match error.__cause__:
        case httpx2.DecodingError():
            return failing.unwell(failing.ANSWER, f"the answer of {who} has too many bytes")
        case httpx2.ConnectError() | httpx2.ProxyError() | httpx2.UnsupportedProtocol():
            return failing.unwell(failing.AWAY, f"{who} is away")
        case _:
            return failing.unwell(failing.CUT, f"{who} hung up")


def judge(error: openai.APIStatusError, who: str, model: str) -> TryAgain | Refuse:
    status, said = error.status_code, _said(error)
    after = _after(error.response.headers)
    if said["code"] == "model_not_found":  # 404, and 403 for a model that the project may not use
        return failing.pausing(failing.MODEL, who, model=model)
    if CANNOT_PAY & {said["code"], said["type"]} or status == 402:
        return failing.pausing(failing.CREDIT, who)
    if status in (401, 403):
        return failing.pausing(failing.KEY, who)
    if status == 429:
        return failing.unwell(failing.BUSY, f"{who} has too much to do", after)
    if status == 404:
        why = f"its address answers 404: {said['message']}"
        return failing.pausing(failing.MISCONFIGURED, who, why=why)
    if status >= 500 or status in (408, 409, 425):
        return failing.unwell(failing.UNWELL, f"{who} failed ({status})", after)
    if OURS.match(said["param"]):
        return failing.pausing(failing.MISCONFIGURED, who, why=said["message"])
    if blames_photo(status, said["param"]):
        return Refuse(f"{who} refused ({status}): {said['message']}", code=failing.REFUSED)
    why = f"its address answers {status}"
    return failing.pausing(failing.MISCONFIGURED, who, why=why)


def blames_photo(status: int, param: str) -> bool:
    return status in (400, 413, 415, 422) and not OURS.match(param)


def _said(error: openai.APIStatusError) -> dict[str, str]:
    """What the body says, as short clean text: keys may be echoed in it, and are taken out."""
    body: Any = error.body if isinstance(error.body, dict) else {}
    body = body.get("error", body)
    found = body if isinstance(body, dict) else {"message": body}
    told = {
        name: excuse(str(found.get(name) or "").encode())
        for name in ("code", "type", "param", "message")
    }
    told["message"] = without_keys(told["message"])
    return told


def without_keys(text: str) -> str:
    return re.sub(r"\b[rs]k-[\w*.-]+", "(key)", text)


def _after(headers: httpx2.Headers) -> timedelta | None:
    if asked := retry_after(headers.get("retry-after-ms", ""), of_a_second=1000):
        return asked
    if asked := retry_after(headers.get("retry-after", "")):
        return asked
    waits = [
        wait
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}") == "0"
        and (wait := span(headers.get(f"x-ratelimit-reset-{what}", "")))
    ]
    return max(waits, default=None)


def span(text: str) -> timedelta | None:
    """``6m0s``, ``1.5s``, ``20ms`` as the rate limit headers write them."""
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:(\d+)ms)?", text)
    if not text or not found:
        return None
    try:
        hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    except ValueError:
        return None
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
