"""What is for services is for nobody else."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from services.common.consumer import Consumer
from services.common.inside import Inside
from services.common.internal import credentials, tokens_of
from services.common.settings import BrokerSettings
from services.embedded.home import Home
from services.embedder.app import create_app
from services.embedder.memory import Memory
from tests.embedder.stubs import Letters
from tests.gateway.house import INSIDE, House

OLD, NEW = "the-old-token-of-all", "the-new-token-of-all"
BOTH = SecretStr(f"{NEW},{OLD}")


def app() -> FastAPI:
    echo = FastAPI()

    @echo.get("/{path:path}")
    def there(path: str) -> str:
        return path

    return echo


def status(
    headers: Mapping[str, str],
    path: str = "/internal/v1/photos",
    *,
    secret: SecretStr | None = BOTH,
    host: str = "0.0.0.0",
) -> int:
    with TestClient(Inside(app(), secret, host)) as client:
        return client.get(path, headers=dict(headers)).status_code


@pytest.mark.parametrize("token", [OLD, NEW])
def test_either_token_opens_while_one_follows_the_other(token: str) -> None:
    assert status({"Authorization": f"Bearer {token}"}) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {NEW}x"},
        {"Authorization": f"bearer{NEW}"},
        {"Authorization": f"Basic {NEW}"},
        {"Authorization": f"Bearer {NEW},{OLD}"},
        {"Authorization": f"Bearer {NEW}", "X-Forwarded-For": "127.0.0.1"},
        {"Authorization": f"Bearer {NEW}", "Forwarded": "for=127.0.0.1"},
        {"X-Imgcap": NEW},
    ],
)
def test_nothing_else_does(headers: dict[str, str]) -> None:
    assert status(headers) == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_an_orchestrator_has_no_token(path: str) -> None:
    assert status({}, path) == 200
    assert status({}, f"{path}/../internal") == 401
    assert status({}, f"/{path}") == 401


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", 200), ("::1", 200), ("localhost", 200), ("0.0.0.0", 401)]
)
def test_without_a_token_only_this_machine_is_trusted(host: str, expected: int) -> None:
    assert status({}, secret=None, host=host) == expected
    assert status({"X-Forwarded-For": "10.0.0.1"}, secret=None, host=host) == 401


@pytest.mark.parametrize(
    "secret", ["short", "a" * 20 + ",short", "x" * 20 + "," + "y" * 20 + "," + "z" * 20, "ü" * 20]
)
def test_a_token_that_can_be_guessed_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="IMGCAP_INTERNAL_TOKEN") as caught:
        tokens_of(SecretStr(secret))
    assert secret not in str(caught.value)


def test_the_first_of_two_is_sent() -> None:
    assert credentials(BOTH) == {"Authorization": f"Bearer {NEW}"}
    assert credentials(None) == {}


def test_make_run_makes_a_token_that_only_its_owner_can_read(tmp_path: Path) -> None:
    home = Home(tmp_path)
    token = home.secret("internal")
    assert tokens_of(SecretStr(token))
    assert home.secret("internal") == token
    assert (tmp_path / "secrets" / "internal").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def embedder() -> Iterator[TestClient]:
    worker = Consumer("embedder", {}, BrokerSettings())
    inner = create_app(Memory(Letters(), 100), worker)
    with TestClient(Inside(inner, BOTH, "127.0.0.1")) as client:
        yield client


def test_vectors_are_for_services(embedder: TestClient) -> None:
    assert embedder.post("/embed", json={"texts": ["cat"]}).status_code == 401
    known = embedder.post("/embed", json={"texts": ["cat"]}, headers=credentials(BOTH))
    assert known.status_code == 200


def test_search_answers_nobody_without_the_token(house: House) -> None:
    search = house.passage.behind
    paths = httpx.get(f"{search}/openapi.json", headers=INSIDE).json()["paths"]
    inside = [path for path in paths if path.startswith("/internal/")]
    assert len(inside) > 15
    for path in inside:
        for method in paths[path]:
            answer = httpx.request(method, f"{search}{path}")
            assert (answer.status_code, answer.json()["code"]) == (401, "not-inside"), path
    assert httpx.get(f"{search}/openapi.json").status_code == 401


PATHS = [
    "/internal/v1/photos",
    "//internal/v1/photos",
    "/api/../internal/v1/photos",
    "/api/%2e%2e/internal/v1/photos",
    "/api/%2E%2E%2Finternal/v1/photos",
    "/api/photos/..%2f..%2finternal%2fv1%2fphotos",
    "/api/photos/..%252f..%252finternal",
    "/%69nternal/v1/photos",
    "/internal%2fv1%2fphotos",
    "/\\internal\\v1\\photos",
    "/./internal/v1/photos",
    "/api/photos/x/..;/internal/v1/photos",
    "http://127.0.0.1/internal/v1/photos",
    "/api/photos/%00/internal",
    "/api/photos/00000000-0000-0000-0000-000000000000%3fowner=other",
    "/api/photos/00000000-0000-0000-0000-000000000000:commit",
    "/api/photos/00000000-0000-0000-0000-000000000000%2fstate",
    "/api/photos:reserve",
    "/api/changes",
    "/embed",
]
TRICKS = [
    [],
    ["X-Forwarded-For: 127.0.0.1"],
    ["X-Forwarded-Host: localhost", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /internal"],
    ["X-Original-URL: /internal/v1/photos", "X-Rewrite-URL: /internal/v1/photos"],
    ["Forwarded: for=127.0.0.1;host=localhost", "X-HTTP-Method-Override: DELETE"],
    ["Authorization: Bearer guess-guess-guess-guess"],
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_and_no_header_leads_from_outside_to_inside(house: House, path: str) -> None:
    house.passage.asked.clear()
    for method in ("GET", "POST", "DELETE"):
        for headers in TRICKS:
            answered = _status(house.url, method, path, headers)
            assert answered in (200, 400, 404, 405, 422), (method, path, headers)
            assert answered != 200 or method == "GET"  # the page, at any address that is none
    assert not [asked for asked in house.passage.asked if "readyz" not in asked]


def _status(url: str, method: str, path: str, headers: list[str]) -> int:
    """By hand: every library would tidy the path up."""
    where = urlsplit(url)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Length: 0", *headers]
    lines.append("Connection: close")
    with socket.create_connection((where.hostname, where.port), timeout=10) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        with wire.makefile("rb") as answer:
            return int(answer.readline().split()[1])
