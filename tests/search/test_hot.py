"""What is answered before routing is answered as by the routes."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from services.search import app as searching
from tests.search.photos import OWNER, reservation
from tests.search.test_api import client, embedder

__all__ = ["client", "embedder"]

WANTED = reservation("hot")
PHOTO = f"/internal/v1/photos/{WANTED.photo_id}"
NOBODY = "/internal/v1/photos/00000000-0000-5000-8000-000000000000"
RESERVE = "/internal/v1/photos:reserve"

ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", f"{NOBODY}/state", {"params": {"owner": OWNER}}),
    ("GET", f"{NOBODY}/state", {"params": {"owner": ""}}),
    ("GET", f"{NOBODY}/state", {"params": {"owner": "a\nb"}}),
    ("GET", f"{NOBODY}/state", {"params": {"owner": "é" * 101}}),
    ("POST", f"{NOBODY}/state", {}),
    ("POST", RESERVE, {"json": {}}),
    ("POST", RESERVE, {"content": b"\xff{"}),
    ("POST", RESERVE, {"json": WANTED.model_dump(mode="json") | {"width": -1}}),
    ("POST", RESERVE, {"json": WANTED.model_dump(mode="json")}),
    ("POST", f"{PHOTO}:commit", {"json": {"generation": 0}}),
    ("POST", f"{PHOTO}:commit", {"json": {"generation": 7}}),
    ("POST", f"{PHOTO}:commit", {"json": {"generation": 1}}),
    ("GET", f"{PHOTO}/state", {"params": {"owner": OWNER}}),
    ("GET", f"{PHOTO}/state", {"params": {"owner": "somebody else"}}),
    ("GET", f"{PHOTO.upper()}/state", {"params": {"owner": OWNER}}),
    ("POST", RESERVE, {"json": WANTED.model_dump(mode="json")}),
    *(
        ("GET", f"/internal/v1/{path}", {"params": {"owner": OWNER, **fields}})
        for path, fields in (
            ("photos", {}),
            ("photos", {"limit": "1", "status": "queued", "sort": "oldest"}),
            ("photos", {"limit": "0"}),
            ("photos", {"status": "lost"}),
            ("photos", {"cursor": "x"}),
            ("photos", {"owner": ["a", "b"]}),
            ("photos", {"unknown": "1"}),
            ("search", {"q": "hot", "weaker": "true", "strictness": "0"}),
            ("search", {"q": "modd:sad"}),
            ("search", {}),
            ("search", {"q": "a\0b"}),
            ("tags", {"prefix": "ca", "kind": "mood"}),
            ("tags", {"kind": "colour"}),
        )
    ),
]
#: 409: nothing was ever reserved as the seventh generation.
STATUSES = [
    *(404, 422, 422, 422, 405, 422, 422, 422, 200, 422, 409, 200, 200, 404, 404, 200),
    *(200, 200, 422, 422, 400, 200, 200, 200, 400, 422, 422, 200, 422),
]


class Cold:
    """The app without the shortcut."""

    def __init__(self, app: ASGIApp, state: object) -> None:
        del state
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def answers(client: TestClient) -> list[tuple[int, Any]]:
    return [_answer(client, *asked) for asked in ASKED]


def _answer(client: TestClient, method: str, path: str, more: dict[str, Any]) -> tuple[int, Any]:
    answer = client.request(method, path, **more)
    return answer.status_code, answer.json()


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "Hot", Cold)


@pytest.mark.parametrize("way", ["hot", "cold"])
def test_the_shortcut_answers_as_the_routes_do(way: str, request: pytest.FixtureRequest) -> None:
    if way == "cold":
        request.getfixturevalue("cold")
    answered = answers(request.getfixturevalue("client"))
    assert [status for status, _ in answered] == STATUSES
