"""Quotes and spend as they are typed."""

from pathlib import Path
from typing import Any

from tests.cli.conftest import JPEG, Gateway, Imgcap

QUOTE: dict[str, Any] = {
    "photos": 1000,
    "total": "1.31",
    "lines": [
        {
            "what": "labels", "provider": "rekognition", "model": "rekognition-labels",
            "each": "0.001", "total": "1.0000", "measured": False,
        }
    ],
    "prices_of": "2026-10-07",
    "fits": False,
    "text": "1,000 photos: about $1.31; $1.00 of the budget are left",
}  # fmt: skip
SPEND = {
    "days": [
        {
            "day": "2026-11-22", "provider": "openai", "model": "gpt-6-luna", "calls": 3,
            "answered": 3, "bytes": 9, "cost": "0.0006",
        }
    ],
    "budgets": [{"unit": "day", "spent": "0.0006", "cap": "5", "until": "2026-11-23T00:00:00Z"}],
}  # fmt: skip


def test_a_quote_is_one_sentence_and_where_it_comes_from(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers["/api/quote"] = QUOTE
    said = imgcap("quote", "1,000", IMGCAP_URL=gateway.url)
    assert said.code == 0
    assert "1,000 photos: about $1.31" in said.out
    assert "prices of 2026-10-07" in said.out
    assert "more than is left of the budget" in said.out
    assert "GET /api/quote?photos=1000" in gateway.requests


def test_a_folder_is_counted_and_not_sent(imgcap: Imgcap, gateway: Gateway, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(JPEG)
    gateway.answers["/api/quote"] = QUOTE
    assert imgcap("quote", tmp_path, "--json", IMGCAP_URL=gateway.url).json["photos"] == 1000
    assert gateway.requests == ["GET /api/quote?photos=2"]
    imgcap("quote", "7", "--now", IMGCAP_URL=gateway.url)
    assert gateway.requests[-1] == "GET /api/quote?photos=7&now=true"


def test_spend_is_told_by_day(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers["/api/spend"] = SPEND
    said = imgcap("spend", IMGCAP_URL=gateway.url)
    assert "gpt-6-luna" in said.out
    assert "this day: $0.0006 of $5.00" in said.out
