"""What photos would cost before anybody pays: by the price table, or by what was paid lately."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from services.common.cloud.prices import NoPrice, Prices, TokenPrice, Usage, patches
from services.common.cloud.settings import CloudChoice, is_openai
from services.common.money import QuoteLine

#: Tokens: of the prompt with its schema, of a usual answer, of a photo's words and its one line.
PROMPT, ANSWER, WORDS = 1300, 200, 120
BATCHED = "vision-batch"
#: By provider, model and purpose: the mean of a call's cost.
Means = Mapping[tuple[str, str, str], Decimal]


def quote_lines(choice: CloudChoice, photos: int, means: Means) -> Iterator[QuoteLine]:
    prices = Prices.read(choice.prices)
    for what, provider, model, purpose, each in _listed(choice, prices, photos):
        mean = means.get((provider, model, purpose))
        if (
            mean is None
            and purpose == BATCHED
            and (whole := means.get((provider, model, "vision")))
        ):
            mean = whole * prices.discount["batch"]
        cost = each if mean is None else mean
        yield QuoteLine(
            what=what,
            provider=provider,
            model=model,
            each=cost,
            total=(cost * photos).quantize(Decimal("0.0001")),
            measured=mean is not None,
        )


def _listed(
    choice: CloudChoice, prices: Prices, photos: int
) -> Iterator[tuple[str, str, str, str, Decimal]]:
    own = choice.openai
    if choice.tagger in ("rekognition", "cloud"):
        each = prices.photos["rekognition-labels"]
        if choice.rekognition.properties:
            each += prices.photos["rekognition-properties"]
        yield "labels", "rekognition", "rekognition-labels", "labels", each
    if choice.tagger in ("openai", "cloud"):
        each = vision_cost(prices, own.vision_model, own.side, own.detail, own.vision_url)
        if choice.may_wait(photos):
            half = each * prices.discount["batch"]
            yield "mood and composition, by batch", "openai", own.vision_model, BATCHED, half
        else:
            yield "mood and composition", "openai", own.vision_model, "vision", each
    if choice.embedder == "openai":
        free = not is_openai(own.embedding_url)
        each = Usage(fresh=WORDS).cost(_price(prices, own.embedding_model, free))
        yield "words", "openai", own.embedding_model, "words", each


def vision_cost(prices: Prices, model: str, side: int, detail: str, url: str) -> Decimal:
    """Of a photo of three by two."""
    price = _price(prices, model, not is_openai(url))
    tiles = patches(side, side * 2 // 3, detail)
    return Usage(fresh=PROMPT + int(tiles * price.patch), output=ANSWER).cost(price)


def _price(prices: Prices, model: str, free: bool) -> TokenPrice:
    """A model without a price costs nothing here; the tagger says at its start what is wrong."""
    try:
        return prices.of(model, free=free)
    except NoPrice:
        return prices.of(model, free=True)
