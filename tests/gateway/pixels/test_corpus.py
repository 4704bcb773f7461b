"""Every file of the corpus gets its verdict, in little time and memory, and harms nobody."""

import asyncio
import time
from pathlib import Path

import pytest

from services.gateway.pixels import CONTENT_TYPES
from services.gateway.pixels.refusal import SENTENCES
from tests.gateway.pixels.corpus import OK, Case, corpus
from tests.gateway.pixels.craft import QUADRANTS, quadrants, saved
from tests.gateway.pixels.reading import Outcome, Reader, alike, corners, picture, read

LEAST_FILES = 60
MAX_CPU_SECONDS, MAX_PEAK_BYTES = 2.0, 600_000_000
MAKING_SECONDS = 10.0
TOLERANCE = 40  # JPEG q82 of colours that went through CMYK, Lab or a palette
Seen = dict[str, tuple[Outcome, Outcome]]  # of the file, and of the good photo read beside it


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    started = time.process_time()
    cases = list(corpus())
    assert time.process_time() - started < MAKING_SECONDS
    named = {case.name: case for case in cases}
    assert len(named) == len(cases), "two files have one name"
    return named


@pytest.fixture(scope="module")
def seen(cases: dict[str, Case], reader: Reader) -> Seen:
    """All files through one pool, each with a good photo at the same time."""
    good = reader.folder / "good"
    good.write_bytes(saved(quadrants(), "JPEG"))
    before = reader.pool.pids

    async def pair(path: Path) -> tuple[Outcome, Outcome]:
        one, other = await asyncio.gather(read(reader.pool, path), read(reader.pool, good))
        return one, other

    outcomes: Seen = {}
    for case in cases.values():
        path = reader.folder / "file"
        path.write_bytes(case.content)
        outcomes[case.name] = reader.runner.run(pair(path))
    assert reader.pool.pids == before, "a file ended its child"
    return outcomes


def test_the_corpus_has_files_of_every_type_and_every_verdict(cases: dict[str, Case]) -> None:
    assert len(cases) >= LEAST_FILES
    codes = {case.verdict for case in cases.values()}
    assert codes >= set(SENTENCES) - {"timeout", "out-of-memory"}
    starts = {name.split("-")[0] for name, case in cases.items() if case.verdict == OK}
    assert starts >= {content_type.removeprefix("image/") for content_type in CONTENT_TYPES}


def test_every_file_gets_its_verdict(cases: dict[str, Case], seen: Seen) -> None:
    got = {name: outcome.verdict for name, (outcome, _) in seen.items()}
    wrong = {
        name: (got[name], case.verdict) for name, case in cases.items() if got[name] != case.verdict
    }
    assert not wrong


def test_no_file_takes_long_or_much(seen: Seen) -> None:
    greedy = {
        name: (outcome.cpu_seconds, outcome.peak_bytes)
        for name, (outcome, _) in seen.items()
        if outcome.cpu_seconds >= MAX_CPU_SECONDS or outcome.peak_bytes >= MAX_PEAK_BYTES
    }
    assert not greedy


def test_a_good_photo_beside_each_is_read(seen: Seen) -> None:
    assert {good.verdict for _, good in seen.values()} == {OK}


def test_odd_photos_are_upright_and_in_their_right_colours(
    cases: dict[str, Case], seen: Seen
) -> None:
    wrong = {}
    for name, case in cases.items():
        pixels = seen[name][0].pixels
        if case.shows == "nothing" or pixels is None:
            continue
        expected = list(QUADRANTS)
        if case.shows == "greys":
            grey = quadrants().convert("L").convert("RGB")
            expected = corners(saved(grey, "PNG"))
        for derivative in (pixels.display, pixels.thumb):
            found = corners(derivative)
            if not all(map(alike, found, expected, [TOLERANCE] * 4)):
                wrong[name] = found
    assert not wrong


def test_the_sides_are_those_of_the_upright_photo(cases: dict[str, Case], seen: Seen) -> None:
    for name, case in cases.items():
        pixels = seen[name][0].pixels
        if "orientation" in name and pixels is not None:
            assert (pixels.width, pixels.height) == (96, 64), name
            assert picture(pixels.display).size == (96, 64), name
        assert (pixels is None) == (case.verdict != OK)


def test_nothing_of_a_polyglot_gets_into_a_derivative(cases: dict[str, Case], seen: Seen) -> None:
    marks = (b"alert", b"<?php", b"PK\x03\x04", b"Exif", b"http", b"ICC", b"8BIM")
    for name in cases:
        pixels = seen[name][0].pixels
        if pixels is not None:
            assert not [m for m in marks if m in pixels.display + pixels.thumb], name


def test_a_refusal_is_a_sentence_for_people(seen: Seen) -> None:
    for outcome, _ in seen.values():
        if outcome.refusal is not None:
            assert outcome.refusal.message[0].isupper()
            assert outcome.refusal.message.endswith(".")
