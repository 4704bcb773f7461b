"""The tagger: waits for photos, says what is in them."""

from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.events import PhotoUploaded
from services.common.failures import telling
from services.common.killpoint import arm
from services.common.probes import Probes
from services.common.process import stop_on_signals
from services.common.record import Record
from services.common.results import Results
from services.common.telemetry import configure_logs
from services.tagger.handler import TagPhoto
from services.tagger.providers import taggers
from services.tagger.settings import Settings


def main() -> None:
    settings = Settings()
    configure_logs("tagger", settings.log_level, settings.log_format)
    arm(settings.crash_at)
    stop = stop_on_signals()
    consumer = _consumer(settings)
    with Probes(settings.host, settings.port, consumer):
        consumer.run(stop)


def _consumer(settings: Settings) -> Consumer:
    results = Results(Blobs(settings.store), Record(settings.search_url))
    return Consumer(
        "tagger",
        {PhotoUploaded: TagPhoto(results, taggers(settings))},
        settings.broker,
        threads=settings.threads,
        on_failure=telling("tagging"),
    )


if __name__ == "__main__":
    main()
