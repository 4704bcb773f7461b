"""photo.embedded and photo.failed -> the record -> photo.changed"""

from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from services.common.consumer import OutOfReach
from services.common.errors import Refuse
from services.common.events import Event, PhotoChanged, PhotoEmbedded, PhotoFailed
from services.common.killpoint import reach
from services.search.apply import apply_failure, apply_result
from services.search.database import AWAY, Pool

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ApplyResult:
    pool: Pool

    def __call__(self, event: PhotoEmbedded) -> Iterator[PhotoChanged]:
        with self.pool.connection() as db:
            change = apply_result(db, event)
            reach("search.applied")
        reach("search.committed")
        if change:
            log.info("searchable", status=change.status, tags=len(event.tags))
            yield change
        else:
            log.info("result dropped", reason="another generation, or applied already")


@dataclass(frozen=True)
class ApplyFailure:
    pool: Pool
    retry_scale: float = 1.0

    def __call__(self, event: PhotoFailed) -> Iterator[PhotoChanged]:
        with self.pool.connection() as db:
            change = apply_failure(db, event, self.retry_scale)
        if change:
            log.warning("try failed", stage=event.stage, code=event.code, next_at=change.next_at)
            yield change


@dataclass(frozen=True)
class TellRecord:
    """What the record itself refuses is the photo's failure; a record out of reach is nobody's."""

    pool: Pool
    retry_scale: float = 1.0

    def __call__(self, event: Event, failure: Exception) -> Iterator[PhotoChanged]:
        if isinstance(failure, AWAY):
            raise OutOfReach(repr(failure)) from failure
        if isinstance(event, PhotoFailed):
            raise OutOfReach(f"cannot tell of {failure!r}") from failure
        if not isinstance(failure, Refuse):
            log.error("cannot apply", exc_info=failure)
        told = PhotoFailed(
            **event.follow(
                stage="embedding",
                code=getattr(failure, "code", "internal"),
                text=f"the answer cannot be stored: {failure}"[:500],
                heals=not isinstance(failure, Refuse),
            )
        )
        return ApplyFailure(self.pool, self.retry_scale)(told)
