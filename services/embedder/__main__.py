"""The embedder: waits for tags, gives them vectors; answers vectors for queries."""

from threading import Thread

from services.common import tracing
from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.events import PhotoTagged
from services.common.failures import telling
from services.common.inside import Inside
from services.common.killpoint import arm
from services.common.models import ModelError
from services.common.process import stop_on_signals
from services.common.record import Record
from services.common.results import Results
from services.common.server import serve_until
from services.common.telemetry import configure_logs
from services.embedder.app import create_app
from services.embedder.handler import EmbedPhoto
from services.embedder.known import KnownWords
from services.embedder.memory import Memory
from services.embedder.metrics import Watched
from services.embedder.providers import embedder
from services.embedder.settings import Settings


def main() -> None:
    settings = Settings()
    configure_logs("embedder", settings.log_level, settings.log_format)
    tracing.start("embedder", settings.traces)
    arm(settings.crash_at)
    stop = stop_on_signals()
    try:
        memory = Memory(Watched(embedder(settings)), settings.remembered)
    except ModelError as error:
        raise SystemExit(f"embedder: {error}") from error
    consumer = _consumer(settings, memory)
    thread = Thread(target=consumer.run, args=[stop], name="consumer")
    thread.start()
    try:
        app = Inside(create_app(memory, consumer), settings.internal_token, settings.host)
        serve_until(stop, app, settings.host, settings.port, drain=settings.drain)
    finally:
        stop.set()
        thread.join()


def _consumer(settings: Settings, memory: Memory) -> Consumer:
    record = Record(settings.search_url, settings.internal_token)
    results = Results(Blobs(settings.store), record)
    words = KnownWords(settings.search_url, settings.internal_token)
    known = words if memory.embedder.paid else None
    return Consumer(
        "embedder",
        {PhotoTagged: EmbedPhoto(memory, results, known)},
        settings.broker,
        threads=settings.threads,
        on_failure=telling("embedding"),
    )


if __name__ == "__main__":
    main()
