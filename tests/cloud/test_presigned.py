"""Signed URLs against a real store: one object, some minutes, one way to be shown."""

import httpx
import pytest

from services.common.blobs import Blobs
from services.common.presigned import PresignedGet
from services.common.settings import StoreSettings

ATTACHED = "attachment; filename=\"a b.jpg\"; filename*=UTF-8''a%20b.jpg"
KEY = "photos/7c0e2f5a-6f0b-5d3c-9a44-5f2b6d1f8a10/1/original"


@pytest.fixture
def signed(store: StoreSettings) -> str:
    Blobs(store).put(KEY, b"\xff\xd8 photo", "text/html")
    return PresignedGet(store).url(KEY, "image/jpeg", ATTACHED)


def test_a_signed_url_gives_the_bytes_as_what_they_are(signed: str) -> None:
    answer = httpx.get(signed)
    assert (answer.status_code, answer.content) == (200, b"\xff\xd8 photo")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"] == ATTACHED
    assert httpx.get(signed, headers={"Range": "bytes=0-1"}).content == b"\xff\xd8"


def test_it_opens_nothing_else_and_nothing_else_opens_it(signed: str) -> None:
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in signed
    assert "X-Amz-Expires=300" in signed
    assert httpx.get(signed.replace("original", "thumb.webp")).status_code == 403
    assert httpx.get(signed.replace("image%2Fjpeg", "text%2Fhtml")).status_code == 403
    assert httpx.get(signed.partition("?")[0]).status_code == 403
    assert httpx.put(signed, content=b"x").status_code == 403


def test_it_is_signed_for_the_address_that_browsers_use(store: StoreSettings) -> None:
    public = store.model_copy(update={"public_endpoint": "https://photos.example"})
    url = PresignedGet(public).url(KEY, "image/jpeg", ATTACHED)
    assert url.startswith(f"https://photos.example/{store.bucket}/{KEY}?")
    assert "secret" not in url
    aws = StoreSettings.model_validate(
        {"bucket": "own", "region": "eu-central-1", "access_key": "a", "secret_key": "hidden"}
    )
    told = PresignedGet(aws).url(KEY, "image/jpeg", ATTACHED)
    assert told.startswith(f"https://own.s3.eu-central-1.amazonaws.com/{KEY}?")
    assert "hidden" not in told
