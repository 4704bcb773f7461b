"""A child is believed in nothing: what is not an answer is nonsense, and hurts nobody."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pixels.answer import pixels_of
from services.gateway.pixels.frames import (
    LENGTH,
    MAX_HEADER,
    MAX_PART,
    Nonsense,
    header_length,
    pack,
    read_header,
    unpack_header,
)
from services.gateway.pixels.refusal import Refusal

COST = {"cpu_seconds": 0.1, "peak_bytes": 1}
SWATCH = {"hex": "#000000", "amount": 1, "lab": [0, 0, 0]}
PARTS = [b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", bytes(20)]


def header(**changes: Any) -> dict[str, Any]:
    return {"width": 4, "height": 3, "exif": {}, "palette": [SWATCH], **COST, **changes}


def test_what_is_packed_is_unpacked() -> None:
    frame = pack({"a": 1}, [b"xy", b""])
    length = header_length(frame[: LENGTH.size])
    assert unpack_header(frame[LENGTH.size : LENGTH.size + length]) == ({"a": 1}, [2, 0])
    assert frame.endswith(b"xy")


def test_a_request_is_read_from_a_pipe_until_it_ends() -> None:
    pipe = io.BytesIO(pack({"a": 1}) + pack({"b": 2}))
    assert read_header(pipe.read) == {"a": 1}
    assert read_header(pipe.read) == {"b": 2}
    assert read_header(pipe.read) is None


@pytest.mark.parametrize("length", [0, MAX_HEADER + 1, 2**32 - 1])
def test_no_header_is_empty_or_giant(length: int) -> None:
    with pytest.raises(Nonsense):
        header_length(LENGTH.pack(length))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"[]",
        b"[" * 60_000,
        b'{"parts": 3}',
        b'{"parts": [-1]}',
        b'{"parts": [true]}',
        b'{"parts": [1.5]}',
        json.dumps({"parts": [MAX_PART + 1]}).encode(),
        json.dumps({"parts": [1] * 9}).encode(),
    ],
)
def test_headers_that_are_nonsense(body: bytes) -> None:
    with pytest.raises(Nonsense):
        unpack_header(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_header_or_nonsense(body: bytes) -> None:
    try:
        unpack_header(body)
    except Nonsense:
        return
    assert json.loads(body) is not None


def test_a_good_answer_is_taken() -> None:
    pixels = pixels_of(header(), list(PARTS), "image/png")
    assert (pixels.width, pixels.height, pixels.content_type) == (4, 3, "image/png")
    assert pixels.cost.cpu_seconds == 0.1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        COST,
        header(width=0),
        header(width=30_001),
        header(palette=[]),
        header(palette=[SWATCH] * 9),
        header(palette=[{**SWATCH, "hex": "red;}"}]),
        header(palette=[{**SWATCH, "amount": 2}]),
        header(exif={"iso": -1}),
        header(exif={"camera_make": "x" * 101}),
        header(exif=None),
        header(more=1),
        header(cpu_seconds="a lot"),
        header(refused="because", message="No."),
        header(refused=["empty"], message="No."),
        header(refused="empty", message=None),
    ],
)
def test_answers_that_are_nonsense(answer: dict[str, Any]) -> None:
    with pytest.raises(Nonsense):
        pixels_of(dict(answer), list(PARTS), "image/png")


@pytest.mark.parametrize(
    "parts",
    [
        [],
        PARTS[:2],
        [b"<script>", PARTS[1], PARTS[2]],
        [PARTS[0], PARTS[0], PARTS[2]],
        [PARTS[0], PARTS[1], bytes(3)],
        [PARTS[0], PARTS[1], bytes(100)],
    ],
)
def test_parts_that_are_not_what_they_should_be(parts: list[bytes]) -> None:
    with pytest.raises(Nonsense):
        pixels_of(header(), list(parts), "image/png")


def test_a_refusal_carries_its_code_and_its_cost() -> None:
    answer = {"refused": "too-many-pixels", "message": "Too many.", **COST}
    with pytest.raises(Refusal) as refusal:
        pixels_of(answer, [], "image/png")
    assert (refusal.value.code, refusal.value.message) == ("too-many-pixels", "Too many.")
    assert refusal.value.cost is not None
