"""Near duplicates: photos that look the same in other bytes, and which of them to keep."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from psycopg.rows import dict_row

from services.common.api import Photo
from services.common.events import PhotoChanged
from services.common.finding import Keep, TwinPage, Twins
from services.search.database import Db
from services.search.gallery import photo_fields
from services.search.record import NoSuchPhoto, doom_photo
from services.search.sql import SQL


def twin_page(db: Db, owner: str, limit: int) -> TwinPage:
    pairs = db.execute(SQL["twin_pairs"], {"owner": owner}).fetchall()
    groups = sorted(together(pairs), key=lambda group: (-len(group), str(min(group))))
    return TwinPage(groups=_shown(db, groups[:limit]), total=len(groups))


def together(pairs: Iterable[tuple[UUID, UUID]]) -> list[set[UUID]]:
    """Whoever is like one of a group belongs to it."""
    groups: dict[UUID, set[UUID]] = {}
    for one, other in pairs:
        joined = groups.get(one, {one}) | groups.get(other, {other})
        for member in joined:
            groups[member] = joined
    return list({id(group): group for group in groups.values()}.values())


def _shown(db: Db, groups: Sequence[set[UUID]]) -> list[Twins]:
    ids = [photo_id for group in groups for photo_id in group]
    with db.cursor(row_factory=dict_row) as rows:
        photos = rows.execute(SQL["photos_by_id"], {"photo_ids": ids}).fetchall()
        merits = rows.execute(SQL["twin_merits"], {"photo_ids": ids}).fetchall()
    by_id = {row["id"]: Photo(**photo_fields(row)) for row in photos}
    merit = {
        row["photo_id"]: (row["pixels"], row["exif"], row["bytes"], -row["created_at"].timestamp())
        for row in merits
    }
    shown = []
    for group in groups:
        order = sorted((one for one in group if one in by_id), key=lambda one: merit[one])[::-1]
        if len(order) > 1:
            best, second = merit[order[0]], merit[order[1]]
            names = ("more pixels", "camera data", "more bytes", "here first")
            why = next(
                (n for n, a, b in zip(names, best, second, strict=True) if a != b), names[-1]
            )
            photos_of = [by_id[one] for one in order]
            shown.append(Twins(photos=photos_of, best=photos_of[0].id, why=why))
    return shown


def keep_one(db: Db, owner: str, wanted: Keep) -> list[PhotoChanged]:
    """Deletes the others, if they are twins of the one that stays. Raises ``NoSuchPhoto``."""
    pairs = db.execute(SQL["twin_pairs"], {"owner": owner}).fetchall()
    group = next((group for group in together(pairs) if wanted.keep in group), set())
    strangers = set(wanted.remove) - group
    if not group or strangers or wanted.keep in wanted.remove:
        raise NoSuchPhoto(wanted.keep)
    changes = [doom_photo(db, photo_id, owner) for photo_id in dict.fromkeys(wanted.remove)]
    return [change for change in changes if change]
