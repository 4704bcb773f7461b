"""The bytes of photos: cached for ever where they never change, and never run in a browser."""

import io
import time
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.gateway.house import CAT, INSIDE, House, jpeg


@pytest.fixture(scope="session")
def cat(shared_house: House) -> dict[str, Any]:
    identity = shared_house.kept(CAT, 'täst "cat".jpg')
    detail: dict[str, Any] = shared_house.client.get(f"/api/photos/{identity}").json()
    return detail


@pytest.mark.parametrize(
    ("form", "kind", "side"), [("display", "JPEG", 451), ("thumb", "WEBP", 400)]
)
def test_what_was_made_of_a_photo_may_be_kept_for_ever(
    house: House, cat: dict[str, Any], form: str, kind: str, side: int
) -> None:
    answer = house.client.get(cat[form])
    assert answer.status_code == 200
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, max(image.size)) == (kind, side)
    assert answer.headers["content-type"] == f"image/{kind.lower()}"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    again = house.client.get(cat[form], headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("version", ["", "?v=2", "?v=0"])
def test_an_address_that_names_other_bytes_is_not_kept(
    house: House, cat: dict[str, Any], version: str
) -> None:
    answer = house.client.get(f"/api/photos/{cat['id']}/thumb{version}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache")


def test_an_original_is_what_was_sent_and_is_saved_rather_than_shown(
    house: House, cat: dict[str, Any]
) -> None:
    answer = house.client.get(cat["original"])
    assert answer.content == CAT
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"t_st _cat_.jpg\"; filename*=UTF-8''t%C3%A4st%20%22cat%22.jpg"
    )
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=100-", 100, len(CAT) - 1),
        ("bytes=-100", len(CAT) - 100, len(CAT) - 1),
        (f"bytes=5-{10**17}", 5, len(CAT) - 1),
    ],
)
def test_a_part_of_an_original_can_be_had(
    house: House, cat: dict[str, Any], wanted: str, first: int, last: int
) -> None:
    answer = house.client.get(cat["original"], headers={"range": wanted})
    assert (answer.status_code, answer.content) == (206, CAT[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CAT)}"
    assert answer.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("wanted", [f"bytes={len(CAT)}-", "bytes=999999999-"])
def test_a_part_after_the_end_is_refused_with_the_length(
    house: House, cat: dict[str, Any], wanted: str
) -> None:
    answer = house.client.get(cat["original"], headers={"range": wanted})
    assert (answer.status_code, answer.json()["code"]) == (416, "out-of-range")
    assert answer.headers["content-range"] == f"bytes */{len(CAT)}"


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,3-4", "bytes=9-1", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=--1"]
)
def test_what_is_not_one_range_is_answered_in_full(
    house: House, cat: dict[str, Any], wanted: str
) -> None:
    answer = house.client.get(cat["original"], headers={"range": wanted})
    assert (answer.status_code, answer.content) == (200, CAT)


def test_a_range_of_other_bytes_is_answered_in_full(house: House, cat: dict[str, Any]) -> None:
    etag = house.client.head(cat["original"]).headers["etag"]
    part = {"range": "bytes=0-9"}
    same = house.client.get(cat["original"], headers={**part, "if-range": etag})
    other = house.client.get(cat["original"], headers={**part, "if-range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize("form", ["original", "display", "thumb"])
def test_head_tells_the_length_and_sends_nothing(
    house: House, cat: dict[str, Any], form: str
) -> None:
    head, whole = house.client.head(cat[form]), house.client.get(cat[form])
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["etag"] == whole.headers["etag"]
    assert head.content == b""


def test_a_large_original_comes_whole(house: House) -> None:
    photo = jpeg((1800, 1000))
    assert len(photo) > 2**20
    identity = house.kept(photo)
    with house.client.stream("GET", f"/api/photos/{identity}/original") as answer:
        assert answer.headers["content-length"] == str(len(photo))
        assert answer.read() == photo


def test_the_bytes_of_a_deleted_photo_are_gone_at_once(house: House) -> None:
    identity = house.kept(jpeg())
    thumb = f"/api/photos/{identity}/thumb?v=1"
    assert house.client.get(thumb).status_code == 200
    assert house.client.delete(f"/api/photos/{identity}").status_code == 204
    answer = house.client.get(thumb)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-photo")


@pytest.mark.alone
def test_a_photo_deleted_elsewhere_is_forgotten_by_the_news_of_it(house: House) -> None:
    identity = house.kept(jpeg())
    thumb = f"/api/photos/{identity}/thumb?v=1"
    assert house.client.get(thumb).status_code == 200
    began = time.monotonic()
    gone = f"{house.passage.behind}/internal/v1/photos/{identity}?owner=local"
    httpx.delete(gone, headers=INSIDE).raise_for_status()
    while house.client.get(thumb).status_code == 200:
        assert time.monotonic() - began < 2  # sooner than any memory would have let go of it
        time.sleep(0.02)


def test_a_page_of_thumbs_asks_for_each_photo_once(house: House, cat: dict[str, Any]) -> None:
    for _ in range(5):
        house.client.get(cat["thumb"])
    assert sum(asked.endswith("/state") for asked in house.passage.asked) <= 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("00000000-0000-0000-0000-000000000000/thumb", 404, "no-such-photo"),
        ("nonsense/thumb", 422, "bad-request"),
        ("00000000-0000-0000-0000-000000000000/huge", 422, "bad-request"),
        ("00000000-0000-0000-0000-000000000000/thumb?v=-1", 422, "bad-request"),
        ("..%2f..%2fetc%2fpasswd/thumb", 404, "no-such-page"),
    ],
)
def test_what_is_no_photo_has_no_bytes(house: House, path: str, status: int, code: str) -> None:
    answer = house.client.get(f"/api/photos/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_photo_whose_bytes_are_missing_is_no_photo(house: House) -> None:
    identity = house.kept(jpeg())
    house.blobs.delete([f"photos/{identity}/1/thumb.webp"])
    answer = house.client.get(f"/api/photos/{identity}/thumb")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-photo")
