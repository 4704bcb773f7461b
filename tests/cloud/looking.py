"""A vision provider that looks at a photo through a loopback OpenAI."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from services.common.cloud.prices import Prices
from services.common.cloud.settings import OpenAISettings
from services.common.errors import Refuse, TryAgain
from services.tagger.providers.openai import OpenAITagger
from tests.cloud.books import Books, a_photo, asking
from tests.cloud.openai_server import (
    KEY,
    SEEN,
    OpenAIStub,
    completion,
    response,
)
from tests.tagger.stubs import Reply, answer

PHOTO = a_photo(1600)
GOOD = answer(response(json.dumps(SEEN)))
CUT = {"reason": "max_output_tokens"}
CHATTED = answer(completion(json.dumps(SEEN)))


@contextmanager
def openai(
    *replies: Reply, books: Books | None = None, api: str = "responses", **more: Any
) -> Iterator[tuple[OpenAITagger, OpenAIStub]]:
    with ExitStack() as stack:
        stub = stack.enter_context(OpenAIStub(replies[-1], *replies[:-1]).running())
        given = {"key": KEY, "base_url": stub.base_url, "vision_api": api, **more}
        settings = OpenAISettings.model_validate(given)
        tagger = OpenAITagger(settings, Prices.read(), asking(books or Books()))
        stack.callback(tagger.close)
        yield tagger, stub
        assert stub.faults == []


def failure_of(*replies: Reply, books: Books | None = None, **more: Any) -> TryAgain | Refuse:
    with (
        openai(*replies, books=books, **more) as (tagger, _),
        pytest.raises((TryAgain, Refuse)) as caught,
    ):
        tagger.look(PHOTO)
    assert isinstance(caught.value, (TryAgain, Refuse))
    return caught.value
