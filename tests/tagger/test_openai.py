"""An OpenAI vision model over the wire: both APIs, every error, and answers that misbehave."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from services.common.cloud.prices import NoPrice, Prices
from services.common.cloud.settings import OpenAISettings
from services.common.errors import Refuse, TryAgain
from services.tagger.providers.openai import LARGEST, OpenAITagger
from services.tagger.vision import MOODS, TECHNIQUES, strict_schema
from tests.cloud.books import Books, a_photo, asking
from tests.cloud.openai_server import (
    KEY,
    MODEL,
    SEEN,
    OpenAIStub,
    completion,
    fault,
    response,
    sent_photo,
)
from tests.tagger.stubs import Reply, answer, drip, hang, hang_up

PHOTO = a_photo(1600)
GOOD = answer(response(json.dumps(SEEN)))
CUT = {"reason": "max_output_tokens"}
CHATTED = answer(completion(json.dumps(SEEN)))


@contextmanager
def openai(
    *replies: Reply, books: Books | None = None, api: str = "responses", **more: Any
) -> Iterator[tuple[OpenAITagger, OpenAIStub]]:
    with ExitStack() as stack:
        stub = stack.enter_context(OpenAIStub(replies[-1], *replies[:-1]).running())
        given = {"key": KEY, "base_url": stub.base_url, "vision_api": api, **more}
        settings = OpenAISettings.model_validate(given)
        tagger = OpenAITagger(settings, Prices.read(), asking(books or Books()))
        stack.callback(tagger.close)
        yield tagger, stub
        assert stub.faults == []


def failure_of(*replies: Reply, books: Books | None = None, **more: Any) -> TryAgain | Refuse:
    with (
        openai(*replies, books=books, **more) as (tagger, _),
        pytest.raises((TryAgain, Refuse)) as caught,
    ):
        tagger.look(PHOTO)
    assert isinstance(caught.value, (TryAgain, Refuse))
    return caught.value


def test_one_call_gives_caption_tags_moods_and_techniques() -> None:
    books = Books()
    with openai(GOOD, books=books) as (tagger, stub):
        sighting = tagger.look(PHOTO)

    assert sighting.caption == "Two dogs look into the camera."
    assert {(tag.kind, tag.text): tag.confidence for tag in sighting.tags} == {
        ("label", "dog"): 0.95,
        ("label", "portrait"): 0.7,
        ("mood", "playful"): 0.8,
        ("composition", "centered"): 0.7,
    }
    assert all((tag.source, tag.model) == ("openai", "gpt-6-luna") for tag in sighting.tags)
    centered = next(tag for tag in sighting.tags if tag.kind == "composition")
    told = {"confidence": 0.7, "reason": "both heads fill the middle"}
    assert centered.evidence == {"model": told}
    # 1000 fresh at 0.10, 400 cached at 0.01, 200 out at 0.50, per million
    assert sighting.cost == books.spent == Decimal("0.000204")
    assert stub.paths == ["/v1/responses"]


def test_the_request_stores_nothing_and_asks_for_a_strict_form() -> None:
    with openai(GOOD) as (tagger, stub):
        tagger.look(PHOTO)

    (request,) = stub.requests
    assert request["store"] is False
    assert request["text"]["format"]["strict"] is True
    assert request["max_output_tokens"] == 800
    assert request["input"][0]["content"][0]["detail"] == "high"
    assert request["reasoning"] == {"effort": "none"}
    assert stub.keys == [f"Bearer {KEY}"]


def test_the_schema_is_closed_everywhere() -> None:
    def closed(node: Any) -> bool:
        if isinstance(node, list):
            return all(map(closed, node))
        if not isinstance(node, dict):
            return True
        own = node.get("type") != "object" or (
            node["additionalProperties"] is False and node["required"] == list(node["properties"])
        )
        return own and all(map(closed, node.values()))

    schema = strict_schema()
    assert closed(schema)
    assert set(schema["$defs"]["SeenMood"]["properties"]["mood"]["enum"]) == MOODS
    techniques = schema["$defs"]["SeenTechnique"]["properties"]["technique"]["enum"]
    assert set(techniques) == TECHNIQUES


@pytest.mark.parametrize(("api", "reply"), [("responses", GOOD), ("chat", CHATTED)])
@pytest.mark.parametrize("side", [768, 1024])
def test_nothing_but_pixels_is_sent(api: str, reply: Reply, side: int) -> None:
    with openai(reply, api=api, side=side) as (tagger, stub):
        tagger.look(PHOTO)

    sent = sent_photo(stub.requests[0])
    for marker in (b"SECRET", b"Exif", b"adobe", b"ICC_PROFILE", b"/home", b"GPS", b"two-dogs"):
        assert marker not in sent
    assert b"SECRET" not in stub.bodies[0]
    with Image.open(io.BytesIO(sent)) as image:
        assert max(image.size) == side
        assert not image.getexif()


def test_the_reservation_is_never_below_the_bill() -> None:
    books = Books()
    with openai(GOOD, books=books, vision_model="gpt-5.5") as (tagger, _):
        tagger.look(PHOTO)
    (leaving,) = books.reserved.values()
    assert leaving.estimate >= books.spent
    assert (leaving.prompt, leaving.purpose, leaving.height) == ("vision-1", "vision", 768)
    assert leaving.bytes > 10_000


def test_a_server_of_ones_own_costs_nothing_and_openai_without_a_price_is_not_asked() -> None:
    with openai(CHATTED, api="chat", vision_model="qwen2.5-vl") as (tagger, _):
        assert tagger.look(PHOTO).cost == 0
    unknown = OpenAISettings.model_validate({"key": KEY, "vision_model": "gpt-9"})
    with pytest.raises(NoPrice, match="IMGCAP_PRICES"):
        OpenAITagger(unknown, Prices.read(), asking(Books()))


def test_other_servers_are_asked_by_chat_and_for_less_form_until_they_understand() -> None:
    no_schema = fault(400, message="response_format json_schema is not supported")
    no_json = fault(400, message="unknown response_format")
    fenced = answer(completion(f"Here you are:\n```json\n{json.dumps(SEEN)}\n```"))
    with openai(no_schema, no_json, fenced, api="auto") as (tagger, stub):
        assert len(tagger.look(PHOTO).tags) == 4
        tagger.look(PHOTO)
    forms = [request.get("response_format", {}).get("type") for request in stub.requests]
    assert forms == ["json_schema", "json_object", None, None]
    assert '"SeenMood"' in stub.requests[2]["messages"][0]["content"].replace("'", '"')


@pytest.mark.parametrize("api", ["responses", "chat"])
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fault(401, "invalid_api_key", f"Incorrect API key: {KEY}"), "provider-refuses-key"),
        (fault(403, "unsupported_country_region_territory"), "provider-refuses-key"),
        (fault(404, "model_not_found"), "provider-unknown-model"),
        (answer(b"<html>nginx</html>", 404), "provider-misconfigured"),
        (fault(400, "model_not_found", param="model"), "provider-unknown-model"),
        (fault(400, "unsupported_value", param="reasoning.effort"), "provider-misconfigured"),
        (fault(408), "provider-unwell"),
        (fault(409), "provider-unwell"),
        (fault(429, "rate_limit_exceeded"), "provider-busy"),
        (fault(429, "insufficient_quota"), "provider-no-credit"),
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
    assert time.monotonic() - began < 2
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


def test_another_prompt_model_or_size_looks_at_photos_anew() -> None:
    def version(**more: Any) -> str:
        settings = OpenAISettings.model_validate({"key": KEY, **more})
        tagger = OpenAITagger(settings, Prices.read(), asking(Books()))
        tagger.close()
        return tagger.version

    assert version() == version()
    others: list[dict[str, Any]] = [
        {"vision_model": "gpt-6-sol"},
        {"side": 1024},
        {"detail": "low"},
        {"effort": "low"},
    ]
    assert len({version(), *(version(**other) for other in others)}) == 5


@pytest.mark.parametrize(
    ("page", "model", "ends"),
    [
        ({**MODEL, "shutdown_date": "2027-01-14"}, "gpt-6-luna", date(2027, 1, 14)),
        (MODEL, "gpt-6-luna", None),
        (MODEL, "gpt-5.4-nano", date(2027, 4, 1)),  # the price table knows it
        ({"surprise": 1}, "gpt-6-luna", None),
    ],
)
def test_the_end_of_a_model_is_asked_for_once_a_day(
    page: dict[str, Any], model: str, ends: date | None
) -> None:
    books = Books()
    with openai(GOOD, books=books, vision_model=model) as (tagger, stub):
        stub.model_page = page
        for _ in range(3):
            tagger.look(PHOTO)
    assert stub.asked_for == [f"/v1/models/{model}"]
    assert books.ends == {model: ends}


def test_a_key_is_never_sent_to_an_address_that_it_was_not_given_for() -> None:
    with OpenAIStub(CHATTED).running() as stub:
        settings = OpenAISettings.model_validate({"key": KEY, "vision_base_url": stub.base_url})
        tagger = OpenAITagger(settings, Prices.read(), asking(Books()))
        tagger.look(PHOTO)
        tagger.close()
    assert stub.keys == ["Bearer none"]


def test_keys_are_never_shown() -> None:
    with openai(fault(401, message=f"Incorrect API key provided: {KEY}")) as (tagger, _):
        with pytest.raises(TryAgain) as caught:
            tagger.look(PHOTO)
        settings = tagger._settings
        shown = f"{settings!r} {tagger!r} {vars(tagger)!r} {caught.value!s} {caught.value!r}"
    assert KEY not in shown
