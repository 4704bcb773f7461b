"""An OpenAI vision model over the wire: what it is sent, and what is made of its answers."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image

from services.common.cloud.prices import NoPrice, Prices
from services.common.cloud.settings import OpenAISettings
from services.common.errors import TryAgain
from services.tagger.providers.openai import OpenAITagger
from services.tagger.vision import MOODS, TECHNIQUES, strict_schema
from tests.cloud.books import Books, asking
from tests.cloud.looking import CHATTED, GOOD, PHOTO, openai
from tests.cloud.openai_server import (
    KEY,
    MODEL,
    SEEN,
    OpenAIStub,
    completion,
    fault,
    sent_photo,
)
from tests.tagger.stubs import Reply, answer


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


@pytest.mark.parametrize(("size", "sent"), [((4000, 60), (768, 12)), ((40, 30), (40, 30))])
def test_no_photo_leaves_larger_than_it_is_or_than_the_setting_says(
    size: tuple[int, int], sent: tuple[int, int]
) -> None:
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, "JPEG")
    with openai(GOOD) as (tagger, stub):
        tagger.look(stream.getvalue())
    with Image.open(io.BytesIO(sent_photo(stub.requests[0]))) as image:
        assert image.size == sent


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


@pytest.mark.parametrize("status", [400, 422])  # 422: servers that check requests by a schema
def test_other_servers_are_asked_by_chat_and_for_less_form_until_they_understand(
    status: int,
) -> None:
    no_schema = fault(status, message="response_format json_schema is not supported")
    no_json = fault(400, message="unknown response_format")
    fenced = answer(completion(f"Here you are:\n```json\n{json.dumps(SEEN)}\n```"))
    with openai(no_schema, no_json, fenced, api="auto") as (tagger, stub):
        assert len(tagger.look(PHOTO).tags) == 4
        tagger.look(PHOTO)
    forms = [request.get("response_format", {}).get("type") for request in stub.requests]
    assert forms == ["json_schema", "json_object", None, None]
    assert '"SeenMood"' in stub.requests[2]["messages"][0]["content"].replace("'", '"')


def test_a_model_that_knows_the_limit_of_an_answer_by_its_newer_name_is_told_so() -> None:
    """As OpenAI and Azure say it."""
    why = "Unsupported parameter: 'max_tokens' is not supported with this model. Use {} instead."
    other = fault(
        400, "unsupported_parameter", why.format("'max_completion_tokens'"), param="max_tokens"
    )
    with openai(other, CHATTED, api="chat") as (tagger, stub):
        for _ in range(2):
            assert tagger.look(PHOTO).caption == SEEN["caption"]
    limits = [{"max_tokens", "max_completion_tokens"} & request.keys() for request in stub.requests]
    assert limits == [{"max_tokens"}, *[{"max_completion_tokens"}] * 2]


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
