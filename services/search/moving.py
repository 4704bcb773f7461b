"""Export of what a search finds, and keywords of other programs brought back to their photos."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.common.api import PhotoDetail, PhotoTag, TagEdit, TagName
from services.common.events import PhotoChanged
from services.common.finding import Imported
from services.search.bringing import Keywords
from services.search.database import Db
from services.search.gallery import photo_fields
from services.search.sql import SQL
from services.search.tags import edit_tags, normal

AT_ONCE = 50  # tags of one edit
UNKNOWN = 100  # names that an answer lists


def details(db: Db, owner: str, photo_ids: Sequence[UUID]) -> dict[UUID, PhotoDetail]:
    tags: dict[UUID, list[PhotoTag]] = defaultdict(list)
    with db.cursor(row_factory=dict_row) as rows:
        ids = list(photo_ids)
        for row in rows.execute(SQL["tags_of_photos"], {"photo_ids": ids}):
            tags[row.pop("photo_id")].append(PhotoTag(**row))
        fields = {"photo_ids": ids, "owner": owner}
        found = rows.execute(SQL["details_of_photos"], fields).fetchall()
    return {row["id"]: PhotoDetail(**photo_fields(row), tags=tags[row["id"]]) for row in found}


def bring(db: Db, owner: str, files: Iterable[Keywords]) -> tuple[Imported, list[PhotoChanged]]:
    """Adds what the photos do not have yet; takes nothing away."""
    every = list(files)
    refused = [{"filename": k.filename, "message": k.trouble} for k in every if k.trouble]
    every = [keywords for keywords in every if keywords.tags or not keywords.trouble]
    known = _photos(db, owner, every)
    added, changes, photos, unknown = 0, [], 0, []
    tags = details(db, owner, list(set(known.values())))
    for keywords in every:
        photo_id = known.get(keywords.sha256) or known.get(keywords.filename)
        if photo_id is None:
            unknown.append(keywords.filename or keywords.sha256)
            continue
        photos += 1
        has = {(tag.kind, tag.text) for tag in tags[photo_id].tags}
        new = [
            TagName(kind=kind, text=text)
            for kind, text in keywords.tags
            if (kind, normal(text)) not in has and normal(text)
        ]
        added += len(new)
        for start in range(0, len(new), AT_ONCE):
            edit = TagEdit(add=new[start : start + AT_ONCE])
            changes.append(edit_tags(db, owner, photo_id, edit))
    told = Imported(photos=photos, tags=added, unknown=unknown[:UNKNOWN], refused=refused[:UNKNOWN])
    return told, changes


def _photos(db: Db, owner: str, files: Sequence[Keywords]) -> dict[str, UUID]:
    """Photos by digest and by name; a name that two photos share is nobody's."""
    fields: dict[str, Any] = {
        "owner": owner,
        "digests": [one.sha256 for one in files if one.sha256],
        "names": [one.filename for one in files if one.filename],
    }
    found: dict[str, UUID | None] = {}
    for photo_id, digest, filename in db.execute(SQL["photos_named"], fields):
        found[digest] = photo_id
        for name in {filename, filename.rsplit(".", 1)[0]}:
            found[name] = None if found.get(name, photo_id) != photo_id else photo_id
    return {name: photo_id for name, photo_id in found.items() if photo_id}
