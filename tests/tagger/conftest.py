"""One uploaded photo, its blobs, and a search that knows it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from services.common.blobs import Blobs, Keys
from services.common.events import PhotoUploaded
from services.common.record import Record
from services.common.results import Results
from services.common.settings import StoreSettings
from services.embedded.store import Store
from tests.neighbours import bucket_on
from tests.tagger.stubs import RecordStub

DISPLAY = b"\xff\xd8 a photo of a dog \xff\xd9"


@pytest.fixture
def event() -> PhotoUploaded:
    photo_id = uuid4()
    return PhotoUploaded(
        photo_id=photo_id,
        owner="local",
        generation=1,
        blob_key=Keys.of(photo_id, 1).original,
        sha256="0" * 64,
        content_type="image/jpeg",
        width=640,
        height=480,
    )


@pytest.fixture(scope="session")
def shelf(store_node: Store) -> Iterator[StoreSettings]:
    """One bucket for all these tests: each has a photo of its own, and no two photos meet."""
    with bucket_on(store_node) as settings:
        yield settings


@pytest.fixture(scope="session")
def shared_blobs(shelf: StoreSettings) -> Blobs:
    return Blobs(shelf)


@pytest.fixture
def blobs(shared_blobs: Blobs, event: PhotoUploaded) -> Blobs:
    """A store that holds the photo's display copy."""
    shared_blobs.put(Keys.beside(event.blob_key).display, DISPLAY, "image/jpeg")
    return shared_blobs


@pytest.fixture
def search(event: PhotoUploaded) -> Iterator[RecordStub]:
    with RecordStub(event.photo_id, event.generation).running() as stub:
        yield stub


@pytest.fixture
def results(blobs: Blobs, search: RecordStub) -> Iterator[Results]:
    record = Record(search.url)
    yield Results(blobs, record)
    record.close()
