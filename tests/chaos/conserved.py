"""One function that knows what must be true when the dust has settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, sleep

import httpx
import psycopg

from services.common.blobs import Blobs, Keys
from services.common.depths import queue_depths
from services.common.settings import BrokerSettings
from tests.chaos.client import Memory

FINISHED = {"ready", "partial", "failed"}


@dataclass(frozen=True)
class World:
    """Where the truth can be read: rows, bytes, queues, and the front door."""

    database: str
    blobs: Blobs
    broker: BrokerSettings
    gateway: str

    def rows(self) -> dict[str, tuple[str, int, int, int, str]]:
        with psycopg.connect(self.database, connect_timeout=5) as db:
            found = db.execute(
                "SELECT photo_id::text, status, generation, applied_generation, blob_generation,"
                " reason_code FROM photo"
            ).fetchall()
        return {row[0]: row[1:] for row in found}

    def doomed(self) -> int:
        with psycopg.connect(self.database, connect_timeout=5) as db:
            row = db.execute("SELECT count(*) FROM doomed_blobs").fetchone()
        return int(row[0]) if row else 0


def settle(world: World, within: float) -> float:
    """Wait until nothing is unfinished; how long it took."""
    began = monotonic()
    states: Mapping[str, int] = {}
    while monotonic() - began < within:
        try:
            rows = world.rows()
            unfinished = [row for row in rows.values() if row[0] not in FINISHED | {"deleted"}]
            if not unfinished and not world.doomed():
                return monotonic() - began
            states = {
                s: sum(row[0] == s for row in rows.values()) for s in {r[0] for r in unfinished}
            }
        except psycopg.OperationalError:
            states = {"database away": 1}
        sleep(0.2)
    raise AssertionError(f"not settled after {within} s: {states}, doomed {world.doomed()}")


def assert_conserved(world: World, memory: Memory) -> dict[str, int]:
    """I1 to I4 and I7 of the failure model; the counts by status."""
    assert not memory.odd, memory.odd[:5]
    rows = world.rows()
    live = {str(of) for of in memory.accepted} - {str(of) for of in memory.deleted}
    for of in live:
        assert of in rows, f"{of} was accepted and is lost"
        status, generation, applied, _, reason = rows[of]
        assert status in FINISHED, f"{of} is {status}"
        assert status != "failed", f"{of} failed: {reason}"
        assert applied == generation, f"{of} shows generation {applied} of {generation}"
    for gone in memory.deleted:
        assert rows[str(gone)][0] == "deleted", f"{gone} was deleted and is {rows[str(gone)][0]}"
    _assert_bytes(world, {of: rows[of][3] for of in live})
    _assert_meaning(world, live)
    _assert_answers(world, live)
    depths = queue_depths(world.broker)
    assert depths
    assert depths["parked"].ready == 0, "an innocent message was parked"
    statuses = [row[0] for row in rows.values()]
    return {status: statuses.count(status) for status in set(statuses)}


def _assert_bytes(world: World, live: dict[str, int]) -> None:
    """No orphan object, no row without its bytes."""
    present = set(world.blobs.keys("photos/"))
    implied = {f"photos/{of}/{generation}" for of, generation in live.items()}
    orphans = {key for key in present if "/".join(key.split("/")[:3]) not in implied}
    assert not orphans, f"{len(orphans)} orphans, such as {sorted(orphans)[:3]}"
    for prefix in implied:
        keys = Keys(prefix)
        missing = {keys.original, keys.display, keys.thumb, keys.record} - present
        assert not missing, f"missing {missing}"


def _assert_meaning(world: World, live: set[str]) -> None:
    """Each live photo has its two tags once and one vector, and nobody else has any."""
    with psycopg.connect(world.database) as db:
        found = db.execute("SELECT photo_id::text, count(*) FROM photo_tag GROUP BY 1")
        tags: dict[str, int] = dict(found.fetchall())
        vectors = {of for (of,) in db.execute("SELECT photo_id::text FROM photo_vector")}
    assert tags == dict.fromkeys(live, 2)
    assert vectors == live


def _assert_answers(world: World, live: set[str]) -> None:
    """What the front door lists is what lives."""
    cursor, listed = None, set()
    while True:
        params = {"limit": 200, **({"cursor": cursor} if cursor else {})}
        page = httpx.get(f"{world.gateway}/api/photos", params=params, timeout=10).json()
        listed |= {photo["id"] for photo in page["photos"]}
        cursor = page["cursor"]
        if not cursor:
            break
    assert listed == live
