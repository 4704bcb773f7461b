"""Another embedding model: its vectors are built beside the old ones, then answer from one moment
to the next; the old ones stay for the way back.
"""

import time
from typing import Any

from psycopg.rows import class_row, dict_row
from pydantic import BaseModel

from services.common.description import NOTHING_SEEN, describe
from services.common.events import Tag
from services.common.money import EmbeddingModel, Rebuilding
from services.search.apply import add_tag_vectors, model_of, vector_text
from services.search.database import Db, Pool
from services.search.meaning import Asked
from services.search.sql import SQL

AT_ONCE = 64  # texts of one request to an embedder
SECONDS = 2.0  # of work for one request to us


class NotWhole(Exception):
    """The model has not placed everything yet, or is not known at all."""


class PhotoToPlace(BaseModel):
    photo_id: Any
    owner: str
    caption: str
    tags: list[Tag]


def build(pool: Pool, embedder: Asked) -> Rebuilding:
    """As much as goes into ``SECONDS``. Raises ``EmbedderAway``."""
    deadline = time.monotonic() + SECONDS
    probe = embedder.ask([NOTHING_SEEN])
    with pool.connection() as db:
        model_id = model_of(db, probe.model, probe.dimensions)
    fields = {"model_id": model_id, "paid": probe.paid, "limit": AT_ONCE}
    while time.monotonic() < deadline:
        if not _place_words(pool, embedder, fields) and not _place_photos(pool, embedder, fields):
            break
    with pool.connection() as db:
        left = _left(db, fields)
        if probe.paid and not left["words"]:
            nowhere = vector_text(probe.vectors[0])
            db.execute(SQL["reembed_at_home"], {**fields, "nowhere": nowhere})
            left = _left(db, fields)
    return Rebuilding(model=probe.model, dimensions=probe.dimensions, **left)


def _place_words(pool: Pool, embedder: Asked, fields: dict[str, Any]) -> int:
    with pool.connection() as db:
        words = db.execute(SQL["reembed_tags"], fields).fetchall()
    if words:
        vectors = embedder.ask([text for _, text in words]).vectors
        ids = [tag_id for tag_id, _ in words]
        with pool.connection() as db:
            add_tag_vectors(db, fields["model_id"], list(zip(ids, vectors, strict=True)))
    return len(words)


def _place_photos(pool: Pool, embedder: Asked, fields: dict[str, Any]) -> int:
    with pool.connection() as db, db.cursor(row_factory=class_row(PhotoToPlace)) as rows:
        photos = rows.execute(SQL["reembed_photos"], fields).fetchall()
    if photos:
        texts = [describe(photo.caption, photo.tags) for photo in photos]
        vectors = embedder.ask(texts).vectors
        with pool.connection() as db:
            for photo, vector in zip(photos, vectors, strict=True):
                placed = {
                    "model_id": fields["model_id"],
                    "photo_id": photo.photo_id,
                    "owner": photo.owner,
                    "vector": vector_text(vector),
                }
                db.execute(SQL["put_photo_vector"], placed)
    return len(photos)


def _left(db: Db, fields: dict[str, Any]) -> dict[str, int]:
    with db.cursor(row_factory=dict_row) as rows:
        return dict(rows.execute(SQL["reembed_left"], fields).fetchone() or {})


def models(db: Db) -> list[EmbeddingModel]:
    with db.cursor(row_factory=class_row(EmbeddingModel)) as rows:
        return rows.execute(SQL["reembed_models"]).fetchall()


def switch(db: Db, name: str) -> None:
    """Raises ``NotWhole``; what was active stays active then."""
    with db.cursor(row_factory=dict_row) as rows:
        known = rows.execute(SQL["find_model"], {"name": name}).fetchone()
    if known is None:
        raise NotWhole(f"no vectors of {name} were built")
    left = _left(db, {"model_id": known["model_id"], "paid": True})
    if left["photos"]:
        raise NotWhole(f"{left['photos']} photos have no vector of {name} yet")
    _activate(db, name)


def roll_back(db: Db) -> str:
    """To the model that answered before; its name. Raises ``NotWhole``."""
    earlier = [model for model in models(db) if not model.active and model.activated_at]
    if not earlier:
        raise NotWhole("no other model has answered before")
    _activate(db, earlier[0].name)
    return earlier[0].name


def _activate(db: Db, name: str) -> None:
    db.execute(SQL["reembed_rest"])
    db.execute(SQL["reembed_switch"], {"name": name})
