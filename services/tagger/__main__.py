"""The tagger: waits for photos, says what is in them."""

from collections.abc import Sequence
from threading import Thread

from services.common import tracing
from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.events import PhotoUploaded
from services.common.failures import telling
from services.common.killpoint import arm
from services.common.models import ModelError
from services.common.probes import Probes
from services.common.process import stop_on_signals
from services.common.record import Record
from services.common.results import Results
from services.common.telemetry import configure_logs
from services.tagger.handler import TagPhoto
from services.tagger.look import Look
from services.tagger.metrics import Watched
from services.tagger.providers import taggers
from services.tagger.providers.cloud import batch_work
from services.tagger.settings import Settings


def main() -> None:
    settings = Settings()
    configure_logs("tagger", settings.log_level, settings.log_format)
    tracing.start("tagger", settings.traces)
    arm(settings.crash_at)
    stop = stop_on_signals()
    try:
        chosen = taggers(settings)
    except ModelError as error:
        raise SystemExit(f"tagger: {error}") from error
    blobs, eyes = Blobs(settings.store), [Watched(one) for one in chosen]
    consumer = _consumer(settings, eyes, blobs)
    look = Look(eyes, settings.internal_token, settings.host)
    if work := batch_work(settings, chosen, blobs):
        Thread(target=work.run, args=[stop], name="batches", daemon=True).start()
    with Probes(settings.host, settings.port, consumer, look):
        consumer.run(stop)


def _consumer(settings: Settings, eyes: Sequence[Watched], blobs: Blobs) -> Consumer:
    record = Record(settings.search_url, settings.internal_token)
    results = Results(blobs, record)
    return Consumer(
        "tagger",
        {PhotoUploaded: TagPhoto(results, eyes)},
        settings.broker,
        threads=settings.threads,
        on_failure=telling("tagging"),
    )


if __name__ == "__main__":
    main()
