"""Other sites' pages neither read from the gallery nor write to it; every answer says how."""

import pytest

from tests.gateway.house import House, jpeg


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:9000", "imgcap.localhost", "127.0.0.1", "127.0.0.1:1", "[::1]:9000",
     "192.168.1.20:9000", "photos.example.org", "a.wild.example.org:443"],
)  # fmt: skip
def test_names_that_can_only_be_ours_are_answered(house: House, host: str) -> None:
    assert house.client.get("/api/photos", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:9000", "localhost.evil.example", "127.0.0.1.evil.example",
     "photos.example.org.evil.example", "wild.example.org", "", "[::1", "xlocalhost"],
)  # fmt: skip
def test_a_name_that_leads_here_by_rebinding_is_not_answered(house: House, host: str) -> None:
    for path in ("/", "/api/photos", "/api/events", "/healthz"):
        answer = house.client.get(path, headers={"host": host})
        assert (answer.status_code, answer.json()["code"]) == (421, "unknown-host")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "{own}"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:5173"},
    ],
)
def test_our_own_page_and_programs_may_change_things(house: House, headers: dict[str, str]) -> None:
    own = {name: value.format(own=house.url) for name, value in headers.items()}
    assert house.upload(jpeg(), headers=own).status_code == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "nonsense"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1"},
        {"origin": "null"},
        {"origin": "http://[::1"},
    ],
)
def test_a_page_of_another_site_may_not(house: House, headers: dict[str, str]) -> None:
    identity, rows = house.kept(jpeg()), house.rows()
    for answer in (
        house.upload(jpeg(), headers=headers),
        house.client.delete(f"/api/photos/{identity}", headers=headers),
        house.client.post("/api/photos/retry-failed", headers=headers),
        house.client.patch(f"/api/photos/{identity}/tags", json={}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert house.rows() == rows
    assert house.client.get("/api/photos", headers=headers).status_code == 200


def test_every_answer_carries_the_headers_that_keep_browsers_safe(house: House) -> None:
    identity = house.kept(jpeg())
    answers = [
        house.client.get(path)
        for path in ("/", "/api/photos", f"/api/photos/{identity}/thumb", "/docs", "/nothing.js",
                     "/api/nothing", "/api/photos?limit=0", "/healthz", "/openapi.json")
    ]  # fmt: skip
    answers.append(house.client.put("/api/photos"))
    answers.append(house.client.get("/", headers={"host": "evil.example"}))
    for answer in answers:
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff", answer.url
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "default-src" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_a_body_of_a_call_that_takes_none_is_bounded(house: House) -> None:
    identity = house.kept(jpeg())

    def chunks() -> object:
        for _ in range(40):
            yield b" " * 4096

    for content in (b" " * 100_000, chunks()):
        answer = house.client.patch(
            f"/api/photos/{identity}/tags",
            content=content,  # type: ignore[arg-type]
            headers={"content-type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", "/api/photos", 405, "method-not-allowed"),
        ("OPTIONS", "/api/photos", 405, "method-not-allowed"),
        ("GET", "/api/nothing", 404, "no-such-page"),
        ("DELETE", "/api/photos", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    house: House, method: str, path: str, status: int, code: str
) -> None:
    answer = house.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_answers_are_counted_by_route_and_never_by_photo(house: House) -> None:
    identity = house.kept(jpeg())
    house.client.get(f"/api/photos/{identity}/thumb")
    house.client.request("BREW", "/api/photos")
    metrics = house.client.get("/metrics").text
    assert 'route="/api/photos/{photo_id}/{form}",status="200"' in metrics
    assert 'imgcap_uploads_total{outcome="kept"}' in metrics
    assert "imgcap_streams" in metrics
    assert identity not in metrics
    assert "BREW" not in metrics
