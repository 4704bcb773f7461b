"""What should have happened and has not, happens now."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from time import monotonic, sleep

import pika
import pytest
from pydantic import SecretStr

from services.common.blobs import Blobs, Keys
from services.common.events import Event, PhotoUploaded
from services.common.publisher import Publisher
from services.common.settings import BrokerSettings, StoreSettings
from services.search import audit, record
from services.search.apply import apply_failure
from services.search.calm import Calm
from services.search.database import Db, open_pool
from services.search.settings import DatabaseSettings, SweepSettings
from services.search.sweep import Sweeper
from tests.search.photos import OWNER, failed, queued, ready, reservation, tag

NOW = SweepSettings(lost_after=0.001, abandoned_after=0.001, look_again=0.001)


@pytest.fixture
def blobs(store: StoreSettings) -> Blobs:
    return Blobs(store)


@pytest.fixture
def broker(broker_url: str, scope: str) -> BrokerSettings:
    return BrokerSettings(url=SecretStr(broker_url), scope=scope)


@pytest.fixture
def sweeper(database: str, broker: BrokerSettings, blobs: Blobs) -> Iterator[Sweeper]:
    with ExitStack() as stack:
        publisher = stack.enter_context(Publisher(broker))
        pool = open_pool(DatabaseSettings(url=SecretStr(database)))
        stack.callback(pool.close)
        deadline = monotonic() + 10
        while not publisher.ready and monotonic() < deadline:
            sleep(0.02)
        yield Sweeper(pool, publisher, blobs, NOW, Calm(lambda: True), place_words=lambda: 0)


def published(broker: BrokerSettings) -> list[Event]:
    """Everything that waits for the tagger."""
    events: list[Event] = []
    with pika.BlockingConnection(broker.parameters) as connection:
        channel = connection.channel()
        while True:
            found, properties, body = channel.basic_get(broker.topology.queue("tagger"), True)
            if not found:
                return events
            events.append(Event.from_wire(properties.type, body))


def age(db: Db, seconds: int = 60) -> None:
    db.execute(
        "UPDATE photo SET published_at = published_at - %(s)s * interval '1 second',"
        " updated_at = updated_at - %(s)s * interval '1 second'",
        {"s": seconds},
    )


def test_a_retry_is_published_when_its_time_has_come(
    db: Db, sweeper: Sweeper, broker: BrokerSettings
) -> None:
    of = queued(db, "cat")
    apply_failure(db, failed(db, of))
    assert sweeper.publish_due() == 0
    db.execute("UPDATE photo SET next_at = now()")
    assert sweeper.publish_due() == 1
    (event,) = published(broker)
    assert isinstance(event, PhotoUploaded)
    assert (event.photo_id, event.generation) == (of, 1)
    assert event.blob_key == Keys.of(of, 1).original
    assert sweeper.publish_due() == 0


def test_what_the_broker_lost_is_published_again_when_queues_are_idle(
    db: Db, sweeper: Sweeper, broker: BrokerSettings
) -> None:
    of = queued(db, "cat")
    age(db)
    assert sweeper.publish_lost() == 0, "it may be in the hands of a worker"
    sleep(NOW.lost_after)
    assert sweeper.publish_lost() == 1
    assert [event.photo_id for event in published(broker)] == [of]


def test_a_queue_that_ran_dry_must_stay_so_before_anything_counts_as_lost() -> None:
    answers = iter([True, True, False, True, True])
    calm = Calm(lambda: next(answers))
    first = calm.seconds()
    sleep(0.02)
    assert (first, calm.seconds() > 0.01) == (0, True)
    assert calm.seconds() == 0, "busy"
    assert calm.seconds() == 0, "idle only now"
    sleep(0.02)
    calm.forget()
    assert calm.seconds() == 0, "nobody has looked meanwhile"


def test_what_merely_waits_is_not_published_again(
    db: Db, sweeper: Sweeper, broker: BrokerSettings
) -> None:
    queued(db, "cat")
    age(db)
    busy = replace(sweeper, calm=Calm(lambda: False))
    for _ in range(3):
        assert busy.publish_lost() == 0
        sleep(NOW.lost_after)
    assert published(broker) == []


def test_a_photo_lost_too_often_is_stalled(
    db: Db, sweeper: Sweeper, broker: BrokerSettings
) -> None:
    of = queued(db, "cat")
    for _ in range(6):  # the first only sees that queues are idle
        age(db)
        sweeper.publish_lost()
    assert len(published(broker)) == 4
    row = db.execute("SELECT status, reason_code FROM photo WHERE photo_id = %s", [of]).fetchone()
    assert row == ("failed", "stalled")


def test_the_bytes_of_a_deleted_photo_go_and_what_comes_late_goes_too(
    db: Db, sweeper: Sweeper, blobs: Blobs
) -> None:
    of = ready(db, "cat", tag("cat"))
    keys = Keys.of(of, 1)
    blobs.put(keys.original, b"bytes", "image/jpeg")
    blobs.put(keys.thumb, b"bytes", "image/webp")
    record.doom_photo(db, of, OWNER)

    assert sweeper.delete_blobs() == 1
    assert list(blobs.keys("photos/")) == []
    assert record.photo_state(db, of, None).status == "deleted"

    blobs.put(keys.result("tagging", "1"), b"late", "application/json")
    for _ in range(2):
        sleep(0.01)
        sweeper.delete_blobs()
    assert list(blobs.keys("photos/")) == []
    assert db.execute("SELECT count(*) FROM doomed_blobs").fetchone() == (0,)


def test_a_photo_sent_again_keeps_its_new_bytes(db: Db, sweeper: Sweeper, blobs: Blobs) -> None:
    of = ready(db, "cat", tag("cat"))
    record.doom_photo(db, of, OWNER)
    reserved, _ = record.reserve(db, reservation("cat"))
    blobs.put(Keys(reserved.blob_prefix).original, b"new", "image/jpeg")
    record.commit(db, of, reserved.generation)

    sweeper.delete_blobs()
    assert list(blobs.keys("photos/")) == [Keys(reserved.blob_prefix).original]
    assert record.photo_state(db, of, None).status == "queued"


def test_an_upload_that_never_ended_leaves_nothing(db: Db, sweeper: Sweeper, blobs: Blobs) -> None:
    reserved, _ = record.reserve(db, reservation("cat"))
    blobs.put(Keys(reserved.blob_prefix).original, b"half", "image/jpeg")
    age(db)
    assert sweeper.close_abandoned() == 1
    sweeper.delete_blobs()
    assert list(blobs.keys("photos/")) == []
    with pytest.raises(record.Superseded):
        record.commit(db, reserved.photo_id, 1)


def test_a_healthy_gallery_has_no_findings_and_a_fix_touches_nothing(db: Db, blobs: Blobs) -> None:
    of = ready(db, "cat", tag("cat"))
    blobs.put(Keys.of(of, 1).original, b"bytes", "image/jpeg")
    found = audit.audit(db, blobs, fix=True)
    assert (found.photos, found.objects, found.orphans, found.missing) == (1, 1, [], [])


def test_the_audit_names_orphans_and_missing_bytes_and_fixes_orphans_only(
    db: Db, sweeper: Sweeper, blobs: Blobs
) -> None:
    missing = ready(db, "cat", tag("cat"))
    blobs.put("photos/6ba7b812-9dad-11d1-80b4-00c04fd430c8/1/original", b"orphan", "image/jpeg")
    blobs.put("photos/readme", b"not ours", "text/plain")

    found = audit.audit(db, blobs, fix=False)
    assert found.orphans == ["photos/6ba7b812-9dad-11d1-80b4-00c04fd430c8/1", "photos/readme"]
    assert found.missing == [Keys.of(missing, 1).prefix]
    assert audit.audit(db, blobs, fix=True).fixed == 1
    sweeper.delete_blobs()
    assert list(blobs.keys("photos/")) == ["photos/readme"]


def test_a_lost_database_is_rebuilt_from_the_bytes(
    db: Db, sweeper: Sweeper, blobs: Blobs, broker: BrokerSettings
) -> None:
    for name in ("cat", "dog"):
        wanted = reservation(name)
        keys = Keys.of(wanted.photo_id, 4)
        blobs.put(keys.original, b"bytes", "image/jpeg")
        blobs.put(keys.record, wanted.model_dump_json().encode(), "application/json")
    assert audit.reconcile(sweeper.pool, blobs) == 2
    assert audit.reconcile(sweeper.pool, blobs) == 0
    age(db)
    sweeper.publish_lost()  # sees that queues are idle
    sleep(NOW.lost_after)
    assert sweeper.publish_lost() == 2
    assert {event.generation for event in published(broker)} == {4}
    state = record.photo_state(db, reservation("cat").photo_id, OWNER)
    assert (state.status, state.filename, state.generation) == ("queued", "cat.jpg", 4)
