"""Answers kept beside a photo's blobs: no retry pays twice, and no photo leaves one behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from pydantic import BaseModel, ValidationError

from services.common.blobs import Blobs, Keys
from services.common.errors import TryAgain
from services.common.events import Event
from services.common.record import Record, awaits

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Results:
    blobs: Blobs
    record: Record

    def find(self, key: str, form: type[Answer]) -> Answer | None:
        kept = self.blobs.find(key)
        if kept is None:
            return None
        try:
            return form.model_validate_json(kept)
        except ValidationError:
            log.warning("cannot read a kept answer; asking again", key=key)
            return None

    def keep(self, key: str, answer: BaseModel) -> None:
        """An answer that cannot be kept is still an answer: it goes on without its copy."""
        try:
            self.blobs.put(key, answer.model_dump_json().encode(), "application/json")
        except TryAgain as error:
            log.warning("cannot keep an answer", key=key, error=str(error))

    def wanted(self, event: Event, *, paid: bool) -> bool:
        """Asked before a provider. While search cannot say, only what is free goes on."""
        try:
            return awaits(self.record.state(event), event)
        except TryAgain:
            if paid:
                raise
            return True

    def still_wanted(self, event: Event, blob_key: str, kept: Sequence[str]) -> bool:
        """Asked after ``kept`` was put: what lies under a prefix that was swept is taken back.

        Whoever deletes a photo says so in its row first and lists its blobs afterwards, so one
        of the two sees the answer. A new generation of the same blobs may use it, so it stays.
        """
        try:
            state = self.record.state(event)
        except TryAgain:
            return True  # search's second look finds what a deletion missed
        if state is None or state.blob_prefix != Keys.beside(blob_key).prefix:
            self.blobs.delete(kept)
        return awaits(state, event)
