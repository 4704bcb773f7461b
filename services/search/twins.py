"""Near duplicates: photos that look the same in other bytes, and which of them to keep."""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from psycopg.rows import dict_row

from services.common.api import Photo
from services.common.events import PhotoChanged
from services.common.finding import Keep, TwinPage, Twins
from services.search.database import Db
from services.search.gallery import photo_fields
from services.search.record import NoSuchPhoto, doom_photo, lock_photo
from services.search.sql import SQL

Merit = tuple[int, int, int, float]
#: What makes one the best, in the order in which it counts.
WHY = ("more pixels", "camera data", "more bytes", "here first")


def twin_page(db: Db, owner: str, limit: int) -> TwinPage:
    twins = _twins(db, owner)
    merit = _merits(db, list(twins))
    groups = sorted(together(twins, merit), key=lambda group: (-len(group), str(group[0])))
    return TwinPage(groups=_shown(db, groups[:limit], merit), total=len(groups))


def together(twins: Mapping[UUID, Set[UUID]], merit: Mapping[UUID, Merit]) -> list[list[UUID]]:
    """Groups, the best first: whoever is a twin of the best, for the others may go for it.

    A twin of a twin may be another photo.
    """
    groups, taken = [], set[UUID]()
    for best in sorted(merit, key=lambda one: merit[one], reverse=True):
        alike = [one for one in twins[best] - taken if one in merit]
        if best not in taken and alike:
            groups.append([best, *sorted(alike, key=lambda one: merit[one], reverse=True)])
            taken |= {best, *alike}
    return groups


def _twins(db: Db, owner: str) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for one, other in db.execute(SQL["twin_pairs"], {"owner": owner}):
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _merits(db: Db, ids: Sequence[UUID]) -> dict[UUID, Merit]:
    with db.cursor(row_factory=dict_row) as rows:
        merits = rows.execute(SQL["twin_merits"], {"photo_ids": list(ids)}).fetchall()
    return {
        row["photo_id"]: (row["pixels"], row["exif"], row["bytes"], -row["created_at"].timestamp())
        for row in merits
    }


def _shown(db: Db, groups: Sequence[Sequence[UUID]], merit: Mapping[UUID, Merit]) -> list[Twins]:
    ids = [photo_id for group in groups for photo_id in group]
    with db.cursor(row_factory=dict_row) as rows:
        photos = rows.execute(SQL["photos_by_id"], {"photo_ids": ids}).fetchall()
    by_id = {row["id"]: Photo(**photo_fields(row)) for row in photos}
    shown = []
    for best, second, *rest in groups:
        pairs = zip(WHY, merit[best], merit[second], strict=True)
        why = next((name for name, a, b in pairs if a != b), WHY[-1])
        shown.append(
            Twins(
                photos=[by_id[one] for one in (best, second, *rest)], best=by_id[best].id, why=why
            )
        )
    return shown


def keep_one(db: Db, owner: str, wanted: Keep) -> list[PhotoChanged]:
    """Deletes the others, if they are twins of the one that stays. Raises ``NoSuchPhoto``."""
    # Held before anything is decided: of two who keep each other's photo one comes too late.
    for photo_id in sorted({wanted.keep, *wanted.remove}):
        lock_photo(db, photo_id)
    fields = {"photo_id": wanted.keep, "owner": owner}
    twins = {photo_id for (photo_id,) in db.execute(SQL["twins_of_photo"], fields)}
    if not wanted.remove or set(wanted.remove) - twins:
        raise NoSuchPhoto(wanted.keep)
    changes = [doom_photo(db, photo_id, owner) for photo_id in dict.fromkeys(wanted.remove)]
    return [change for change in changes if change]
