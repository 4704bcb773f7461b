"""Rekognition over the wire: what it is sent, what is made of its answers and its errors."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from services.common.blobs import Keys
from services.common.cloud.ledger import on_behalf_of
from services.common.cloud.prices import Prices
from services.common.cloud.settings import RekognitionSettings
from services.common.errors import Refuse, TryAgain
from services.common.events import PhotoFacts, PhotoUploaded
from services.common.settings import StoreSettings
from services.tagger.providers.rekognition import LARGEST, RekognitionTagger
from tests.cloud.aws import ACCESS, DOGS, REGION, SECRET, RekognitionStub, fault
from tests.cloud.books import Books, a_photo, asking
from tests.tagger.stubs import HANGING, Reply, answer, drip, hang, hang_up

PHOTO = a_photo()


@contextmanager
def rekognition(
    *replies: Reply, books: Books | None = None, **more: Any
) -> Iterator[tuple[RekognitionTagger, RekognitionStub]]:
    with ExitStack() as stack:
        stub = stack.enter_context(RekognitionStub(replies[-1], *replies[:-1]).running())
        given = {"region": REGION, "access_key": ACCESS, "secret_key": SECRET, **more}
        settings = RekognitionSettings.model_validate({"endpoint": stub.url, **given})
        tagger = RekognitionTagger(
            settings, StoreSettings(), Prices.read(), asking(books or Books())
        )
        stack.callback(tagger.close)
        yield tagger, stub
        assert stub.faults == []


def failure_of(*replies: Reply, books: Books | None = None, **more: Any) -> TryAgain | Refuse:
    with (
        rekognition(*replies, books=books, **more) as (tagger, _),
        pytest.raises((TryAgain, Refuse)) as caught,
    ):
        tagger.look(PHOTO)
    assert isinstance(caught.value, (TryAgain, Refuse))
    return caught.value


def test_labels_come_with_aliases_boxes_and_confidence() -> None:
    books = Books()
    with rekognition(answer(DOGS), books=books) as (tagger, stub):
        sighting = tagger.look(PHOTO)

    assert {tag.text: tag.confidence for tag in sighting.tags} == {
        "dog": 0.985,
        "canine": 0.9357,
        "beach": 0.7125,
    }
    dog = sighting.tags[0]
    assert (dog.kind, dog.source, dog.model) == ("label", "rekognition", "rekognition-3.0")
    assert dog.evidence == {
        "boxes": [[0.1, 0.2, 0.4, 0.5], [0.7, 0, 0.3, 0.4]],
        "parents": ["animal", "pet"],
        "categories": ["animals and pets"],
    }
    assert stub.requests[0]["Features"] == ["GENERAL_LABELS"]
    assert sighting.cost == books.spent == Decimal("0.001")


def test_nothing_but_pixels_is_sent() -> None:
    with rekognition(answer(DOGS)) as (tagger, stub):
        tagger.look(PHOTO)

    sent = stub.requests[0]["Image"]["Bytes"]
    assert b"SECRET" in PHOTO
    for marker in (b"SECRET", b"Exif", b"http://ns.adobe", b"ICC_PROFILE", b"/home", b"GPS"):
        assert marker not in sent
        assert marker not in stub.bodies[0]
    with Image.open(io.BytesIO(sent)) as image:
        assert max(image.size) <= 1024
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_narrow_photo_is_sent_wide_enough_to_be_looked_at() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (2000, 60), "red").save(stream, "JPEG")
    with rekognition(answer(DOGS)) as (tagger, stub):
        tagger.look(stream.getvalue())
    with Image.open(io.BytesIO(stub.requests[0]["Image"]["Bytes"])) as image:
        assert min(image.size) == 80


def test_a_bucket_on_aws_is_read_where_it_is() -> None:
    photo_id = uuid4()
    keys = Keys.of(photo_id, 3)
    event = PhotoUploaded(
        photo_id=photo_id, owner="local", generation=3, blob_key=keys.original,
        sha256="0" * 64, content_type="image/jpeg", width=4000, height=3000,
    )  # fmt: skip
    books = Books()
    facts = PhotoFacts(width=4000, height=3000)
    bucket = rekognition(answer(DOGS), books=books, from_bucket=True)
    with bucket as (tagger, stub), on_behalf_of(event):
        tagger.look(PHOTO, facts=facts)
    assert stub.requests[0]["Image"] == {"S3Object": {"Bucket": "imgcap", "Name": keys.display}}
    (leaving,) = books.reserved.values()
    with Image.open(io.BytesIO(PHOTO)) as copy:  # which is what Rekognition reads there
        assert (leaving.bytes, leaving.width, leaving.height) == (0, *copy.size)


def test_a_bucket_that_rekognition_may_not_read_is_sent_from_then_on() -> None:
    event = PhotoUploaded(
        photo_id=uuid4(), owner="local", generation=1, blob_key="photos/x/1/original",
        sha256="0" * 64, content_type="image/jpeg", width=4, height=3,
    )  # fmt: skip
    replies = fault("InvalidS3ObjectException"), answer(DOGS)
    with rekognition(*replies, from_bucket=True) as (tagger, stub):
        for _ in range(2):
            with on_behalf_of(event):
                assert tagger.look(PHOTO).tags
    assert ["S3Object" in request["Image"] for request in stub.requests] == [True, False, False]


def test_properties_cost_more_and_are_asked_for_only_when_wanted() -> None:
    colours = {"DominantColors": [{"SimplifiedColor": "blue", "PixelPercent": 60.0}]}
    reply = answer({**DOGS, "ImageProperties": colours})
    with rekognition(reply, properties=True) as (tagger, stub):
        sighting = tagger.look(PHOTO)
    assert stub.requests[0]["Features"] == ["GENERAL_LABELS", "IMAGE_PROPERTIES"]
    assert ("blue", 0.6) in [(tag.text, tag.confidence) for tag in sighting.tags]
    assert sighting.cost == Decimal("0.00175")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fault("ThrottlingException"), "provider-busy"),
        (fault("ProvisionedThroughputExceededException"), "provider-busy"),
        (fault("InternalServerError", 500), "provider-unwell"),
        (answer(b"<html>bad gateway</html>", 502), "provider-unwell"),
        (answer(b"", 503), "provider-unwell"),
        (fault("AccessDeniedException"), "provider-refuses-key"),
        (fault("UnrecognizedClientException"), "provider-refuses-key"),
        (fault("ExpiredTokenException"), "provider-refuses-key"),
        (fault("SubscriptionRequiredException"), "provider-no-credit"),
        (fault("InvalidSignatureException"), "provider-misconfigured"),
        (fault("UnknownOperationException"), "provider-misconfigured"),
        (hang_up, "provider-cut"),
    ],
)
def test_what_is_not_the_photos_fault_never_counts_against_it(reply: Reply, code: str) -> None:
    error = failure_of(reply)
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == (code, False)


@pytest.mark.parametrize(
    "code", ["InvalidParameterException", "ImageTooLargeException", "InvalidImageFormatException"]
)
def test_a_photo_that_rekognition_cannot_take_is_refused(code: str) -> None:
    books = Books()
    error = failure_of(fault(code, message="Request has\x1b[31m invalid image"), books=books)
    assert isinstance(error, Refuse)
    assert error.code == "provider-refused"
    assert "\x1b" not in str(error)
    assert books.spent == 0


def test_throttling_says_when_to_come_back() -> None:
    error = failure_of(fault("ThrottlingException", Retry_After="7"))
    assert isinstance(error, TryAgain)
    assert error.after == timedelta(seconds=7)


@pytest.mark.parametrize("reply", [drip, hang], ids=["drips", "hangs"])
def test_a_slow_answer_is_left_at_the_deadline_and_may_have_been_billed(reply: Reply) -> None:
    books, began = Books(), time.monotonic()
    error = failure_of(reply, books=books, seconds=0.4)
    assert time.monotonic() - began < HANGING / 2  # its own time is half a second
    assert error.code == "provider-slow"
    assert books.spent == Decimal("0.001")


def test_nobody_at_home() -> None:
    settings = RekognitionSettings.model_validate(
        {"endpoint": "http://127.0.0.1:9", "access_key": "a", "secret_key": "b", "region": "x"}
    )
    away = RekognitionTagger(settings, StoreSettings(), Prices.read(), asking(Books()))
    with pytest.raises(TryAgain) as caught:
        away.look(PHOTO)
    away.close()
    assert caught.value.code == "provider-away"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"Labels": 7}',
        b'{"Labels": [{"Name": "Dog"}]}',
        b'{"Labels": [{"Name": "Dog", "Confidence": 250}]}',
        b'{"Labels": [{"Name": 7, "Confidence": 50}]}',
        b'{"Labels": []}' + b" " * LARGEST,
        b'{"Labels":' * 3000,
    ],
    ids=lambda body: body[:60].decode(),
)
def test_an_answer_of_another_shape_is_nothing_to_store(body: bytes) -> None:
    error = failure_of(answer(body))
    assert isinstance(error, TryAgain)
    assert (error.code, error.counts) == ("provider-answer", True)


def test_hostile_names_are_dropped() -> None:
    names = ["<img src=x onerror=alert(1)>", "a" * 500, "x\x00y", "'; DROP TABLE tag;", "Dog", ""]
    labels = [{"Name": name, "Confidence": 90.0} for name in names]
    with rekognition(answer(json.dumps({"Labels": labels}).encode())) as (tagger, _):
        assert [tag.text for tag in tagger.look(PHOTO).tags] == ["dog"]


def test_keys_are_never_shown() -> None:
    settings = RekognitionSettings.model_validate({"access_key": ACCESS, "secret_key": SECRET})
    with rekognition(fault("AccessDeniedException", message=f"key {SECRET}")) as (tagger, _):
        with pytest.raises(TryAgain) as caught:
            tagger.look(PHOTO)
        shown = f"{settings!r} {tagger!r} {vars(tagger)!r} {caught.value!s} {caught.value!r}"
    assert SECRET not in shown
    assert ACCESS not in shown
