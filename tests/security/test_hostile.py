"""Nothing that anybody sends breaks the gateway: no 500, no answer without its headers.

``IMGCAP_FUZZ_CALLS`` says how many calls schemathesis makes up. `make fuzz` asks for 24,000: where
little can be varied fewer are made up; with our own hostile words it is more than 20,000 in all.
"""

import os
import socket
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from services.gateway.app import create_app
from services.gateway.settings import Settings
from tests.gateway.house import INSIDE, House, jpeg
from tests.security.bounds import unbounded
from tests.security.hostile import APART, Call, calls

CALLS = int(os.environ.get("IMGCAP_FUZZ_CALLS", "200"))
#: Of our own hostile words the short form sends every so many-th: each place gets other ones.
EVERY = 4 if CALLS <= 200 else 1
pytestmark = pytest.mark.timeout(120 + CALLS)
#: Answers that a browser must not take for anything else.
SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def description() -> dict[str, Any]:
    app: Any = create_app(Settings())
    while not hasattr(app, "openapi"):
        app = app._app
    spec: dict[str, Any] = app.openapi()
    return spec


SPEC = description()


def objections(answer: httpx.Response) -> Iterator[str]:
    """What is wrong with an answer, whatever was asked."""
    if answer.status_code == 500 or answer.status_code > 503:
        yield f"status {answer.status_code}"
    headers = answer.headers
    yield from (f"no {name}" for name, value in SAFE.items() if headers.get(name) != value)
    if "default-src" not in headers.get("content-security-policy", ""):
        yield "no policy"
    if "access-control-allow-origin" in headers or "server" in headers:
        yield "tells too much"
    if answer.status_code >= 400:
        if headers.get("content-type") != "application/problem+json":
            yield f"not a problem but {headers.get('content-type')}"
        elif not answer.json().get("code"):
            yield "no code"
        if "Traceback" in answer.text or "/services/" in answer.text:
            yield "shows its inside"


def test_everything_that_may_be_sent_has_an_end() -> None:
    assert list(unbounded(SPEC)) == []


def test_everything_that_search_may_be_sent_has_an_end(house: House) -> None:
    spec = httpx.get(f"{house.passage.behind}/openapi.json", headers=INSIDE).json()
    assert list(unbounded(spec)) == []


def test_hostile_words_in_every_place_break_nothing(house: House) -> None:
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for call in islice(calls(SPEC), 0, None, EVERY):
        answer = _answer(house, call)
        statuses[answer.status_code] += 1
        wrong += [f"{call.where}: {objection}" for objection in objections(answer)]
    assert wrong == []
    assert sum(statuses.values()) > 800
    assert statuses[422] > 200
    assert _well(house)


def test_made_up_calls_break_nothing(house: House) -> None:
    schema = schemathesis.openapi.from_dict(SPEC)
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]
    operations = [one for one in operations if (one.method.lower(), one.path) not in APART]
    each = max(1, CALLS // len(operations))
    wrong: list[str] = []
    asked = 0
    for operation in operations:

        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            derandomize=CALLS <= 200,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            answer = _sent(house, case)
            where = f"{case.method} {case.formatted_path} {case.query} {case.body!r}"[:300]
            wrong.extend(f"{where}: {objection}" for objection in objections(answer))

        ask()
    print(f"{asked} calls made up")
    assert wrong == []
    assert asked >= CALLS * 0.5
    assert _well(house)


def _sent(house: House, case: Any) -> httpx.Response:
    """What schemathesis made up, sent by our own client."""
    wanted = case.as_transport_kwargs(base_url=house.url)
    more = {name: wanted[name] for name in ("params", "cookies", "json") if wanted.get(name)}
    if wanted.get("data") is not None:
        more["content"] = wanted["data"]
    headers = {
        str(name): str(value)
        for name, value in (wanted.get("headers") or {}).items()
        if str(value).isascii() and str(value).isprintable() and name.lower() != "user-agent"
    }
    headers.pop("Content-Length", None)
    try:
        return house.client.request(wanted["method"], wanted["url"], headers=headers, **more)
    except (UnicodeEncodeError, httpx.InvalidURL, httpx.LocalProtocolError, TypeError):
        return house.client.get("/api/photos")  # nothing that a client could send


def _answer(house: House, call: Call) -> httpx.Response:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in call.headers.items()]
    return house.client.request(
        call.method.upper(), f"{house.url}{call.raw}", json=call.json, headers=headers
    )


def _well(house: House) -> bool:
    """A photo still goes in."""
    return house.upload(jpeg()).status_code == 202


@pytest.mark.parametrize(
    "content_type",
    ["", "image/", "multipart/form-data", "multipart/form-data; boundary=", 
     "multipart/form-data; boundary=" + "a" * 5000, "multipart/form-data; boundary=\xe9",
     "text/html", "application/json", "image/svg+xml", "image/jpeg; charset=utf-7"],
)  # fmt: skip
@pytest.mark.parametrize(
    "content",
    [b"", b"--", b"\x00" * 100, b"--a\r\n\r\n--a--"],
    ids=["nothing", "--", "nul", "part"],
)
def test_uploads_that_are_none_are_refused(house: House, content_type: str, content: bytes) -> None:
    headers = {"content-type": content_type.encode("latin-1")}
    answer = house.client.post("/api/photos", content=content, headers=headers)  # type: ignore[arg-type]
    assert 400 <= answer.status_code < 500
    assert list(objections(answer)) == []


@pytest.mark.parametrize("name", ["\ud800", "\x00a.jpg", "a" * 4096, "../../a.jpg", "<b>.jpg", "é"])
def test_a_name_is_only_ever_text(house: House, name: str) -> None:
    call = Call("POST", f"/api/photos?filename={quoted(name)}")
    answer = house.client.post(
        f"{house.url}{call.raw}", content=jpeg(), headers={"content-type": "image/jpeg"}
    )
    assert answer.status_code in (202, 422)
    assert list(objections(answer)) == []


def quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize(
    "lines",
    [
        ["GET /api/photos HTTP/1.1", "Host: localhost", "Host: localhost"],
        ["GET /api/photos HTTP/1.1", "Host: localhost", "Content-Length: 5", "Content-Length: 6"],
        ["POST /api/photos HTTP/1.1", "Host: localhost", "Content-Length: -1"],
        ["POST /api/photos HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked",
         "Content-Length: 3"],
        ["GET /api/photos HTTP/9.9", "Host: localhost"],
        ["GET  HTTP/1.1", "Host: localhost"],
        ["GET /api/photos HTTP/1.1", "Host: localhost", "X: " + "a" * 20_000],
        ["GET /" + "a" * 20_000 + " HTTP/1.1", "Host: localhost"],
        ["GET /api/photos HTTP/1.1", "Host: localhost", "a b: c"],
        ["\x00\x01\x02"],
    ],
)  # fmt: skip
def test_http_that_is_none_is_refused(house: House, lines: list[str]) -> None:
    where = urlsplit(house.url)
    with socket.create_connection((where.hostname, where.port), timeout=15) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        wire.settimeout(15)
        try:
            status = wire.recv(4096).partition(b"\r\n")[0]
        except ConnectionError:
            status = b""
    assert not status or status.split()[1][:1] == b"4", status
    assert _well(house)


def test_the_stream_and_the_page_are_as_safe_as_the_rest(house: House) -> None:
    with house.client.stream("GET", "/api/events") as stream:
        assert stream.status_code == 200
        assert list(objections(stream)) == []
    for path in ("/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/assets/x.js"):
        answer = house.client.get(path)
        assert list(objections(answer)) == [], path
        assert "unsafe-eval" not in answer.headers["content-security-policy"]
        scripts = answer.headers["content-security-policy"].partition("script-src")[2]
        assert "unsafe-inline" not in scripts.partition(";")[0]


def test_an_original_is_a_file_to_keep_and_nothing_to_open(house: House) -> None:
    identity = house.kept(jpeg(), "a\u202egpj.html")
    answer = house.client.get(f"/api/photos/{identity}/original")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert "\u202e" not in answer.headers["content-disposition"]
    assert list(objections(answer)) == []
