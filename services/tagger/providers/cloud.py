"""The paid providers, each with a breaker, a pace and the ledger before it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from services.common.blobs import Blobs
from services.common.cloud.asking import Asking
from services.common.cloud.batches import BatchBooks
from services.common.cloud.breaker import Breaker
from services.common.cloud.ledger import Ledger, SearchLedger
from services.common.cloud.pace import Pace
from services.common.cloud.prices import Prices
from services.common.cloud.settings import has_batches
from services.tagger.providers import Tagger
from services.tagger.settings import Settings

if TYPE_CHECKING:
    from services.tagger.batch.work import BatchWork


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

        tagger = OpenAITagger(settings.openai, prices, asking("openai", settings.openai.rate))
        if has_batches(settings.openai, settings.batch):
            from services.tagger.batch.patient import PatientTagger

            wait = BatchBooks(settings.search_url, settings.internal_token)
            yield PatientTagger(tagger, wait, prices.discount["batch"])
        else:
            yield tagger


def batch_work(settings: Settings, eyes: Sequence[Tagger], blobs: Blobs) -> "BatchWork | None":
    """None without a tagger whose photos may wait. It is there while no photos do, too: some may
    have been sent before."""
    if settings.tagger not in ("openai", "cloud"):
        return None
    from services.tagger.batch.patient import PatientTagger
    from services.tagger.batch.remote import RemoteBatches
    from services.tagger.batch.work import BatchWork

    own = settings.openai
    books = SearchLedger(settings.search_url, settings.internal_token)
    for one in eyes:
        if isinstance(one, PatientTagger):
            remote = RemoteBatches(
                own.vision_url, own.secret_for_vision, who="OpenAI", model=own.vision_model
            )
            breaker = Breaker("openai-batches", books.report)
            return BatchWork(
                one.tagger, remote, one.books, blobs, breaker, settings.batch, one.discount
            )
    return None
