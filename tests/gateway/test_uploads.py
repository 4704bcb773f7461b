"""Photos come in: raw or as a form, once or twice, whole or not."""

import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import httpx
import pytest

from services.common.identity import photo_id
from services.common.lifecycle import Reservation
from tests.gateway.house import CAT, House, jpeg


def test_a_photo_is_kept_with_everything_that_is_made_of_it(house: House) -> None:
    photo = jpeg()
    answer = house.upload(photo, "noise.jpg")
    assert answer.status_code == 202, answer.text
    (accepted,) = answer.json()["photos"]
    digest = sha256(photo).hexdigest()
    identity = str(photo_id("local", digest))
    assert accepted == {
        "filename": "noise.jpg",
        "id": identity,
        "status": "queued",
        "duplicate": False,
        "url": f"/api/photos/{identity}",
    }
    prefix = f"photos/{identity}/1"
    names = ("display.jpg", "original", "record.json", "thumb.webp")
    assert house.keys(identity) == [f"{prefix}/{name}" for name in names]
    assert house.blobs.get(f"{prefix}/original") == photo
    record = Reservation.model_validate_json(house.blobs.get(f"{prefix}/record.json"))
    assert (record.sha256, record.bytes) == (digest, len(photo))
    assert record.uploaded_at is not None
    assert house.spooled() == []


def test_the_same_bytes_are_the_same_photo(house: House) -> None:
    photo = jpeg()
    first, again = house.upload(photo, "one.jpg"), house.upload(photo, "two.jpg")
    assert (first.status_code, again.status_code) == (202, 200)
    (one,), (two,) = first.json()["photos"], again.json()["photos"]
    assert (one["id"], one["duplicate"], two["duplicate"]) == (two["id"], False, True)
    assert len(house.keys(one["id"])) == 4


def test_a_double_click_makes_one_photo(house: House) -> None:
    photo = jpeg()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: house.upload(photo), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["photos"][0]["id"] for answer in answers}) == 1


def test_a_form_brings_many_photos_and_each_has_its_own_answer(house: House) -> None:
    fresh = [jpeg() for _ in range(5)]
    files: list[tuple[str, Any]] = [
        ("file", (f"{number}.jpg", photo, "image/jpeg")) for number, photo in enumerate(fresh)
    ]
    files.insert(2, ("file", ("notes.txt", b"not a photo", "image/jpeg")))
    answer = house.client.post("/api/photos", files=files, data={"remark": "by hand"})
    assert answer.status_code == 202, answer.text
    assert [photo["filename"] for photo in answer.json()["photos"]] == [
        f"{number}.jpg" for number in range(5)
    ]
    (error,) = answer.json()["errors"]
    assert (error["filename"], error["code"]) == ("notes.txt", "unsupported-type")
    assert house.spooled() == []


def test_a_photo_too_large_in_a_form_harms_no_other(house: House) -> None:
    files: list[tuple[str, Any]] = [
        ("file", ("large.jpg", CAT[:200] + b"\0" * 3_000_000, "image/jpeg")),
        ("file", ("small.jpg", jpeg(), "image/jpeg")),
    ]
    answer = house.client.post("/api/photos", files=files)
    assert answer.status_code == 202, answer.text
    assert [photo["filename"] for photo in answer.json()["photos"]] == ["small.jpg"]
    assert [error["code"] for error in answer.json()["errors"]] == ["too-large"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty"),
        (b"%PDF-1.7 not a photo", 415, "unsupported-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported-type"),
        (CAT[: len(CAT) // 2], 422, "undecodable"),
        (CAT + b"\0" * 3_000_000, 413, "too-large"),
    ],
)
def test_what_is_no_photo_is_refused_with_its_reason(
    house: House, content: bytes, status: int, code: str
) -> None:
    rows = house.rows()
    answer = house.upload(content, "odd.jpg")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["filename"], error["code"]) == ("odd.jpg", code)
    assert error["message"] == answer.json()["detail"]
    assert (house.rows(), house.spooled()) == (rows, [])


def test_a_stream_that_does_not_say_its_length_is_stopped_at_the_limit(house: House) -> None:
    sent = 0

    def endless() -> Any:
        nonlocal sent
        yield CAT
        while sent < 40:
            sent += 1
            yield b"\0" * 262_144

    answer = house.client.post(
        "/api/photos", content=endless(), headers={"content-type": "image/jpeg"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    ("headers", "content", "status", "code"),
    [
        ({"content-type": "application/json"}, b"{}", 415, "unsupported-type"),
        ({}, b"x", 415, "unsupported-type"),
        ({"content-type": "multipart/form-data"}, b"x", 400, "bad-form"),
        ({"content-type": "multipart/form-data; boundary=a"}, b"", 400, "bad-form"),
        ({"content-type": "multipart/form-data; boundary=a"}, b"nonsense", 400, "bad-form"),
        ({"content-type": "multipart/form-data; boundary=a"}, b"--a--\r\n", 400, "no-photos"),
        (
            {"content-type": "multipart/form-data; boundary=a"},
            b'--a\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\xff\xd8\xff',
            400,
            "bad-form",
        ),
        (
            {"content-type": "image/jpeg", "content-encoding": "gzip"},
            b"x",
            415,
            "unsupported-encoding",
        ),
    ],
)
def test_a_body_that_is_neither_photo_nor_form_is_refused(
    house: House, headers: dict[str, str], content: bytes, status: int, code: str
) -> None:
    answer = house.client.post("/api/photos", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert house.spooled() == []


def test_a_form_of_too_many_photos_is_refused_but_keeps_what_came_first(house: House) -> None:
    files: list[tuple[str, Any]] = [
        ("file", (f"{number}.jpg", jpeg(), "image/jpeg")) for number in range(12)
    ]
    answer = house.client.post("/api/photos", files=files)
    assert answer.status_code == 202
    assert len(answer.json()["photos"]) == 10
    assert answer.json()["errors"][-1]["code"] == "too-many-files"


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\cat.jpg", "cat.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("a\x00b\r\nc.jpg", "ab c.jpg"),
        ("..", "photo"),
        ("", "photo"),
        ("ü" * 300 + ".jpeg", "ü" * 250 + ".jpeg"),
        ("<img onerror=alert(1)>.jpg", "<img onerror=alert(1)>.jpg"),
        ("\ufffd.jpg", "\ufffd.jpg"),
    ],
)
def test_a_file_name_is_kept_without_what_could_harm(house: House, claimed: str, kept: str) -> None:
    (photo,) = house.upload(jpeg(), claimed).json()["photos"]
    assert photo["filename"] == kept
    assert house.client.get(photo["url"]).json()["filename"] == kept


def test_a_deleted_photo_can_be_uploaded_anew(house: House) -> None:
    photo = jpeg()
    identity = house.kept(photo)
    assert house.client.delete(f"/api/photos/{identity}").status_code == 204
    again = house.upload(photo)
    assert again.status_code == 202
    assert again.json()["photos"][0]["duplicate"] is False
    state = house.client.get(f"/api/photos/{identity}").json()
    assert (state["status"], state["generation"]) == ("queued", 3)
    assert f"photos/{identity}/3/original" in house.keys(identity)


def test_a_connection_cut_at_any_point_leaves_nothing_and_can_be_tried_again(
    house: House,
) -> None:
    photo, rows = jpeg((900, 700)), house.rows()

    def cut(after: int) -> Any:
        yield photo[:after]
        raise ConnectionAbortedError

    for after in range(0, len(photo), len(photo) // 7):
        with pytest.raises((ConnectionAbortedError, httpx.TransportError)):
            house.client.post(
                "/api/photos",
                content=cut(after),
                headers={"content-type": "image/jpeg", "content-length": str(len(photo))},
            )
    time.sleep(0.3)
    assert (house.rows(), house.spooled()) == (rows, [])
    assert house.upload(photo).status_code == 202
