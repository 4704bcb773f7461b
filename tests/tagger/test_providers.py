"""What every tagger promises, whichever is chosen."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from PIL import Image

from services.common.errors import Refuse
from services.common.models import get_models
from services.tagger.handler import file_name
from services.tagger.providers import Tagger, taggers
from services.tagger.providers.cloud import cloud_taggers
from services.tagger.settings import Settings
from tests.cloud.aws import ACCESS, DOGS, REGION, SECRET, RekognitionStub
from tests.cloud.books import Books
from tests.cloud.openai_server import KEY, SEEN, OpenAIStub, response
from tests.tagger.stubs import ModelStub, answer

ROOT = Path(__file__).parents[2]
DOG = {"tags": [{"kind": "label", "text": "dog", "confidence": 0.9}]}


def local() -> Iterator[Tagger]:
    folder = ROOT / "data" / "models"
    get_models(folder)
    yield from taggers(Settings(tagger="local", models=folder))


def http() -> Iterator[Tagger]:
    class Server(ModelStub):
        """Refuses what is no JPEG, as a model server should."""

        def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
            good = body.startswith(b"\xff\xd8")
            answer(DOG if good else {}, 200 if good else 415)(request)

    with Server(answer(DOG)).running() as server:
        settings = {
            "tagger": "http",
            "tagger_url": server.url,
            "tagger_model": "a/b:7",
            "geometry": False,
        }
        yield from taggers(Settings.model_validate(settings))


def rekognition() -> Iterator[Tagger]:
    with RekognitionStub(answer(DOGS)).running() as server:
        given = {"region": REGION, "access_key": ACCESS, "secret_key": SECRET}
        told = {"tagger": "rekognition", "rekognition": {**given, "endpoint": server.url}}
        yield from cloud_taggers(Settings.model_validate(told), Books())


def openai() -> Iterator[Tagger]:
    with OpenAIStub(answer(response(json.dumps(SEEN)))).running() as server:
        own = {"key": KEY, "base_url": server.base_url, "vision_api": "responses"}
        told = {"tagger": "openai", "openai": own}
        yield from cloud_taggers(Settings.model_validate(told), Books())


@pytest.fixture(
    scope="module", params=[local, http, rekognition, openai], ids=lambda make: make.__name__
)
def tagger(request: pytest.FixtureRequest) -> Iterator[Tagger]:
    for one in request.param():
        yield one
        if hasattr(one, "close"):
            one.close()


@pytest.fixture(scope="module")
def photo() -> bytes:
    stream = io.BytesIO()
    with Image.open(next((ROOT / "samples").rglob("*.jpg"))) as original:
        original.thumbnail((800, 800))
        original.convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


def test_a_look_gives_tags_that_name_their_source(tagger: Tagger, photo: bytes) -> None:
    sighting = tagger.look(photo)
    assert all(tag.source == tagger.name and tag.model for tag in sighting.tags)
    assert all(tag.kind != "user" for tag in sighting.tags)


def test_the_same_photo_gets_the_same_tags_from_any_thread(tagger: Tagger, photo: bytes) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, *others = pool.map(tagger.look, [photo] * 4)
    assert all(one == first for one in others)


def test_what_is_no_photo_is_refused(tagger: Tagger) -> None:
    with pytest.raises(Refuse):
        tagger.look(b"no photo at all")


def test_its_answers_have_a_name_of_their_own(tagger: Tagger) -> None:
    assert file_name(tagger.name, tagger.version)
    assert isinstance(tagger.paid, bool)
