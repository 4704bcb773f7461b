"""An embedder that dies at any step: the photo is embedded all the same, and hardly paid twice."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from services.common.events import PhotoEmbedded, PhotoTagged
from services.common.settings import BrokerSettings, StoreSettings
from tests.embedder.stubs import DIMENSIONS, MODEL, LettersServer
from tests.tagger.stubs import RecordStub
from tests.tagger.worker import Neighbourhood, crash, eventually


@pytest.fixture
def around(broker_url: str, scope: str, shelf: StoreSettings, search: RecordStub) -> Neighbourhood:
    broker = BrokerSettings(url=SecretStr(broker_url), scope=scope)
    return Neighbourhood(broker, shelf, search.url)


@pytest.fixture
def model() -> Iterator[LettersServer]:
    with LettersServer().running() as stub:
        yield stub


@pytest.mark.parametrize(
    ("point", "paid"),
    [
        ("embedder.cached-read", 1),
        ("embedder.before-call", 1),
        ("embedder.after-call", 2),  # paid, and nothing kept yet
        ("embedder.cached", 1),
        ("embedder.handled", 1),
        ("embedder.published", 1),
    ],
)
def test_a_photo_is_embedded_although_the_embedder_dies_at(
    point: str, paid: int, around: Neighbourhood, tagged: PhotoTagged, model: LettersServer
) -> None:
    own = {
        "IMGCAP_EMBEDDER": "http",
        "IMGCAP_EMBEDDING_URL": model.url,
        "IMGCAP_EMBEDDING_MODEL": MODEL,
        "IMGCAP_EMBEDDING_DIMENSIONS": str(DIMENSIONS),
    }
    around.publish(tagged)
    with around.running("services.embedder", own, crash_at=point) as first:
        crash(first)
    with (
        around.hearing("search", PhotoEmbedded) as heard,
        around.running("services.embedder", own),
    ):
        # Published and not yet acknowledged: told twice, and search takes the first.
        eventually(heard, count=2 if point == "embedder.published" else 1)

    told = {one.photo_vector for one in heard if isinstance(one, PhotoEmbedded)}
    assert len(told) == 1
    assert len(heard) == (2 if point == "embedder.published" else 1)
    assert model.calls == paid
    assert around.parked() == 0
