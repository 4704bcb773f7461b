"""Photos as people see them: pages in the order of their coming, and everything known of one."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from psycopg import Cursor
from psycopg.rows import dict_row

from services.common.api import PhotoDetail, PhotoPage, PhotoTag, Reason
from services.common.money import Sent
from services.search import budget
from services.search.database import Db
from services.search.record import NoSuchPhoto
from services.search.sql import SQL
from services.search.swatches import as_json, unpacked


class BadCursor(ValueError):
    """Not a cursor that we gave."""


def list_photos(
    db: Db, owner: str, *, status: str | None, cursor: str | None, limit: int
) -> PhotoPage:
    """For whoever reads it here; others take it as it is written. Raises ``BadCursor``."""
    page = ask_page(db, owner, status=status, cursor=cursor, limit=limit)
    return PhotoPage.model_validate_json(page.written())


@dataclass(frozen=True)
class AskedPage:
    """A page whose rows may still be on their way; nothing counts where ``total`` is known."""

    rows: Cursor[dict[str, Any]]
    limit: int
    whose: tuple[str, str | None]
    counting: Cursor[Any] | None
    total: int

    def written(self) -> bytes:
        """``PhotoPage`` as JSON."""
        found = self.rows.fetchall()
        self.rows.close()
        page, last = found[: self.limit], found[self.limit - 1 : self.limit]
        more = len(found) > self.limit
        answer = {
            "photos": [plain_photo(row) for row in page],
            "cursor": _after(last[0]) if more else None,
            "total": _counted(self.whose, self.counting) if self.counting else self.total,
        }
        return orjson.dumps(answer, option=orjson.OPT_UTC_Z)


def ask_page(
    db: Db,
    owner: str,
    *,
    status: str | None,
    cursor: str | None,
    limit: int,
    oldest: bool = False,
) -> AskedPage:
    """Newest first unless ``oldest``. Raises ``BadCursor``."""
    at, at_id = _read_time_cursor(cursor)
    fields = {"owner": owner, "status": status, "limit": limit + 1}
    query, place = (
        ("list_photos_oldest", {"after": at, "after_id": at_id})
        if oldest
        else ("list_photos", {"before": at, "before_id": at_id})
    )
    rows = db.cursor(row_factory=dict_row).execute(SQL[query], {**fields, **place})
    total, until = _counts.get((owner, status), (0, 0.0))
    counting = None if monotonic() < until else db.execute(SQL["count_photos"], fields)
    return AskedPage(rows, limit, (owner, status), counting, total)


def _after(row: dict[str, Any]) -> str:
    return write_cursor(row["uploaded_at"].isoformat(), row["id"])


#: A large gallery's number need not be asked for with every page.
LARGE, FRESH = 20_000, 5.0
_counts: dict[tuple[str, str | None], tuple[int, float]] = {}


def _counted(whose: tuple[str, str | None], counting: Cursor[Any]) -> int:
    """Exactly while there are few; of a large gallery as it was some seconds ago."""
    row = counting.fetchone()
    total = int(row[0]) if row else 0
    if total > LARGE:
        if len(_counts) > 1000:
            _counts.clear()
        _counts[whose] = total, monotonic() + FRESH
    return total


def photo_detail(db: Db, owner: str, photo_id: UUID) -> PhotoDetail:
    """Raises ``NoSuchPhoto``."""
    with db.cursor(row_factory=dict_row) as rows:
        row = rows.execute(SQL["photo_detail"], {"photo_id": photo_id, "owner": owner}).fetchone()
        if row is None:
            raise NoSuchPhoto(photo_id)
        tags = rows.execute(SQL["photo_tags"], {"photo_id": photo_id}).fetchall()
    sent = budget.sent(db, owner, photo_id)
    return PhotoDetail(
        **{**photo_fields(row), "cost": _cost(row["cost"], sent)},
        tags=[PhotoTag(**tag) for tag in tags],
        sent=sent,
    )


def _cost(tagged: Decimal, sent: Sequence[Sent]) -> Decimal:
    """Looking and words. A model server's own price is in no ledger, a call whose answer was lost
    is in no event: whichever knows more of the looking is right."""
    words = sum((one.cost for one in sent if one.purpose == "words"), Decimal(0))
    looks = sum((one.cost for one in sent if one.purpose != "words"), Decimal(0))
    return max(tagged, looks) + words


def plain_photo(row: dict[str, Any]) -> dict[str, Any]:
    """A row as ``Photo``, in plain values for JSON; its colours are JSON already.

    Written out: fifty of them are half the work of a page.
    """
    photo_id, version = row["id"], row["blob_generation"]
    address, code = f"/api/photos/{photo_id}/", row["reason_code"]
    return {
        "id": photo_id,
        "status": row["status"],
        "stage": "searchable" if row["applied_generation"] else "uploaded",
        "generation": row["generation"],
        "filename": row["filename"],
        "width": row["width"],
        "height": row["height"],
        "taken_at": row["taken_at"],
        "uploaded_at": row["uploaded_at"],
        "thumbhash": row["thumbhash"],
        "palette": as_json(row["swatches"]),
        "caption": row["caption"],
        "reason": _reason(row).model_dump() if code else None,
        "original": f"{address}original?v={version}",
        "display": f"{address}display?v={version}",
        "thumb": f"{address}thumb?v={version}",
    }


def photo_fields(row: dict[str, Any]) -> dict[str, Any]:
    """A row's columns as the fields of ``Photo``, with its addresses."""
    photo_id, version = str(row["id"]), row["blob_generation"]
    return {
        **row,
        "id": photo_id,
        "palette": unpacked(row["swatches"]),
        "stage": "searchable" if row["applied_generation"] else "uploaded",
        "reason": _reason(row) if row["reason_code"] else None,
        **{
            form: f"/api/photos/{photo_id}/{form}?v={version}"
            for form in ("original", "display", "thumb")
        },
    }


def _reason(row: dict[str, Any]) -> Reason:
    return Reason(code=row["reason_code"], text=row["reason_text"], next_try=row["next_at"])


def write_cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, default=str).encode()).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> list[Any]:
    """Raises ``BadCursor``."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        read = json.loads(base64.b64decode(padded, altchars="-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadCursor(cursor) from error
    if not isinstance(read, list) or len(read) != parts:
        raise BadCursor(cursor)
    return read


def _read_time_cursor(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    when, photo_id = read_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(when), UUID(photo_id)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadCursor(cursor) from error
