"""A visitor of the gallery in containers: its owner, who uploads, waits and searches."""

import re
import time
from pathlib import Path
from typing import Any

import httpx

from tests.compose.stack import Stack
from tests.deploy.code import ROOT

SAMPLES = sorted((ROOT / "samples").glob("*.jpg"))
PAGE = {"X-Imgcap": "1"}
#: Of one photo under whatever load, killed workers included.
PATIENCE = 300.0


class Gallery:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = httpx.Client(
            base_url=f"http://localhost:{stack.port}", headers=PAGE, timeout=30.0
        )

    def enter(self) -> str:
        """As the owner, by the link that the gateway printed; whoever has no link gets nothing."""
        if not self.http.get("/api/me").is_success:
            return "without accounts"
        me = self.http.get("/api/me").json()
        if not me["accounts"]:
            return "without accounts"
        assert self.http.get("/api/photos").status_code == 401, "a stranger sees photos"
        found = re.findall(r"/welcome#(\S+)", self._printed())
        assert found, "the gateway printed no link"
        owner = {"token": found[-1], "name": "owner", "password": "a long enough password"}
        answer = self.http.post("/api/setup", json=owner)
        assert answer.status_code == 204, answer.text
        return "as its owner"

    def _printed(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            printed = self.stack.compose("logs", "--no-log-prefix", "gateway")
            if "/welcome#" in printed:
                return printed
            time.sleep(1)
        return ""

    def upload(self, photos: list[Path]) -> list[str]:
        """Tries again while a service is away, as any client would."""
        return [self._upload(photo) for photo in photos]

    def _upload(self, photo: Path) -> str:
        deadline, said = time.monotonic() + PATIENCE, ""
        while time.monotonic() < deadline:
            try:
                answer = self.http.post(
                    "/api/photos",
                    params={"filename": photo.name},
                    content=photo.read_bytes(),
                    headers={"Content-Type": "image/jpeg"},
                )
            except httpx.HTTPError as error:
                said = repr(error)
            else:
                if answer.status_code in (200, 202):
                    return str(answer.json()["photos"][0]["id"])
                said = answer.text
                assert answer.status_code >= 500 or answer.status_code == 429, said
            time.sleep(1)
        raise AssertionError(f"{photo.name} was not taken in: {said}")

    def wait_until_found(self, photos: list[str]) -> float:
        began, left = time.monotonic(), list(photos)
        while left and time.monotonic() - began < PATIENCE:
            left = [photo for photo in left if self._status(photo) != "ready"]
            time.sleep(0.5 if left else 0)
        assert not left, [self._detail(photo) for photo in left][:2]
        return time.monotonic() - began

    def _status(self, photo: str) -> str:
        return str(self._detail(photo).get("status"))

    def _detail(self, photo: str) -> dict[str, Any]:
        try:
            answer = self.http.get(f"/api/photos/{photo}")
        except httpx.HTTPError:
            return {}
        return dict(answer.json()) if answer.is_success else {}

    def search(self, words: str) -> list[str]:
        answer = self.http.get("/api/search", params={"q": words})
        assert answer.is_success, answer.text
        return [str(photo["id"]) for photo in answer.json()["photos"]]
