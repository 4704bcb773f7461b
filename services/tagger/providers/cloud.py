"""The paid providers, each with a breaker, a pace and the ledger before it."""

from collections.abc import Iterator

from services.common.cloud.asking import Asking
from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import Ledger, SearchLedger
from services.common.cloud.pace import Pace
from services.common.cloud.prices import Prices
from services.tagger.providers import Tagger
from services.tagger.settings import Settings


def cloud_taggers(settings: Settings, ledger: Ledger | None = None) -> Iterator[Tagger]:
    prices = Prices.read(settings.prices)
    books = ledger or SearchLedger(settings.search_url, settings.internal_token)

    def asking(name: str, rate: float) -> Asking:
        return Asking(books, Breaker(name, books.report), Pace(rate))

    if settings.tagger in ("rekognition", "cloud"):
        from services.tagger.providers.rekognition import RekognitionTagger

        aws = settings.rekognition
        yield RekognitionTagger(aws, settings.store, prices, asking("rekognition", aws.rate))
    if settings.tagger in ("openai", "cloud"):
        from services.tagger.providers.openai import OpenAITagger

        yield OpenAITagger(settings.openai, prices, asking("openai", settings.openai.rate))
