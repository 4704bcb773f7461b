"""What a thread asks another service: over kept connections, cheaply, and never for long.

A photo that is paid for has two questions, and httpx takes 1.4 ms of CPU for each, urllib3 a
quarter of that. Services stand inside, so whatever proxy the environment names is not for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3
from pydantic import SecretStr

from services.common.internal import credentials

#: As many as a worker may have threads.
CONNECTIONS = 64
NoAnswer = urllib3.exceptions.HTTPError


@dataclass(frozen=True)
class Answer:
    """A whole one, whatever it says."""

    status: int
    content: bytes

    def told(self) -> bytes:
        """What a success brought. Raises ``ValueError`` for whatever else was answered."""
        if not 200 <= self.status < 300:
            raise ValueError(f"answered {self.status}")
        return self.content


class Line:
    """Connections to the service at ``url``, made when they are needed; ``patience`` is seconds."""

    def __init__(self, url: str, token: SecretStr | None, *, patience: float) -> None:
        self._root = url.rstrip("/")
        self._headers = dict(credentials(token))
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, timeout=patience, retries=False)

    def get(self, path: str, asked: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Raises ``NoAnswer``. Redirects are not followed: nobody inside sends any."""
        return self._send("GET", f"{path}?{urlencode(asked)}", headers)

    def post(self, path: str, json: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises ``NoAnswer``."""
        return self._send("POST", path, {"Content-Type": "application/json", **headers}, body=json)

    def close(self) -> None:
        self._pool.clear()

    def _send(self, method: str, path: str, headers: Mapping[str, str], **more: Any) -> Answer:
        answer = self._pool.request(
            method, self._root + path, headers={**self._headers, **headers}, redirect=False, **more
        )
        return Answer(answer.status, answer.data)
