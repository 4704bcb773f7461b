"""The way of a photo into the gallery: pixels, row, bytes, commit, news.

The row is the promise. Every step may be the last one of this process: the row of an unfinished
upload expires, and the same bytes sent again go on where they were.
"""

import asyncio
import base64
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog

from services.common import tracing
from services.common.blobs import Keys
from services.common.events import PhotoFacts, PhotoUploaded
from services.common.identity import photo_id
from services.common.killpoint import reach
from services.common.lifecycle import PhotoState, Reservation, Reserved
from services.common.problems import Problem
from services.gateway.announcer import Announcer
from services.gateway.answers import Accepted
from services.gateway.pixels import PixelPool, Pixels, sniff
from services.gateway.search import SearchAway, SearchService
from services.gateway.spool import SpooledPhoto
from services.gateway.store import Store
from services.gateway.who.acting import gallery
from services.gateway.wishes import wished

log = structlog.get_logger(__name__)

#: What a photo is that needs nothing but its own time: sending it again changes nothing.
KEPT = ("queued", "ready", "partial")
#: For a second look at the row, when the first answer never came.
SECOND_LOOK = 1.2


@dataclass(frozen=True)
class KeepPhoto:
    """Raises ``Refusal`` when the photo is at fault, ``Problem`` when the world is."""

    search: SearchService
    store: Store
    pixels: PixelPool
    announcer: Announcer

    @property
    def owner(self) -> str:
        """Of whoever uploads: their gallery gets the photo."""
        return gallery()

    async def __call__(self, photo: SpooledPhoto, filename: str) -> Accepted:
        reach("gateway.spooled")
        content_type = sniff(photo.head)
        identity = photo_id(self.owner, photo.sha256)
        trace = tracing.traceparent()
        tracing.note(photo_id=str(identity))
        with structlog.contextvars.bound_contextvars(
            photo_id=str(identity), trace_id=tracing.trace_of(trace)
        ):
            known = await self.search.state(identity, self.owner)
            if known and known.status in KEPT:
                return _accepted(identity, known, filename, duplicate=True)
            with tracing.child("read pixels"):
                pixels = await self.pixels.read(photo.path, content_type)
            reservation = self._reservation(photo, pixels, identity, filename, trace)
            return await self._keep(photo, pixels, reservation)

    async def see(self, photo: SpooledPhoto) -> Pixels:
        """Without keeping it."""
        return await self.pixels.read(photo.path, sniff(photo.head))

    async def _keep(
        self, photo: SpooledPhoto, pixels: Pixels, reservation: Reservation
    ) -> Accepted:
        identity, filename = reservation.photo_id, reservation.filename
        reserved = await self.search.reserve(reservation)
        reach("gateway.reserved")
        if reserved.duplicate:
            return _accepted(identity, reserved, filename, duplicate=True)
        keys = Keys(reserved.blob_prefix)
        await self._put(keys, photo, pixels, reservation)
        reach("gateway.put")
        try:
            state = await self._commit(identity, reserved.generation)
        except Problem as problem:
            if problem.code == "superseded":
                with suppress(Problem):  # the sweeper looks a second time anyway
                    await self.store.delete(keys.prefix)
            raise
        reach("gateway.committed")
        await self.announcer.tell(_event(reservation, reserved, keys))
        reach("gateway.published")
        log.info("kept", generation=reserved.generation, bytes=photo.bytes)
        return _accepted(identity, state, filename, duplicate=False)

    async def _put(
        self, keys: Keys, photo: SpooledPhoto, pixels: Pixels, reservation: Reservation
    ) -> None:
        record = reservation.model_copy(update={"uploaded_at": datetime.now(UTC)})
        await asyncio.gather(
            self.store.put_photo(keys.original, photo, pixels.content_type),
            self.store.put(keys.display, pixels.display, "image/jpeg"),
            self.store.put(keys.thumb, pixels.thumb, "image/webp"),
            self.store.put(keys.record, record.model_dump_json().encode(), "application/json"),
        )

    async def _commit(self, identity: UUID, generation: int) -> PhotoState:
        """When nobody knows whether it was done, the row does."""
        try:
            return await self.search.commit(identity, generation)
        except SearchAway as lost:
            log.warning("commit without an answer", error=str(lost))
            state = await self.search.state(identity, self.owner, patience=SECOND_LOOK)
            if state is None or state.status == "receiving":
                raise lost.problem() from lost
            if state.gone or state.blob_generation != generation:
                raise Problem(409, "superseded", "the photo was deleted meanwhile") from lost
            return state

    def _reservation(
        self, photo: SpooledPhoto, pixels: Pixels, identity: UUID, filename: str, trace: str
    ) -> Reservation:
        return Reservation(
            photo_id=identity,
            owner=self.owner,
            sha256=photo.sha256,
            filename=filename,
            content_type=pixels.content_type,
            bytes=photo.bytes,
            width=pixels.width,
            height=pixels.height,
            thumbhash=base64.b64encode(pixels.thumbhash).decode(),
            palette=list(pixels.palette),
            exif=pixels.exif,
            local_only=wished().local_only,
            together=wished().together,
            traceparent=trace,
        )


def _event(kept: Reservation, reserved: Reserved, keys: Keys) -> PhotoUploaded:
    names = {"photo_id", "owner", "sha256", "content_type", "width", "height", "local_only"}
    shared = kept.model_dump(include=names | {"traceparent"})
    exif = kept.exif.model_dump(include=set(PhotoFacts.model_fields))
    return PhotoUploaded(
        **shared,
        generation=reserved.generation,
        patient=reserved.patient,
        blob_key=keys.original,
        facts=PhotoFacts(width=kept.width, height=kept.height, **exif),
    )


def _accepted(
    identity: UUID, state: PhotoState | Reserved, filename: str, *, duplicate: bool
) -> Accepted:
    return Accepted(
        filename=filename,
        id=str(identity),
        status=state.status,
        duplicate=duplicate,
        url=f"/api/photos/{identity}",
    )
