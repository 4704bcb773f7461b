"""A model server of the user's own, with everything that such a server can do wrong."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.common.errors import Refuse, TryAgain
from services.common.events import Tag
from services.common.models import EYES, FOLDER, get_models
from services.tagger.fusion import fuse
from services.tagger.providers import taggers
from services.tagger.providers.http import LARGEST, HttpTagger
from services.tagger.settings import Settings
from tests.tagger.stubs import HANGING, ModelStub, Reply, answer, drip, hang, hang_up

ROOT = Path(__file__).parents[2]
DOG = {"kind": "label", "text": "dog", "confidence": 0.9}
PHOTO = b"\xff\xd8 photo"


def at(url: str, **more: Any) -> Settings:
    return Settings.model_validate({"tagger": "http", "tagger_url": url, **more})


@contextmanager
def asking(*replies: Reply, seconds: float = 5) -> Iterator[tuple[HttpTagger, ModelStub]]:
    with ExitStack() as stack:
        stub = stack.enter_context(ModelStub(replies[-1], *replies[:-1]).running())
        tagger = HttpTagger(at(stub.url, tagger_key="k3y", tagger_model="blip-2"), seconds=seconds)
        stack.callback(tagger.close)
        yield tagger, stub


def failure_of(*replies: Reply, seconds: float = 5) -> TryAgain | Refuse:
    with (
        asking(*replies, seconds=seconds) as (tagger, _),
        pytest.raises((TryAgain, Refuse)) as caught,
    ):
        tagger.look(PHOTO)
    assert isinstance(caught.value, (TryAgain, Refuse))
    return caught.value


def test_a_photo_is_posted_as_it_is_and_comes_back_as_tags() -> None:
    seen = {**DOG, "text": " Dog", "evidence": {"subject": {"box": [0.1, 0.2, 0.5, 0.5]}}}
    with asking(answer({"tags": [seen], "caption": "a dog", "cost": 0.004})) as (tagger, stub):
        sighting = tagger.look(PHOTO)

    assert (stub.bodies, stub.keys) == ([PHOTO], ["Bearer k3y"])
    assert (sighting.caption, sighting.cost) == ("a dog", Decimal("0.004"))
    assert sighting.tags == (
        Tag(
            kind="label",
            text="dog",
            confidence=0.9,
            source="http",
            model="blip-2",
            evidence={"subject": {"box": [0.1, 0.2, 0.5, 0.5]}},
        ),
    )


def test_one_connection_serves_many_photos() -> None:
    with asking(answer({"tags": []})) as (tagger, stub):
        for _ in range(3):
            tagger.look(PHOTO)
    assert stub.calls == 3


@pytest.mark.parametrize(
    ("status", "code", "counts"),
    [
        (500, "provider-unwell", True),
        (503, "provider-unwell", False),
        (429, "provider-busy", False),
        (401, "provider-refuses-key", False),
        (403, "provider-refuses-key", False),
        (404, "provider-misconfigured", False),
        (302, "provider-misconfigured", False),
    ],
)
def test_a_server_that_is_unwell_is_asked_again(status: int, code: str, counts: bool) -> None:
    error = failure_of(answer({}, status))
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == (code, counts)


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_photo_that_the_server_refuses_is_refused(status: int) -> None:
    error = failure_of(answer(b"too\x1b[31m dark\n" + b"x" * 1000, status))
    assert isinstance(error, Refuse)
    assert error.code == "provider-refused"
    assert "too[31m dark x" in str(error)
    assert len(str(error)) < 260


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("7", 7), ("0.5", 0.5), ("-3", 0), ("1e9", 86_400), ("nan", None), ("soon", None), ("", None)],
)
def test_retry_after_is_kept_when_it_makes_sense(given: str, seconds: float | None) -> None:
    error = failure_of(answer({}, 429, Retry_After=given))
    assert isinstance(error, TryAgain)
    assert error.after == (None if seconds is None else timedelta(seconds=seconds))


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    error = failure_of(answer({}, 503, Retry_After=later))
    assert isinstance(error, TryAgain)
    assert error.after
    assert 110 < error.after.total_seconds() <= 120


@pytest.mark.parametrize("reply", [drip, hang], ids=["drips", "hangs"])
def test_a_slow_server_is_left_at_the_deadline(reply: Reply) -> None:
    began = time.monotonic()
    error = failure_of(reply, seconds=0.4)
    assert time.monotonic() - began < HANGING / 2  # its own time is half a second
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == ("provider-slow", True)


def test_a_server_that_hangs_up_is_asked_again() -> None:
    error = failure_of(hang_up)
    assert isinstance(error, TryAgain)
    assert error.code == "provider-cut"


def test_a_server_that_is_not_there_never_counts_against_a_photo() -> None:
    tagger = HttpTagger(at("http://127.0.0.1:9/look"))
    with pytest.raises(TryAgain) as caught:
        tagger.look(PHOTO)
    tagger.close()
    assert (caught.value.code, caught.value.counts) == ("provider-away", False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"tags": null}',
        b'{"caption": "no tags"}',
        b'{"tags": [], "surprise": 1}',
        b'{"tags": [], "caption": "two\\nlines"}',
        b'{"tags": [], "cost": -1}',
        b'{"tags": [], "cost": NaN}',
        *(
            json.dumps({"tags": [DOG | wrong]}).encode()
            for wrong in (
                {"kind": "user"},
                {"kind": "animal"},
                {"text": ""},
                {"text": "  "},
                {"text": "x" * 101},
                {"text": "a\x00b"},
                {"text": 7},
                {"confidence": 1.1},
                {"confidence": -0.1},
                {"confidence": "0.9"},
                {"confidence": True},
                {"confidence": float("nan")},
                {"evidence": [1]},
                {"evidence": {"subject": "<img onerror=x>"}},
                {"evidence": {"<script>": 1}},
                {"evidence": {"lines": [float("inf")]}},
                {"evidence": {"lines": [1e9]}},
                {"evidence": {"lines": [[[[[[0]]]]]]}},
                {"evidence": {"lines": [0.1] * 2000}},
                {"more": 1},
            )
        ),
        json.dumps({"tags": [DOG] * 201}).encode(),
        b'{"tags": []}' + b" " * LARGEST,
        b'{"a":' * 5000,
    ],
    ids=lambda body: body[:70].decode(errors="replace"),
)
def test_an_answer_of_another_shape_is_asked_for_again(body: bytes) -> None:
    error = failure_of(answer(body))
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == ("provider-answer", True)


def test_what_a_bad_answer_says_is_not_repeated() -> None:
    error = failure_of(answer({"tags": [DOG | {"text": ["s3cret"]}]}))
    assert "s3cret" not in str(error)
    assert "tags.0.text" in str(error)


def test_after_a_bad_answer_the_next_one_counts() -> None:
    with asking(answer(b"{"), hang_up, answer({"tags": [DOG]})) as (tagger, _):
        for _ in range(2):
            with pytest.raises(TryAgain):
                tagger.look(PHOTO)
        assert [tag.text for tag in tagger.look(PHOTO).tags] == ["dog"]


def test_the_setting_chooses_the_provider() -> None:
    settings = at("http://127.0.0.1:9", tagger_model="m", geometry=False)
    assert [(one.name, one.version, one.paid) for one in taggers(settings)] == [("http", "m", True)]


def test_geometry_is_looked_at_beside_a_model_server_and_its_own_drawings_are_kept() -> None:
    drawn = {"kind": "composition", "text": "framing", "confidence": 0.9}
    seen = {"tags": [{**drawn, "evidence": {"frame": [0.1, 0.1, 0.8, 0.8]}}, DOG]}
    get_models(ROOT / FOLDER, EYES)
    with ModelStub(answer(seen)).running() as server:
        both = taggers(at(server.url, models=ROOT / FOLDER))
        photo = (ROOT / "samples" / "tunnel.jpg").read_bytes()
        tags = {tag.text: tag for tag in fuse({one.name: one.look(photo) for one in both})}
        assert isinstance(both[0], HttpTagger)
        both[0].close()
    assert [one.name for one in both] == ["http", "local"]
    assert {"dog", "framing", "symmetry"} <= tags.keys()
    evidence = tags["framing"].evidence or {}
    assert evidence["frame"] == [0.1, 0.1, 0.8, 0.8]
    assert evidence["model"] == {"confidence": 0.9}
    assert "axis" in (tags["symmetry"].evidence or {})


@pytest.mark.parametrize(
    "wrong", [{}, {"tagger_url": "no url"}, {"tagger_url": "file:///x"}], ids=str
)
def test_a_model_server_needs_an_address(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"tagger": "http", **wrong})
