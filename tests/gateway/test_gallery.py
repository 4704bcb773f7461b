"""Questions to the gallery are passed on, answers come back byte for byte, nonsense is refused."""

import json

import httpx
import pytest

from services.common.api import GalleryStatus, PhotoPage, SearchAnswer
from tests.gateway.house import INSIDE, House, jpeg
from tests.search.photos import ready, tag
from tests.search.test_api import HOSTILE

REFUSALS = ("bad-request", "bad-cursor", "bad-query", "header-too-large")
CALLS = [
    ("GET", "/api/photos", ("limit", "cursor", "status")),
    ("GET", "/api/search", ("q", "limit", "cursor")),
    ("GET", "/api/tags", ("prefix", "kind", "limit")),
    ("GET", "/api/events", ("after",)),
]


def test_a_list_comes_in_pages_newest_first(house: House) -> None:
    kept = [house.kept(jpeg(), f"{number}.jpg") for number in range(3)]
    first = house.client.get("/api/photos", params={"limit": 2})
    page = PhotoPage.model_validate_json(first.content)
    assert [photo.id for photo in page.photos] == kept[:0:-1]
    behind = httpx.get(
        f"{house.passage.behind}/internal/v1/photos",
        params={"owner": "local", "limit": 2},
        headers=INSIDE,
    )
    assert first.content == behind.content
    rest = house.client.get("/api/photos", params={"limit": 200, "cursor": page.cursor}).json()
    assert kept[0] == rest["photos"][0]["id"]


def test_search_says_what_matched(house: House) -> None:
    ready(house.db, "dog-on-beach", tag("dog"), tag("beach"))
    answer = house.client.get("/api/search", params={"q": "  do\u0301g ".replace("\u0301", "")})
    found = SearchAnswer.model_validate_json(answer.content)
    assert [photo.filename for photo in found.photos] == ["dog-on-beach.jpg"]
    assert found.photos[0].why[0].tag == "dog"
    tags = house.client.get("/api/tags", params={"prefix": "be", "kind": "label"}).json()
    (beach,) = tags["tags"]
    assert (beach["text"], beach["count"], beach["kind"]) == ("beach", 1, "label")


def test_words_that_were_copied_from_a_page_are_read_and_too_many_are_told(house: House) -> None:
    ready(house.db, "harbour", tag("harbour"), tag("symmetry", kind="composition"))
    copied = house.client.get("/api/search", params={"q": "harbour\tsymmetry\r\n"}).json()
    assert (copied["query"], copied["total"]) == ("harbour symmetry", 1)
    long = house.client.get("/api/search", params={"q": "dog " * 100})
    assert (long.status_code, long.json()["detail"]) == (422, "query.q: at most 256 characters")


def test_a_person_has_the_last_word_on_tags(house: House) -> None:
    identity = house.kept(jpeg())
    edit = {"add": [{"kind": "user", "text": "grandmother"}]}
    answer = house.client.patch(f"/api/photos/{identity}/tags", json=edit)
    assert answer.status_code == 200, answer.text
    assert [found["text"] for found in answer.json()["tags"]] == ["grandmother"]


def test_a_photo_is_tried_again_on_request(house: House) -> None:
    identity = house.kept(jpeg())
    assert house.client.post(f"/api/photos/{identity}/retry").status_code == 202
    assert house.client.get(f"/api/photos/{identity}").json()["generation"] == 2
    house.db.execute("UPDATE photo SET status = 'failed' WHERE photo_id = %s", [identity])
    answer = house.client.post("/api/photos/retry-failed")
    assert (answer.status_code, answer.json()) == (202, {"retried": 1})


def test_a_deleted_photo_is_gone_from_every_answer_at_once(house: House) -> None:
    identity = house.kept(jpeg())
    assert house.client.delete(f"/api/photos/{identity}").status_code == 204
    assert house.client.delete(f"/api/photos/{identity}").status_code == 204
    listed = house.client.get("/api/photos", params={"limit": 200}).json()["photos"]
    assert identity not in [photo["id"] for photo in listed]
    for call in (
        house.client.get(f"/api/photos/{identity}"),
        house.client.post(f"/api/photos/{identity}/retry"),
        house.client.patch(f"/api/photos/{identity}/tags", json={}),
    ):
        assert (call.status_code, call.json()["code"]) == (404, "no-such-photo")


def test_status_counts_photos_and_names_who_is_at_work(house: House) -> None:
    house.kept(jpeg())
    status = GalleryStatus.model_validate_json(house.client.get("/api/status").content)
    assert status.photos["queued"] >= 1
    assert status.services == {
        **dict.fromkeys(("tagger", "embedder"), False),
        **dict.fromkeys(("search", "gateway", "broker", "store"), True),
    }


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize(("method", "path", "names"), CALLS)
def test_hostile_words_are_answered_or_refused_and_never_a_500(
    house: House, method: str, path: str, names: tuple[str, ...], words: str
) -> None:
    for name in names:
        value = words.encode("utf-8", "surrogatepass")
        query = f"{name}=" + "".join(f"%{byte:02x}" for byte in value)
        with house.client.stream(method, f"{path}?{query}") as answer:
            assert answer.status_code < 500, (name, words)
            if answer.status_code >= 400:
                answer.read()
                assert answer.json()["code"] in REFUSALS


@pytest.mark.parametrize("words", [word for word in HOSTILE if word != "\ud800"])
def test_hostile_words_as_tags_are_kept_or_refused(house: House, words: str) -> None:
    identity = house.kept(jpeg())
    body = json.dumps({"add": [{"kind": "user", "text": words}]})
    answer = house.client.patch(
        f"/api/photos/{identity}/tags",
        content=body,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (200, 413, 422), answer.text


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"\\ud800"', b"[" * 30_000, b'{"add": [{"kind": "x"}]}',
     b'{"add": [{"kind": "user", "text": "\\ud800"}]}', b"\xff\xfe", b"1e400"],
)  # fmt: skip
def test_a_body_that_is_no_edit_is_refused(house: House, body: bytes) -> None:
    identity = house.kept(jpeg())
    answer = house.client.patch(
        f"/api/photos/{identity}/tags",
        content=body,
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) in (
        (422, "bad-request"),
        (400, "bad-request"),
    )


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/photos", {"limit": "0"}),
        ("/api/photos", {"limit": "201"}),
        ("/api/photos", {"limit": str(2**63)}),
        ("/api/photos", {"status": "gone"}),
        ("/api/photos", {"cursor": "a b"}),
        ("/api/search", {"q": "a" * 257}),
        ("/api/search", {"q": "a\x00b"}),
        ("/api/search", {"q": "a\x85b"}),
        ("/api/tags", {"kind": "smell"}),
    ],
)
def test_a_question_out_of_bounds_is_not_even_passed_on(
    house: House, path: str, params: dict[str, str]
) -> None:
    house.passage.asked.clear()
    answer = house.client.get(path, params=params)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-request")
    assert answer.headers["content-type"] == "application/problem+json"
    assert not [asked for asked in house.passage.asked if "/changes" not in asked]


def test_a_cursor_of_somebody_elses_making_is_refused(house: House) -> None:
    answer = house.client.get("/api/photos", params={"cursor": "bm90IG91cnM"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")
