"""What open pages are told, in the form of server-sent events."""

from dataclasses import dataclass

from pydantic import BaseModel

from services.common.api import Reason
from services.common.events import PhotoChanged, PhotoTagged, Stage, Status
from services.common.lifecycle import Change

RELOAD = b"event: reload\ndata: {}\n\n"
HEARTBEAT = b": still here\n\n"


class Told(BaseModel):
    """One photo's status, as `event: photo` carries it."""

    id: str
    status: Status
    stage: Stage
    generation: int
    reason: Reason | None = None


@dataclass(frozen=True)
class News:
    """``seq`` is None for a hint, which no row knows of and which nobody can have missed."""

    owner: str
    told: Told
    seq: int | None

    def to_wire(self) -> bytes:
        number = f"id: {self.seq}\n" if self.seq is not None else ""
        return f"event: photo\n{number}data: {self.told.model_dump_json()}\n\n".encode()


def of_event(event: PhotoChanged | PhotoTagged) -> News:
    if isinstance(event, PhotoTagged):
        status, stage, reason, seq = "queued", "tagged", None, None
    else:
        status, stage, seq = event.status, event.stage, event.seq
        reason = _reason(event.code, event.text, event)
    told = Told.model_validate(
        {
            "id": str(event.photo_id),
            "status": status,
            "stage": stage,
            "generation": event.generation,
            "reason": reason,
        }
    )
    return News(event.owner, told, seq)


def of_change(change: Change) -> News:
    return News(change.owner, Told.model_validate(change.model_dump()), change.seq)


def _reason(code: str, text: str, event: PhotoChanged) -> Reason | None:
    return Reason(code=code, text=text, next_try=event.next_at) if code else None


def position(seq: int) -> bytes:
    """No event, only a place to go on from after a lost connection."""
    return f"id: {seq}\n\n".encode()
