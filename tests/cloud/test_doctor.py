"""`imgcap doctor` on cloud providers: one tiny call each, and what to do."""

from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from services.cli.finding import Finding
from tests.cli.conftest import Gateway, Imgcap, gateway, imgcap
from tests.cloud.aws import ACCESS, DOGS, REGION, SECRET, RekognitionStub
from tests.cloud.aws import fault as aws_fault
from tests.cloud.openai_server import KEY, MODEL, OpenAIStub, fault
from tests.tagger.stubs import Reply, Server, answer

__all__ = ["gateway", "imgcap"]

STATUS: dict[str, Any] = {
    "photos": {},
    "queues": None,
    "warnings": ["openai: OpenAI is away"],
    "budgets": [{"unit": "day", "spent": "1", "cap": "5", "until": "2026-11-23T00:00:00Z"}],
}


def told(imgcap: Imgcap, gateway: Gateway, **settings: str) -> dict[str, Finding]:
    gateway.answers["/api/status"] = STATUS
    said = imgcap("doctor", "--json", IMGCAP_URL=gateway.url, **settings)
    for secret in (KEY, SECRET):
        assert secret not in said.out + said.err
    return {one["what"]: Finding(**one) for one in said.json}


@pytest.mark.parametrize(
    ("page", "state", "text"),
    [
        (MODEL, "well", "gpt-6-luna is there"),
        ({**MODEL, "shutdown_date": "2026-12-11"}, "look", "shut down on 2026-12-11"),
        ({**MODEL, "shutdown_date": "2099-01-01"}, "well", "until 2099-01-01"),
    ],
)
def test_a_model_is_asked_for(
    imgcap: Imgcap, gateway: Gateway, page: dict[str, Any], state: str, text: str
) -> None:
    with OpenAIStub(answer({})).running() as stub:
        stub.model_page = page
        found = told(
            imgcap, gateway, IMGCAP_TAGGER="openai", IMGCAP_OPENAI__KEY=KEY,
            IMGCAP_OPENAI__BASE_URL=stub.base_url,
        )  # fmt: skip
    assert found["vision model"].state == state
    assert text in found["vision model"].text
    assert found["provider"].text == "openai: OpenAI is away"
    assert found["budget"].text == "$1.00 of $5.00 this day"
    assert "rekognition" not in found


TOLD = {"IMGCAP_TAGGER": "openai", "IMGCAP_EMBEDDER": "openai", "IMGCAP_OPENAI__KEY": KEY}


@pytest.mark.parametrize(
    ("reply", "state", "text", "fix"),
    [
        (answer({}), "well", "gpt-6-luna answers this key", ""),
        (
            answer({}, x_ratelimit_limit_requests="5000"),
            "well",
            "5,000 calls a minute are allowed",
            "",
        ),
        (
            answer({}, x_ratelimit_limit_requests="90"),
            "look",
            "one worker may ask 480",
            "IMGCAP_OPENAI__RATE=1.5",
        ),
        (fault(401, message=f"{KEY} has no scope"), "ill", "does not let this key", "→ Write"),
        (fault(403), "ill", "does not let this key ask gpt-6-luna", "→ Write"),
        (fault(429, "insufficient_quota"), "ill", "no credit is left", "add some"),
        (fault(429, "rate_limit_exceeded"), "look", "too much to do", "IMGCAP_OPENAI__RATE"),
        (fault(400, "unsupported_value"), "ill", "400 unsupported_value", "openai.md"),
    ],
)
def test_one_word_tells_what_the_key_may_do_and_how_often(
    imgcap: Imgcap, gateway: Gateway, reply: Reply, state: str, text: str, fix: str
) -> None:
    with OpenAIStub(reply).running() as stub:
        url = {"IMGCAP_OPENAI__BASE_URL": stub.base_url, "IMGCAP_OPENAI__VISION_API": "responses"}
        found = told(imgcap, gateway, **TOLD, **url)
    assert (stub.faults, stub.paths) == ([], ["/v1/responses", "/v1/embeddings"])
    assert [request.get("store") for request in stub.requests] == [False, None]
    for model in ("vision model's answer", "embedding model's answer"):
        assert found[model].state == state
    assert text in found["vision model's answer"].text
    assert fix in found["vision model's answer"].fix


@pytest.mark.parametrize(
    ("page", "fix"),
    [(fault(401), "IMGCAP_OPENAI__KEY"), (fault(403, "model_not_found"), "VISION_MODEL")],
)
def test_a_key_that_is_refused_is_told_from_a_model_that_may_not_be_used(
    imgcap: Imgcap, gateway: Gateway, page: Reply, fix: str
) -> None:
    class Refuses(OpenAIStub):
        def reply(self, request: BaseHTTPRequestHandler, _: bytes, /) -> None:
            self.paths.append(request.path)
            page(request)

    with Refuses(page).running() as stub:
        found = told(imgcap, gateway, **TOLD, IMGCAP_OPENAI__BASE_URL=stub.base_url)
    assert (found["vision model"].state, stub.paths[0]) == ("ill", "/v1/models/gpt-6-luna")
    assert fix in found["vision model"].fix
    assert "vision model's answer" not in found


def test_an_address_where_nobody_is(imgcap: Imgcap, gateway: Gateway) -> None:
    found = told(
        imgcap, gateway, IMGCAP_EMBEDDER="openai", IMGCAP_OPENAI__BASE_URL="http://127.0.0.1:9/v1"
    )
    assert found["embedding model"].state == "ill"


@pytest.mark.parametrize(
    ("reply", "state", "fix"),
    [
        (answer(DOGS), "well", ""),
        (aws_fault("AccessDeniedException"), "ill", "rekognition:DetectLabels"),
        (aws_fault("InvalidSignatureException"), "ill", "clock"),
        (aws_fault("InternalServerError", 500), "ill", "docs/providers"),
    ],
)
def test_rekognition_is_asked_about_a_grey_square(
    imgcap: Imgcap, gateway: Gateway, reply: Reply, state: str, fix: str
) -> None:
    with RekognitionStub(reply).running() as stub:
        found = told(
            imgcap, gateway, IMGCAP_TAGGER="rekognition", IMGCAP_REKOGNITION__ENDPOINT=stub.url,
            IMGCAP_REKOGNITION__REGION=REGION, IMGCAP_REKOGNITION__ACCESS_KEY=ACCESS,
            IMGCAP_REKOGNITION__SECRET_KEY=SECRET,
        )  # fmt: skip
        assert (stub.faults, stub.calls) == ([], 1)
    assert found["rekognition"].state == state
    assert fix in found["rekognition"].fix
    assert found["AWS's clock"].state == "well"


class S3(Server):
    """AWS as it answers whoever asks in another region or at another time."""

    def reply(self, request: BaseHTTPRequestHandler, _: bytes, /) -> None:
        late = formatdate((datetime.now(UTC) - timedelta(hours=1)).timestamp(), usegmt=True)
        request.send_response_only(403)
        request.send_header("Date", late)
        request.send_header("x-amz-bucket-region", "eu-central-1")
        request.send_header("Content-Length", "0")
        request.end_headers()


def test_a_bucket_in_another_region_and_a_clock_that_is_off_are_told(
    imgcap: Imgcap, gateway: Gateway
) -> None:
    with S3().running() as s3:
        found = told(
            imgcap, gateway, IMGCAP_STORE__BUCKET="own-photos", IMGCAP_STORE__ACCESS_KEY=ACCESS,
            IMGCAP_STORE__SECRET_KEY=SECRET, AWS_ENDPOINT_URL_S3=s3.url,
        )  # fmt: skip
    assert found["store"].state == "ill"
    assert found["bucket"].fix == "set IMGCAP_STORE__REGION=eu-central-1"
    assert (found["S3's clock"].state, "NTP" in found["S3's clock"].fix) == ("ill", True)
