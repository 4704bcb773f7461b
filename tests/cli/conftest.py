"""The command as it is typed, and a gateway that keeps what it is sent in memory."""

import hashlib
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.cli.__main__ import main
from tests.tagger.stubs import Reply, Server, answer

JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Imgcap = Callable[..., Said]


class Gateway(Server):
    """Takes what begins like a JPEG, refuses the rest; first it does what ``first`` says."""

    def __init__(self, *first: Reply) -> None:
        super().__init__()
        self.first, self.kept = deque(first), dict[str, str]()
        self.requests: list[str] = []
        self.answers: dict[str, Any] = {}
        self.looks_until_ready = 2

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        address = urlsplit(request.path)
        self.requests.append(f"{request.command} {request.path}")
        if address.path == "/healthz":
            return answer({})(request)
        if self.first:
            return self.first.popleft()(request)
        if request.command == "POST" and address.path == "/api/photos":
            return self._take(request, parse_qs(address.query)["filename"][0], body)
        for path, known in self.answers.items():
            if address.path == path:
                return answer(known)(request)
        return self._look(request, address.path.rpartition("/")[2])

    def _take(self, request: BaseHTTPRequestHandler, name: str, body: bytes) -> None:
        if not body.startswith(JPEG):
            fault = {"filename": name, "code": "unsupported-type", "message": "not a photo"}
            problem = {"code": "unsupported-type", "detail": "not a photo", "errors": [fault]}
            return answer(problem, 415)(request)
        photo_id = hashlib.sha256(body).hexdigest()[:8]
        known = photo_id in self.kept
        self.kept[photo_id] = name
        photo = {"filename": name, "id": photo_id, "status": "queued", "duplicate": known}
        return answer({"photos": [photo], "errors": []}, 200 if known else 202)(request)

    def _look(self, request: BaseHTTPRequestHandler, photo_id: str) -> None:
        if photo_id not in self.kept:
            return answer({"code": "no-such-photo", "detail": "there is no such photo"}, 404)(
                request
            )
        self.looks_until_ready -= 1
        state = "queued" if self.looks_until_ready >= 0 else "ready"
        return answer({"id": photo_id, "status": state, "reason": None})(request)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway().running() as stub:
        yield stub


@pytest.fixture
def imgcap(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Imgcap:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("IMGCAP_URL", "IMGCAP_SEARCH_URL", "IMGCAP_DATA", "IMGCAP_BROKER__URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, **settings: str) -> Said:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["imgcap", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos, one of them twice, and what lies about in folders."""
    folder = tmp_path / "photos"
    for name in ("a.jpg", "b.JPG", "deep/er/c.jpeg", "copy of a.jpg"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(JPEG + name[-5:].replace("of a", "/a").encode() * 1000)
    (folder / "copy of a.jpg").write_bytes((folder / "a.jpg").read_bytes())
    (folder / "notes.txt").write_text("no photo")
    (folder / ".hidden.jpg").write_bytes(JPEG)
    (folder / ".git").mkdir()
    (folder / ".git" / "object.jpg").write_bytes(JPEG)
    return folder
