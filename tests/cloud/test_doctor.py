"""`imgcap doctor` on cloud providers: one tiny call each, and what to do."""

from typing import Any

import pytest

from services.cli.finding import Finding
from tests.cli.conftest import Gateway, Imgcap, gateway, imgcap
from tests.cloud.aws import ACCESS, DOGS, REGION, SECRET, RekognitionStub
from tests.cloud.aws import fault as aws_fault
from tests.cloud.openai_server import KEY, MODEL, OpenAIStub
from tests.tagger.stubs import Reply, answer

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
