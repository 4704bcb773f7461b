"""The search service: owns the database, applies results, answers queries, sweeps."""

from contextlib import ExitStack
from threading import Event as Flag
from threading import Thread

import structlog

from services.common import tracing
from services.common.blobs import Blobs
from services.common.consumer import Consumer
from services.common.depths import queue_depths
from services.common.events import PhotoEmbedded, PhotoFailed
from services.common.inside import Inside
from services.common.killpoint import arm
from services.common.process import stop_on_signals
from services.common.publisher import Publisher
from services.common.server import serve_until
from services.common.telemetry import configure_logs
from services.common.topology import SUBSCRIPTIONS
from services.search.app import create_app
from services.search.calm import Calm
from services.search.database import AWAY, answers, open_pool
from services.search.handlers import ApplyFailure, ApplyResult, TellRecord
from services.search.meaning import Embedder, Meaning
from services.search.migrate import migrate
from services.search.quarantine import Quarantine
from services.search.replicas import Readers
from services.search.settings import Settings
from services.search.state import State
from services.search.sweep import Sweeper
from services.search.upkeep import upkeep

log = structlog.get_logger(__name__)


def main() -> None:
    settings = Settings()
    configure_logs("search", settings.log_level, settings.log_format)
    tracing.start("search", settings.traces)
    arm(settings.crash_at)
    stop = stop_on_signals()
    with ExitStack() as stack:
        state = _wire(settings, stack)
        for work in (_consume_when_migrated, _sweep_when_migrated):
            thread = Thread(target=work, args=[state, stop], name=work.__name__)
            thread.start()
            stack.callback(thread.join)
            stack.callback(stop.set)
        app = Inside(create_app(state), settings.internal_token, settings.host)
        serve_until(stop, app, settings.host, settings.port, drain=settings.drain)


def _wire(settings: Settings, stack: ExitStack) -> State:
    pool = open_pool(settings.database)
    stack.callback(pool.close)
    readers = Readers.of(settings.database)
    stack.callback(readers.close)
    meaning = Meaning(Embedder(settings.embedder_url, settings.internal_token))
    stack.callback(meaning.close)
    scale = settings.sweep.retry_scale
    consumer = Consumer(
        "search",
        {PhotoEmbedded: ApplyResult(pool), PhotoFailed: ApplyFailure(pool, scale)},
        settings.broker,
        threads=settings.threads,
        on_failure=TellRecord(pool, scale),
        well=lambda: answers(pool),
    )
    publisher = stack.enter_context(Publisher(settings.broker))
    return State(settings, pool, publisher, consumer, Blobs(settings.store), meaning, readers)


def _consume_when_migrated(state: State, stop: Flag) -> None:
    _migrate(state, stop)
    if not stop.is_set():
        state.consumer.run(stop)


def _sweep_when_migrated(state: State, stop: Flag) -> None:
    while not state.migrated.wait(0.2) and not stop.is_set():
        pass
    Sweeper(
        pool=state.pool,
        publisher=state.publisher,
        blobs=state.blobs,
        settings=state.settings.sweep,
        calm=Calm(lambda: _idle(state)),
        place_words=lambda: upkeep(state.pool, state.meaning),
        empty_quarantine=Quarantine(state.blobs, state.settings.sweep.abandoned_after),
    ).run(stop)


def _migrate(state: State, stop: Flag) -> None:
    """Until it is done: the database may come later than we do."""
    while not stop.is_set():
        try:
            with state.pool.connection() as db:
                applied = migrate(db)
            with state.pool.connection() as db:
                state.asking.warm(db)
        except AWAY as error:
            log.warning("the database is away", error=repr(error))
            stop.wait(1.0)
            continue
        log.info("migrated", applied=applied)
        state.migrated.set()
        return


def _idle(state: State) -> bool:
    depths = queue_depths(state.settings.broker)
    return depths is not None and not any(depths[service].ready for service in SUBSCRIPTIONS)


if __name__ == "__main__":
    main()
