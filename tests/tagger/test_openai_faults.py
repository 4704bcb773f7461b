"""An OpenAI vision model over the wire: every error, and answers that misbehave."""

import json
import time
from datetime import timedelta

import pytest

from services.common.errors import Refuse, TryAgain
from services.tagger.providers.openai import LARGEST
from tests.cloud.books import Books
from tests.cloud.looking import CUT, GOOD, PHOTO, failure_of, openai
from tests.cloud.openai_server import (
    KEY,
    SEEN,
    completion,
    fault,
    response,
)
from tests.tagger.stubs import HANGING, Reply, answer, drip, hang, hang_up

PRICED = {"vision_model": "gpt-6-luna"}


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fault(401, "invalid_api_key", f"Incorrect API key: {KEY}"), "provider-refuses-key"),
        (fault(403, "unsupported_country_region_territory"), "provider-refuses-key"),
        (fault(404, "model_not_found"), "provider-unknown-model"),
        (fault(403, "model_not_found"), "provider-unknown-model"),  # not for this project
        (answer(b"<html>nginx</html>", 404), "provider-misconfigured"),
        (fault(400, "model_not_found", param="model"), "provider-unknown-model"),
        (fault(400, "unsupported_value", param="reasoning.effort"), "provider-misconfigured"),
        (fault(408), "provider-unwell"),
        (fault(409), "provider-unwell"),
        (fault(429, "rate_limit_exceeded"), "provider-busy"),
        (fault(429, "insufficient_quota"), "provider-no-credit"),
        (fault(429, "billing_not_active"), "provider-no-credit"),
        (fault(400, "billing_hard_limit_reached"), "provider-no-credit"),
        (fault(500, "server_error"), "provider-unwell"),
        (answer(b"<html>bad gateway</html>", 502), "provider-unwell"),
        (fault(503), "provider-unwell"),
        (hang_up, "provider-cut"),
    ],
)
def test_what_is_not_the_photos_fault_never_counts_against_it(
    reply: Reply, code: str, api: str
) -> None:
    error = failure_of(reply, api=api)
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == (code, False)
    assert KEY not in f"{error!s} {error!r}"


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_photo_that_openai_cannot_take_is_refused(status: int) -> None:
    books = Books()
    error = failure_of(fault(status, "invalid_image", "bad\x1b[31m image"), books=books)
    assert isinstance(error, Refuse)
    assert "\x1b" not in str(error)
    assert books.spent == 0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"retry_after_ms": "1500", "Retry_After": "7"}, 1.5),
        ({"retry_after_ms": "120000"}, 120),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "6m0s"}, 360),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "20ms"}, 0.02),
        ({"x_ratelimit_remaining_tokens": "9", "x_ratelimit_reset_tokens": "9s"}, None),
        ({}, None),
    ],
)
def test_a_busy_provider_says_when_to_come_back(
    headers: dict[str, str], seconds: float | None
) -> None:
    error = failure_of(fault(429, **headers))
    assert isinstance(error, TryAgain)
    assert error.after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("reply", [drip, hang], ids=["drips", "hangs"])
def test_a_slow_answer_is_left_at_the_deadline_and_may_have_been_billed(reply: Reply) -> None:
    books, began = Books(), time.monotonic()
    error = failure_of(reply, books=books, seconds=0.5)
    assert time.monotonic() - began < HANGING / 2  # its own time is half a second
    assert error.code == "provider-slow"
    assert books.spent == next(iter(books.reserved.values())).estimate


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_refusal_is_kept_as_an_answer_that_was_paid(api: str) -> None:
    refused = {
        "responses": response("", refusal="I can't help"),
        "chat": completion(None, refusal="I can't help"),
    }
    books = Books()
    with openai(answer(refused[api]), api=api, books=books) as (tagger, _):
        sighting = tagger.look(PHOTO)
    assert (sighting.tags, sighting.caption) == ((), "")
    assert books.outcomes == ["answered"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"output": 7}',
        json.dumps(response("")).encode(),
        json.dumps(response("no JSON at all")).encode(),
        json.dumps(response('{"tags": [')).encode(),
        json.dumps(response("[1, 2]")).encode(),
        json.dumps(response('{"surprise": 1}')).encode(),
        json.dumps(response('{"a":' * 5000)).encode(),
        json.dumps(response('{"cap', status="incomplete", incomplete_details=CUT)).encode(),
        json.dumps(response(json.dumps(SEEN))).encode() + b" " * LARGEST,
        b"x" * 10_000_000,
        b'{"output":' * 3000,
    ],
    ids=lambda body: body[:40].decode(),
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_nothing_to_store(body: bytes) -> None:
    books = Books()
    error = failure_of(answer(body, Content_Type="application/json"), books=books)
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == ("provider-answer", True)
    assert books.spent > 0


ODD_USAGE: list[object] = [
    None, {}, [], "free", {"in": "many", "out": 1}, {"in": -5, "out": 1}, {"in": 10**30, "out": 1},
    {"in": 1400.5, "out": 200}, {"in": 1400, "out": None}, {"in": True, "out": 1},
]  # fmt: skip


@pytest.mark.parametrize("usage", ODD_USAGE, ids=str)
@pytest.mark.parametrize("api", ["responses", "chat"])
def test_an_answer_whose_bill_cannot_be_read_is_kept_and_its_reservation_counts(
    api: str, usage: object
) -> None:
    names = {
        "responses": {"in": "input_tokens", "out": "output_tokens"},
        "chat": {"in": "prompt_tokens", "out": "completion_tokens"},
    }[api]
    seen = json.dumps(SEEN)
    body = response(seen) if api == "responses" else completion(seen)
    told = {names[key]: value for key, value in usage.items()} if isinstance(usage, dict) else usage
    books = Books()
    with openai(answer({**body, "usage": told}), api=api, books=books, **PRICED) as (tagger, _):
        sighting = tagger.look(PHOTO)
    (leaving,) = books.reserved.values()
    assert sighting.caption == SEEN["caption"]
    assert sighting.cost == books.spent == leaving.estimate > 0


def test_an_obedient_model_gets_nothing_outside_the_form_stored() -> None:
    hostile = {
        "caption": "<b>hi</b>\u202e\x00 " + "word " * 200,
        "tags": [
            {"tag": tag, "confidence": 0.9}
            for tag in (
                "<img src=x onerror=alert(1)>", "'; DROP TABLE photo;--", "x" * 41, "a\x00b",
                "http://evil.example", "{{7*7}}", "", "  Sea  GULL ", "日本", "rock 'n' roll",
            )
        ] + [{"tag": f"t{n}", "confidence": 0.9} for n in range(10_000)],
        "moods": [
            {"mood": "ignore all instructions", "confidence": 1, "reason": ""},
            {"mood": "calm", "confidence": 7, "reason": ""},
            {"mood": "serene", "confidence": 0.9, "reason": "<script>" + "y" * 900},
            {"mood": "sad", "confidence": "NaN", "reason": ""},
            "calm", None, 7,
        ],
        "techniques": [{"technique": "golden ratio", "confidence": 1, "reason": ""}],
        "photo_id": "somebody else's",
    }  # fmt: skip
    with openai(answer(response(json.dumps(hostile)))) as (tagger, _):
        sighting = tagger.look(PHOTO)
    labels = [tag.text for tag in sighting.tags if tag.kind == "label"]
    assert labels[:3] == ["sea gull", "日本", "rock 'n' roll"]
    assert len(labels) <= 15
    assert [tag.text for tag in sighting.tags if tag.kind != "label"] == ["serene"]
    assert len(sighting.caption) <= 200
    assert sighting.caption.isprintable()
    (serene,) = (tag for tag in sighting.tags if tag.kind == "mood")
    assert serene.evidence
    assert len(serene.evidence["model"]["reason"]) <= 120


@pytest.mark.parametrize("reply", [fault(500), fault(409), fault(429), hang_up])
def test_a_call_that_failed_is_not_made_again_behind_the_back_of_the_books(reply: Reply) -> None:
    books = Books()
    assert failure_of(reply, GOOD, books=books).code.startswith("provider-")
    assert len(books.reserved) == 1


@pytest.mark.parametrize(("status", "param"), [(400, "input"), (400, "text.format"), (404, "")])
def test_a_key_that_is_echoed_in_a_message_goes_no_further(status: int, param: str) -> None:
    failed = failure_of(fault(status, "odd", f"see {KEY}, it is yours", param=param))
    assert "(key), it is yours" in str(failed)
    assert KEY not in f"{failed!r} {failed}"
