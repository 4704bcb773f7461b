"""`imgcap search` and `imgcap status`: answers as people and programs read them."""

from typing import Any

import pytest

from services.cli.gateway import Door
from tests.cli.conftest import Gateway, Imgcap
from tests.tagger.stubs import answer

HIT = {
    "id": "7",
    "filename": "dog.jpg",
    "likeness": 0.874,
    "why": [
        {"tag": "dog", "kind": "label", "share": 0.75},
        {"tag": "sea", "kind": "label", "share": 0.25},
    ],
}
STATUS: dict[str, Any] = {
    "version": "0.1.0",
    "photos": {"ready": 31, "queued": 1, "failed": 0},
    "queues": {"tagger": {"ready": 1, "consumers": 2}},
    "oldest_unfinished_seconds": 90,
    "tags": 120,
    "spent": "0.25",
}


def test_hits_come_with_their_likeness_and_why(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers = {"/api/search": {"query": "a dog", "photos": [HIT], "total": 5}}
    said = imgcap("search", "a dog & cat", "--limit", 1, IMGCAP_URL=gateway.url)
    assert (said.code, said.err) == (0, "")
    assert gateway.requests == ["GET /api/search?q=a+dog+%26+cat&limit=1"]
    line = said.out.splitlines()[1]
    assert line.startswith("0.87")
    assert "dog.jpg  dog (label, 75%), sea (label, 25%)  7" in line
    assert "1 of 5" in said.out


def test_a_guess_is_told_as_one(imgcap: Imgcap, gateway: Gateway) -> None:
    why = [{"tag": "night", "kind": "label", "share": 1.0, "guess": True}]
    found = {"query": "night", "photos": [HIT | {"why": why}], "total": 1}
    gateway.answers = {"/api/search": found}
    said = imgcap("search", "night", IMGCAP_URL=gateway.url)
    assert "perhaps night (label, 100%)" in said.out


def test_no_hits_are_said(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers = {"/api/search": {"query": "unicorn", "photos": [], "total": 0}}
    said = imgcap("search", "unicorn", IMGCAP_URL=gateway.url)
    assert (said.code, said.out) == (0, "nothing found for “unicorn”\n")


def test_programs_get_the_whole_answer(imgcap: Imgcap, gateway: Gateway) -> None:
    found = {"query": "größe [b]", "photos": [HIT], "total": 1}
    gateway.answers = {"/api/search": found}
    assert imgcap("search", "x", "--json", IMGCAP_URL=gateway.url).json == found


def test_status_tells_what_waits(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers = {"/api/status": STATUS}
    said = imgcap("status", IMGCAP_URL=gateway.url)
    for line in ("31 ready, 1 queued", "waiting  1.5 min", "spent    $0.25", "tagger"):
        assert line in said.out


def test_status_goes_on_without_a_broker(imgcap: Imgcap, gateway: Gateway) -> None:
    gateway.answers = {"/api/status": STATUS | {"queues": None, "oldest_unfinished_seconds": None}}
    said = imgcap("status", IMGCAP_URL=gateway.url)
    assert said.code == 0
    assert "nothing waits" in said.out
    assert "photos wait in the database" in said.out


@pytest.mark.parametrize("command", [("search", "dog"), ("status",)], ids=lambda one: one[0])
def test_what_the_service_says_is_wrong_is_said(
    imgcap: Imgcap, gateway: Gateway, command: tuple[str, ...]
) -> None:
    problem = {"code": "database-away", "detail": "try again in a moment"}
    gateway.first.append(answer(problem, 503))
    said = imgcap(*command, IMGCAP_URL=gateway.url)
    assert (said.code, said.err) == (1, "imgcap: try again in a moment (database-away)\n")


@pytest.mark.parametrize(
    ("url", "host"),
    [("http://gateway:9000", "localhost"), ("http://photos.example.org", "photos.example.org")],
)
def test_a_gateway_in_a_container_is_asked_by_a_name_that_it_knows(url: str, host: str) -> None:
    with Door(url, "IMGCAP_URL") as door:
        assert door.client.build_request("GET", "/api/status").headers["host"] == host


def test_an_address_that_is_none_is_one_sentence(imgcap: Imgcap) -> None:
    said = imgcap("status", IMGCAP_URL="http://[")
    assert (said.code, said.err) == (1, "imgcap: IMGCAP_URL is no address: 'http://['\n")
