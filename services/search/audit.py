"""Are the record and the bytes one? And the record rebuilt from the bytes alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from pydantic import ValidationError

from services.common.blobs import Blobs, Keys
from services.common.errors import Refuse
from services.common.lifecycle import Reservation
from services.search.database import Db, Pool
from services.search.record import commit, lock_photo, reserve
from services.search.sql import SQL

log = structlog.get_logger(__name__)


@dataclass
class Findings:
    """``orphans``: prefixes that no row implies. ``missing``: photos without their original."""

    photos: int = 0
    objects: int = 0
    orphans: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    fixed: int = 0


def audit(db: Db, blobs: Blobs, *, fix: bool) -> Findings:
    """Look only, unless told to fix: then orphans are doomed, which the sweeper carries out.

    The bucket is listed first, so that a photo uploaded meanwhile has its row when rows are read:
    the cleaner cannot eat a live photo.
    """
    found: dict[str, set[str]] = {}
    findings = Findings()
    for key in blobs.keys("photos/"):
        findings.objects += 1
        found.setdefault("/".join(key.split("/")[:3]), set()).add(key)
    implied = _implied(db)
    findings.photos = sum(status not in ("receiving", "deleting") for status in implied.values())
    doomed = {prefix for (prefix,) in db.execute("SELECT prefix FROM doomed_blobs")}
    for prefix in sorted(found):
        if prefix not in implied and prefix not in doomed:
            findings.orphans.append(prefix)
    for prefix, status in implied.items():
        kept = status not in ("receiving", "deleting")
        if kept and Keys(prefix).original not in found.get(prefix, set()):
            findings.missing.append(prefix)
    if fix:
        findings.fixed = sum(_doom_orphan(db, prefix) for prefix in findings.orphans)
    return findings


def _implied(db: Db) -> dict[str, str]:
    rows = db.execute(SQL["rows_and_prefixes"])
    return {Keys.of(photo_id, generation).prefix: status for photo_id, status, generation in rows}


def _doom_orphan(db: Db, prefix: str) -> bool:
    """By row, under its lock: what came to life meanwhile stays."""
    try:
        photo_id, generation = UUID(prefix.split("/")[1]), int(prefix.split("/")[2])
    except (IndexError, ValueError):
        log.warning("not ours, left alone", prefix=prefix)
        return False
    row = lock_photo(db, photo_id)
    if row and row.status != "deleted" and row.blob_generation == generation:
        return False
    db.execute(SQL["doom_blobs"], {"prefix": prefix, "photo_id": photo_id})
    return True


def reconcile(pool: Pool, blobs: Blobs) -> int:
    """Rows for photos whose bytes are there and whose row is not; how many. Nothing is paid again:
    they are queued, and the workers find their cached answers beside the bytes.
    """
    made = 0
    for reservation, generation in _kept_records(blobs):
        with pool.connection() as db:
            if lock_photo(db, reservation.photo_id):
                continue
            reserve(db, reservation)
            db.execute(
                SQL["adopt_generation"],
                {"photo_id": reservation.photo_id, "generation": generation},
            )
            commit(db, reservation.photo_id, generation)
            made += 1
    return made


def _kept_records(blobs: Blobs) -> Iterator[tuple[Reservation, int]]:
    """The newest generation of each photo that has its record and its original."""
    newest: dict[str, int] = {}
    for key in blobs.keys("photos/"):
        parts = key.split("/")
        if len(parts) == 4 and parts[3] == "record.json" and parts[2].isdigit():
            newest[parts[1]] = max(newest.get(parts[1], 0), int(parts[2]))
    for photo_id, generation in newest.items():
        record = Keys(f"photos/{photo_id}/{generation}").record
        try:
            yield Reservation.model_validate_json(blobs.get(record)), generation
        except (ValidationError, Refuse) as error:
            log.warning("record left out", key=record, error=str(error)[:200])
