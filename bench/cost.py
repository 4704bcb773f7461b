"""What a thousand photos cost at list prices: three presets, and the way of the seed.

The real providers look at the sample photos; what answers on loopback counts tokens as OpenAI does
(patches of 32 pixels, text at 3.5 characters a token, which is on the safe side) and the ledger
adds up. Nothing leaves this machine.
"""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from PIL import Image

from bench.report import show
from services.common.cloud.prices import Prices, TokenPrice, Usage, patches, text_tokens
from services.common.cloud.settings import OpenAISettings, RekognitionSettings
from services.common.description import describe
from services.common.settings import StoreSettings
from services.embedder.memory import Memory
from services.embedder.providers.openai import OpenAIEmbedder
from services.tagger.providers.local import LocalTagger
from services.tagger.providers.openai import OpenAITagger
from services.tagger.providers.rekognition import RekognitionTagger
from tests.cloud.aws import ACCESS, DOGS, REGION, SECRET, RekognitionStub
from tests.cloud.books import Books, asking
from tests.cloud.openai_server import KEY, SEEN, OpenAIStub, embeddings, response, sent_photo
from tests.tagger.stubs import answer

ROOT = Path(__file__).parents[1]
ANSWER_TOKENS = 200  # a caption, a dozen tags, two moods and two techniques with their reasons
#: The seed sent a 12-megapixel original at automatic detail, and every tag in a call of its own.
SEED_PHOTO, SEED_TAGS, SEED_PROMPT = (4000, 3000), 30, 400


@dataclass(frozen=True)
class Preset:
    name: str
    labels: bool
    vision: str
    side: int
    words: str
    dimensions: int


PRESETS = (
    Preset("thrifty", False, "gpt-6-luna", 512, "", 0),
    Preset("balanced", True, "gpt-6-luna", 768, "text-embedding-3-small", 512),
    Preset("best", True, "gpt-6-sol", 1024, "text-embedding-3-large", 1024),
)


class Meter(OpenAIStub):
    """Answers everything, and counts as OpenAI counts."""

    def __init__(self, price: TokenPrice) -> None:
        super().__init__(answer({}))
        self.price = price

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        if request.path.endswith("/responses"):
            self.then = answer(self._seen(json.loads(body)))
        elif request.path.endswith("/embeddings"):
            asked = json.loads(body)
            tokens = sum(map(text_tokens, asked["input"]))
            self.then = answer(embeddings([[1.0] * 1024 for _ in asked["input"]], tokens))
        super().reply(request, body)

    def _seen(self, asked: dict[str, Any]) -> dict[str, Any]:
        with Image.open(io.BytesIO(sent_photo(asked))) as image:
            tiles = patches(*image.size, "high")
        text = text_tokens(asked["instructions"] + json.dumps(asked["text"]))
        usage = response("")["usage"]
        usage["input_tokens"] = text + int(tiles * self.price.patch)
        usage["input_tokens_details"]["cached_tokens"] = 0
        usage["output_tokens"] = ANSWER_TOKENS
        return response(json.dumps(SEEN), usage=usage)


def look(preset: Preset, photos: list[bytes], texts: list[list[str]]) -> dict[str, Decimal]:
    """Dollars a photo, by what they were paid for."""
    prices, books = Prices.read(), Books()
    with ExitStack() as stack:
        meter = stack.enter_context(Meter(prices.of(preset.vision)).running())
        aws = stack.enter_context(RekognitionStub(answer(DOGS)).running())
        own = {"key": KEY, "base_url": meter.base_url, "vision_api": "responses"}
        settings = OpenAISettings.model_validate(
            {
                **own,
                "vision_model": preset.vision,
                "side": preset.side,
                "embedding_model": preset.words or "text-embedding-3-small",
                "dimensions": preset.dimensions or 512,
            }
        )
        vision = OpenAITagger(settings, prices, asking(books))
        stack.callback(vision.close)
        keys = {"region": REGION, "access_key": ACCESS, "secret_key": SECRET, "endpoint": aws.url}
        rekognition = RekognitionTagger(
            RekognitionSettings.model_validate(keys), StoreSettings(), prices, asking(books)
        )
        stack.callback(rekognition.close)
        words = OpenAIEmbedder(settings, prices, asking(books))
        stack.callback(words.close)
        memory = Memory(words, 100_000)
        for photo, text in zip(photos, texts, strict=True):
            vision.look(photo)
            if preset.labels:
                rekognition.look(photo)
            if preset.words:
                memory.vectors(text)
    return _by_purpose(books, len(photos))


def _by_purpose(books: Books, photos: int) -> dict[str, Decimal]:
    spent: dict[str, Decimal] = {}
    for call_id, settled in books.settled.items():
        purpose = books.reserved[call_id].purpose
        spent[purpose] = spent.get(purpose, Decimal(0)) + (settled.cost or Decimal(0))
    return {purpose: cost / photos for purpose, cost in spent.items()}


def by_batch(each: dict[str, Decimal]) -> dict[str, Decimal]:
    """The same answers for what a batch leaves of the price; only vision goes by batch."""
    return {**each, "vision": each.get("vision", Decimal(0)) * Prices.read().discount["batch"]}


def seed(preset: Preset, texts: list[list[str]]) -> dict[str, Decimal]:
    """The same models, asked as the seed did it: arithmetic, for nobody should pay this."""
    prices = Prices.read()
    price, words = prices.of(preset.vision), prices.of("text-embedding-3-small")
    tiles = int(patches(*SEED_PHOTO, "auto") * price.patch)
    mean = sum(text_tokens(one) for text in texts for one in text) / sum(map(len, texts))
    return {
        "vision": Usage(fresh=SEED_PROMPT + tiles, output=ANSWER_TOKENS).cost(price),
        "labels": prices.photos["rekognition-labels"] + prices.photos["rekognition-properties"],
        "query": words.cost(fresh=SEED_TAGS * mean),
    }


def samples() -> Iterator[tuple[bytes, list[str]]]:
    """Each photo, and the texts that it would be found by."""
    tagger = LocalTagger(ROOT / "data" / "models")
    for path in sorted((ROOT / "samples").glob("*.jpg")):
        photo = path.read_bytes()
        tags = tagger.look(photo).tags
        yield photo, [describe("", tags), *dict.fromkeys(tag.text for tag in tags)]


def main() -> None:
    photos, texts = map(list, zip(*samples(), strict=True))
    rows = []
    for preset in PRESETS:
        each = look(preset, photos, texts)
        rows.append(_row(preset.name, each, preset))
        rows.append(_row(f"{preset.name}, by batch", by_batch(each), preset))
    balanced = PRESETS[1]
    rows.append(_row("as the seed did it", seed(balanced, texts), balanced))
    title = f"Dollars per 1,000 photos, prices of {Prices.read().date}, {len(photos)} samples"
    show(title, ["preset", "vision model", "labels", "vision", "words", "all"], rows)


def _row(name: str, each: dict[str, Decimal], preset: Preset) -> list[str]:
    parts = [each.get(purpose, Decimal(0)) * 1000 for purpose in ("labels", "vision", "query")]
    return [name, preset.vision, *(f"{part:.4f}" for part in parts), f"{sum(parts):.2f}"]
