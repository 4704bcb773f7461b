"""The gateway, and search's upkeep, over HTTP: whatever fails becomes a sentence."""

from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from services.cli.trouble import Trouble

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: A photo may wait behind others before it is decoded.
ANSWER_SECONDS = 120.0


class Door:
    """An address that answers JSON. ``setting`` is what a person changes to name another."""

    def __init__(self, url: str, setting: str, *, connections: int = 8, token: str = "") -> None:
        self.url, self._setting = url.rstrip("/"), setting
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            host = urlsplit(self.url).hostname or ""
            self.client = httpx.Client(
                base_url=self.url,
                headers={"User-Agent": "imgcap", **bearer, **_as(host)},
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=5),
                limits=httpx.Limits(max_connections=connections),
                trust_env=host not in LOOPBACK,
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise Trouble(f"{setting} is no address: {url!r}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.client.close()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Raises ``Trouble`` for anything but a success."""
        answer = self._request(method, path, **more)
        if answer.is_success:
            return self.read(answer)
        raise Trouble(self.complaint(answer))

    def knock(self) -> None:
        """Raises ``Trouble`` if nobody is there at all."""
        self._request("GET", "/healthz", timeout=10)

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return self.client.request(method, path, **more)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Trouble(
                f"nobody answers at {self.url}: start imgcap with `make run`,"
                f" or name its address in {self._setting}"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Trouble(f"{self.url} broke off: {type(error).__name__}; try again") from error

    def read(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Trouble(f"{self.url} is no imgcap: name its address in {self._setting}")
        return body

    def complaint(self, answer: httpx.Response) -> str:
        """What the service says is wrong; without such a word it is not one of ours."""
        body = self.read(answer)
        code, detail = body.get("code"), body.get("detail") or body.get("title")
        return f"{detail} ({code})" if code else f"{self.url} answers {answer.status_code}"


def _as(host: str) -> dict[str, str]:
    """A container's name is none that a gateway knows as its own: it is asked as on loopback."""
    return {} if host in LOOPBACK or "." in host else {"Host": "localhost"}
