"""The page is served as it was built, and nothing else of the disk is."""

import httpx
import pytest

from tests.gateway.conftest import INDEX, SCRIPT
from tests.gateway.house import House


def test_the_page_is_asked_for_again_and_its_parts_never(house: House) -> None:
    index = house.client.get("/")
    assert (index.status_code, index.content) == (200, INDEX)
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert index.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in index.headers["content-security-policy"]
    assert "img-src 'self' blob: data:" in index.headers["content-security-policy"]
    script = house.client.get("/assets/main-Abc123.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["content-encoding"] == "gzip"
    assert script.content == SCRIPT


def test_what_the_browser_has_is_not_sent_again(house: House) -> None:
    etag = house.client.get("/").headers["etag"]
    again = house.client.get("/", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_client_that_cannot_unpack_gets_it_plain(house: House) -> None:
    with httpx.Client(base_url=house.url, trust_env=False) as client:
        answer = client.get("/", headers={"accept-encoding": "identity"})
    assert ("content-encoding" in answer.headers, answer.content) == (False, INDEX)


def test_an_address_of_the_page_gives_the_page(house: House) -> None:
    answer = house.client.get("/some/view", headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer.content) == (200, INDEX)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/some/view", "*/*"),
        ("/missing.js", "text/html"),
        ("/assets/old", "text/html"),
        ("/api/nothing", "text/html"),
        ("/api", "text/html"),
        ("/internal/v1/photos", "text/html"),
        ("/.secret", "text/html"),
        ("/../outside.txt", "text/html"),
        ("/%2e%2e/outside.txt", "text/html"),
        ("/assets/..%2f..%2foutside.txt", "text/html"),
        ("/%00", "*/*"),
    ],
)
def test_nothing_else_is_there(house: House, path: str, accept: str) -> None:
    answer = house.client.get(path, headers={"accept": accept})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")


def test_the_docs_need_nothing_from_elsewhere(house: House) -> None:
    docs = house.client.get("/docs")
    assert docs.status_code == 200
    assert docs.headers["content-type"].startswith("text/html")
    assert "//cdn" not in docs.text
    assert "<script" not in docs.text
    description = house.client.get("/openapi.json").json()
    for path, methods in description["paths"].items():
        assert path in docs.text
        for method, call in methods.items():
            assert call["summary"]
            assert call.get("description"), (method, path)
    upload = description["paths"]["/api/photos"]["post"]
    assert set(upload["requestBody"]["content"]) == {"image/*", "multipart/form-data"}
    assert upload["responses"]["202"]["content"]["application/json"]["example"]["photos"]
