"""Slow and hostile clients are hung up on by deadline; slow is not the same as waiting for us."""

import time
from contextlib import suppress

import pytest

from tests.gateway.house import House, jpeg, until
from tests.gateway.raw import Line, line_to

#: Seconds are what is tested, and what a busy machine has none of.
pytestmark = pytest.mark.alone
# The deadlines of a test's house: 1 s each, 64 KiB a second, 16 KiB of header.
UPLOAD = ("POST", "/api/photos?filename=a.jpg", "Content-Type: image/jpeg")


def drip(line: Line, content: bytes, seconds: float) -> None:
    """A byte now and then, until the server has enough of it."""
    deadline = time.monotonic() + seconds
    for byte in content:
        try:
            line.send(bytes([byte]))
        except ConnectionError:
            return
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)


@pytest.mark.parametrize("sent", ["", "GET / HTT", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_half_a_header_is_hung_up_on(house: House, sent: str) -> None:
    with line_to(house.url) as line:
        line.send(sent)
        assert 0.7 < line.hung_up(within=5) < 3


def test_a_header_that_drips_is_hung_up_on(house: House) -> None:
    with line_to(house.url) as line:
        drip(line, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 1000, 2)
        assert line.hung_up(within=5) < 1


def test_the_late_hear_why(house: House) -> None:
    with line_to(house.url) as line:
        line.send("GET / HTTP/1.1\r\n")
        status, problem = line.answer()
        assert (status, problem["code"]) == (408, "too-slow")


@pytest.mark.parametrize("sent", [b"", b"\xff\xd8\xff", b"x" * 60_000])
def test_a_body_that_stands_still_is_hung_up_on(house: House, sent: bytes) -> None:
    with line_to(house.url) as line:
        line.begin(*UPLOAD, "Content-Length: 1000000")
        line.send(sent)
        status, problem = line.answer()
        assert (status, problem["code"]) == (408, "too-slow")
        assert line.hung_up(within=5) < 3
    until(lambda: house.spooled() == [])


def test_a_body_that_drips_is_hung_up_on_however_long_it_says_it_is(house: House) -> None:
    with line_to(house.url) as line:
        line.begin(*UPLOAD, "Content-Length: 1900000")
        began = time.monotonic()
        drip(line, b"\xff\xd8\xff" + b"x" * 1000, 5)
        assert time.monotonic() - began < 3


def test_a_slow_body_that_keeps_the_pace_is_taken(house: House) -> None:
    photo = jpeg((700, 500))
    assert len(photo) > 200_000
    with line_to(house.url) as line:
        line.begin(*UPLOAD, f"Content-Length: {len(photo)}")
        for start in range(0, len(photo), 12_000):
            line.send(photo[start : start + 12_000])
            time.sleep(0.1)
        assert line.answer()[0] == 202


def test_a_client_that_only_waits_for_us_is_waited_for(house: House) -> None:
    """Search needs longer than any deadline of the client's, in the middle of a form."""
    house.passage.fault = lambda path: "slow" if path.endswith("state") else ""
    files = [("file", (f"{number}.jpg", jpeg(), "image/jpeg")) for number in range(8)]
    answer = house.client.post("/api/photos", files=files)
    assert answer.status_code == 202, answer.text
    assert len(answer.json()["photos"]) == 8


def test_a_lying_length_is_refused_before_the_body_is_sent(house: House) -> None:
    for length in (10**10, 3 * 2**20):
        with line_to(house.url) as line:
            line.begin(*UPLOAD, f"Content-Length: {length}", "Expect: 100-continue")
            status, problem = line.answer()
            assert (status, problem["code"]) == (413, "too-large")


def test_whoever_sends_on_after_the_refusal_still_hears_it(house: House) -> None:
    with line_to(house.url) as line:
        line.begin(*UPLOAD, "Content-Length: 6000000")
        for _ in range(30):
            line.send(b"x" * 100_000)
            time.sleep(0.01)
        status, problem = line.answer()
        assert (status, problem["code"]) == (413, "too-large")
        assert line.hung_up(within=5) < 3


def test_whoever_sends_on_for_ever_is_cut_off(house: House) -> None:
    with line_to(house.url) as line:
        line.begin(*UPLOAD, "Content-Length: 9000000000")
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 5:
                line.send(b"x" * 65536)
                time.sleep(0.02)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("size", [20_000, 300_000])
def test_a_header_too_large_is_refused(house: House, size: int) -> None:
    with line_to(house.url) as line:
        line.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "x" * size)
        status, problem = line.answer()
        assert (status, problem["code"]) == (431, "header-too-large")
    with line_to(house.url) as line:
        line.begin("GET", "/", *(f"X-{number}: {'x' * 50}" for number in range(size // 50)))
        assert line.answer()[0] == 431


@pytest.mark.parametrize(
    "sent",
    [
        "\x16\x03\x01\x02\x00\x01\x00",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /api/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST /api/photos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_and_hung_up_on(house: House, sent: str) -> None:
    with line_to(house.url) as line:
        line.send(sent.encode("latin-1"))
        status, problem = line.answer()
        assert (status, problem["code"]) in ((400, "bad-request"), (421, "unknown-host"))
    assert house.client.get("/healthz").status_code == 200


def test_many_small_requests_on_one_connection_are_all_answered(house: House) -> None:
    with line_to(house.url) as line:
        for _ in range(50):
            line.begin("GET", "/healthz")
            assert line.answer()[0] == 200
        line.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        read = b""
        while read.count(b"200 OK") < 20:
            read += line.wire.recv(65536)


def test_an_idle_connection_that_says_nothing_new_is_hung_up_on(house: House) -> None:
    with line_to(house.url) as line:
        line.begin("GET", "/healthz")
        line.answer()
        line.send("\r\n")
        assert line.hung_up(within=8) < 3


def test_a_client_that_reads_nothing_holds_nothing(house: House) -> None:
    identity = house.kept(jpeg((1800, 1000)))
    with line_to(house.url) as line:
        for _ in range(12):
            line.begin("GET", f"/api/photos/{identity}/original")
        time.sleep(3.5)
        read = 0
        with suppress(ConnectionError):
            while portion := line.wire.recv(2**20):
                read += len(portion)
        assert read < 12 * 1_200_000
