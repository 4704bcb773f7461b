"""Words: what people say of their photos."""

import re
import unicodedata
from uuid import UUID

from services.common.api import TagEdit, TagName
from services.common.events import PhotoChanged
from services.search.apply import tag_ids
from services.search.database import Db
from services.search.record import NoSuchPhoto, changed_rows, lock_photo
from services.search.sql import SQL

#: What XML cannot say, however it is written, and the controls.
UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def edit_tags(db: Db, owner: str, photo_id: UUID, edit: TagEdit) -> PhotoChanged:
    """Raises ``NoSuchPhoto``."""
    row = lock_photo(db, photo_id)
    if row is None or row.gone or row.status == "receiving" or row.owner != owner:
        raise NoSuchPhoto(photo_id)
    for verdict, names in (("added", edit.add), ("rejected", edit.remove)):
        _put_edits(db, photo_id, verdict, names)
    db.execute(SQL["show_edits"], {"photo_id": photo_id, "owner": owner})
    return changed_rows(db, "touch_photo", {"photo_id": photo_id})[0].event()


def _put_edits(db: Db, photo_id: UUID, verdict: str, names: list[TagName]) -> None:
    ids = tag_ids(db, [(name.kind, normal(name.text)) for name in names if normal(name.text)])
    if ids:
        db.execute(
            SQL["put_edits"],
            {"photo_id": photo_id, "verdict": verdict, "tag_ids": list(ids.values())},
        )


def normal(text: str) -> str:
    """Words are kept in lower case, composed (NFC), with single spaces."""
    return shown(unicodedata.normalize("NFC", text).lower())


def shown(text: str) -> str:
    """On one line, and without what nobody can see or write: no sidecar could hold it."""
    return " ".join(UNSAID.sub(" ", text).split())
