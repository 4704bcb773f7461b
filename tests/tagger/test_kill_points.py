"""A tagger that dies at any step: the photo is tagged all the same, and hardly ever paid twice."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs, Keys
from services.common.events import PhotoTagged, PhotoUploaded
from services.common.settings import BrokerSettings, StoreSettings
from tests.tagger.stubs import ModelStub, RecordStub, answer
from tests.tagger.worker import Neighbourhood, crash, eventually

DOG = {"tags": [{"kind": "label", "text": "dog", "confidence": 0.9}], "caption": "a dog"}


@pytest.fixture
def around(broker_url: str, scope: str, shelf: StoreSettings, search: RecordStub) -> Neighbourhood:
    broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
    return Neighbourhood(broker, shelf, search.url)


@pytest.fixture
def model() -> Iterator[ModelStub]:
    with ModelStub(answer(DOG)).running() as stub:
        yield stub


@pytest.mark.parametrize(
    ("point", "paid"),
    [
        ("tagger.cached-read", 1),
        ("tagger.before-call", 1),
        ("tagger.after-call", 2),  # paid, and nothing kept yet
        ("tagger.cached", 1),
        ("tagger.handled", 1),
        ("tagger.published", 1),
    ],
)
def test_a_photo_is_tagged_although_the_tagger_dies_at(
    point: str,
    paid: int,
    around: Neighbourhood,
    blobs: Blobs,
    event: PhotoUploaded,
    model: ModelStub,
) -> None:
    own = {"IMGCAP_TAGGER": "http", "IMGCAP_TAGGER_URL": model.url, "IMGCAP_GEOMETRY": "false"}
    around.publish(event)
    with around.running("services.tagger", own, crash_at=point) as first:
        crash(first)
    with (
        around.hearing("embedder", PhotoTagged) as heard,
        around.running("services.tagger", own),
    ):
        # Published and not yet acknowledged: told twice, and search takes the first.
        eventually(heard, count=2 if point == "tagger.published" else 1)

    told = {
        (one.photo_id, one.generation, one.tags) for one in heard if isinstance(one, PhotoTagged)
    }
    assert [[tag.text for tag in tags] for _, _, tags in told] == [["dog"]]
    assert len(heard) == (2 if point == "tagger.published" else 1)
    assert model.calls == paid
    assert around.parked() == 0
    assert len(list(blobs.keys(f"{Keys.beside(event.blob_key).prefix}/results/"))) == 1
