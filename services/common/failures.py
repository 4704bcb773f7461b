"""How a worker tells search that it could not: one event, with all that a retry needs to know."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import structlog

from services.common.consumer import OnFailure
from services.common.errors import Refuse, TryAgain
from services.common.events import Event, PhotoFailed

log = structlog.get_logger(__name__)

LONGEST_TEXT = 500


def telling(stage: Literal["tagging", "embedding"]) -> OnFailure:
    def tell(event: Event, error: Exception) -> Iterable[PhotoFailed]:
        match error:
            case TryAgain(code=code, counts=counts, after=after):
                log.warning("try again", code=code, error=str(error))
                next_at = datetime.now(UTC) + after if after else None
                told = {"code": code, "heals": True, "counts": counts, "next_at": next_at}
            case Refuse(code=code):
                log.warning("refused", code=code, error=str(error))
                told = {"code": code, "heals": False}
            case _:
                log.error("failed", exc_info=error)
                told = {"code": "internal", "heals": True}
        text = str(error) if told["code"] != "internal" else "something went wrong inside"
        return [PhotoFailed(**event.follow(stage=stage, text=text[:LONGEST_TEXT], **told))]

    return tell
