"""What the workers' answers do to the record: one event, one transaction.

A result applies only if its generation is the row's and has not been applied before: deliveries
may come twice, late or out of order, and a deleted photo never comes back.
"""

import json
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from services.common.errors import Refuse
from services.common.events import Feeling, PhotoChanged, PhotoEmbedded, PhotoFailed, Tag
from services.search.database import Db
from services.search.record import Locked, changed_rows, lock_photo
from services.search.sql import SQL

#: Seconds until the next try, by how often it failed; the last one goes on.
RETRY_AFTER = (5, 20, 60, 300, 900, 3600)
ATTEMPTS = 8
#: While somebody else is at fault (an outage) tries go on for ever, at most so far apart.
LONGEST_WAIT = 300
#: A photo that one provider could not see is shown, and looked at again after so many seconds.
PARTIAL_AGAIN = 86_400


@dataclass(frozen=True)
class NextTry:
    """A pure decision: ``failed`` when there is none."""

    failed: bool
    seconds: float
    attempts: int
    waits: int


def next_try(event: PhotoFailed, attempts: int, waits: int, scale: float, luck: float) -> NextTry:
    """``luck`` in 0..1 spreads the tries, so that an outage does not end in a stampede."""
    attempts += event.counts
    waits += not event.counts
    if not event.heals or attempts >= ATTEMPTS:
        return NextTry(True, 0, attempts, waits)
    step = max(1, attempts if event.counts else waits)
    longest = RETRY_AFTER[-1] if event.counts else LONGEST_WAIT
    seconds = min(longest, RETRY_AFTER[min(step, len(RETRY_AFTER)) - 1])
    return NextTry(False, seconds * scale * (0.5 + luck / 2), attempts, waits)


def apply_result(db: Db, event: PhotoEmbedded) -> PhotoChanged | None:
    """None if the result is void: another generation, or applied already."""
    row = _row_for(db, event.photo_id, event.generation)
    if row is None:
        return None
    with db.pipeline():  # eight statements, three round trips
        ids = tag_ids(db, [(word.kind, word.text) for word in event.words])
        model_id = model_of(db, event.model, event.dimensions)
        _replace_tags(db, row, event.tags, ids)
        _put_vectors(db, row, event, model_id, ids)
        return changed_rows(db, "finish_photo", _finish(event, ids))[0].event()


def _finish(event: PhotoEmbedded, ids: dict[tuple[str, str], int]) -> dict[str, Any]:
    missing = ", ".join(event.missing)
    guesses = {(one.kind, one.text): one for one in event.guesses}  # each once
    return {
        "photo_id": event.photo_id,
        "status": "partial" if missing else "ready",
        "caption": event.caption,
        "tagger": event.tagger,
        "embedder": event.model,
        "cost": event.cost,
        "feeling": point_of(event.feeling),
        "guesses": [ids[word] for word in guesses],
        "guessed": [round(100 * guess.confidence) for guess in guesses.values()],
        "code": (event.missing_code or "provider-missing") if missing else "",
        "text": (event.missing_text or f"no answer from {missing}") if missing else "",
        "next_at": event.again_at if missing else None,
    }


def apply_failure(db: Db, event: PhotoFailed, scale: float = 1.0) -> PhotoChanged | None:
    """None if the failure is void: another generation, or a result is in already."""
    row = _row_for(db, event.photo_id, event.generation)
    if row is None:
        return None
    after = next_try(event, row.attempts, row.waits, scale, random.random())
    return postpone(db, row, after, event.code, event.text, event.next_at)


def postpone(
    db: Db, row: Locked, after: NextTry, code: str, text: str, not_before: datetime | None = None
) -> PhotoChanged:
    fields = {
        "photo_id": row.photo_id,
        "status": "failed" if after.failed else "queued",
        "attempts": after.attempts,
        "waits": after.waits,
        "seconds": None if after.failed else after.seconds,
        "not_before": None if after.failed else not_before,
        "code": code,
        "text": text,
    }
    return changed_rows(db, "postpone_photo", fields)[0].event()


def _row_for(db: Db, photo_id: UUID, generation: int) -> Locked | None:
    row = lock_photo(db, photo_id)
    wanted = (
        row is not None
        and row.generation == generation
        and row.status == "queued"
        and row.applied_generation < generation
    )
    return row if wanted else None


def tag_ids(db: Db, words: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of (kind, text), those of new words made."""
    if not words:
        return {}
    kinds, texts = zip(*words, strict=True)
    fields = {"kinds": list(kinds), "texts": list(texts)}
    # Two statements: the second one sees what another transaction added while the first waited.
    db.execute(SQL["add_tags"], fields)
    rows = db.execute(SQL["find_tags"], fields)
    return {(kind, text): tag_id for tag_id, kind, text in rows}


def _replace_tags(
    db: Db, row: Locked, tags: tuple[Tag, ...], ids: dict[tuple[str, str], int]
) -> None:
    surest = {(tag.kind, tag.text): tag for tag in sorted(tags, key=lambda tag: tag.confidence)}
    columns: dict[str, list[Any]] = {
        "tag_ids": [ids[word] for word in surest],
        "confidences": [tag.confidence for tag in surest.values()],
        "sources": [tag.source for tag in surest.values()],
        "models": [tag.model for tag in surest.values()],
        "evidences": [tag.evidence and json.dumps(tag.evidence) for tag in surest.values()],
    }
    db.execute(SQL["replace_photo_tags"], {"photo_id": row.photo_id, "owner": row.owner, **columns})


def _put_vectors(
    db: Db, row: Locked, event: PhotoEmbedded, model_id: int, ids: dict[tuple[str, str], int]
) -> None:
    lengths = {len(event.photo_vector), *(len(tag.vector) for tag in event.tag_vectors)}
    if lengths != {event.dimensions}:
        raise Refuse(f"vectors of {lengths} numbers, not {event.dimensions}", code="bad-vector")
    words = [tag for tag in event.tag_vectors if (tag.kind, tag.text) in ids]
    add_tag_vectors(db, model_id, [(ids[tag.kind, tag.text], tag.vector) for tag in words])
    db.execute(
        SQL["put_photo_vector"],
        {
            "model_id": model_id,
            "photo_id": row.photo_id,
            "owner": row.owner,
            "vector": vector_text(event.photo_vector),
        },
    )


def add_tag_vectors(db: Db, model_id: int, vectors: list[tuple[int, tuple[float, ...]]]) -> None:
    if vectors:
        ids, numbers = zip(*vectors, strict=True)
        texts = [vector_text(vector) for vector in numbers]
        db.execute(
            SQL["add_tag_vectors"], {"model_id": model_id, "tag_ids": list(ids), "vectors": texts}
        )


def point_of(feeling: Feeling | None) -> str | None:
    """As the database reads a point."""
    return None if feeling is None else f"({feeling.valence},{feeling.energy})"


def vector_text(vector: tuple[float, ...]) -> str:
    return "[" + ",".join(format(number, ".6g") for number in vector) + "]"


def model_of(db: Db, name: str, dimensions: int) -> int:
    """The model's id; its indexes are made when it is seen for the first time.

    Raises ``Refuse`` if the name is known with another number of dimensions.
    """
    for _ in range(2):
        with db.cursor(row_factory=dict_row) as cursor:
            known = cursor.execute(SQL["find_model"], {"name": name}).fetchone()
        if known and known["dimensions"] != dimensions:
            raise Refuse(f"{name} has {known['dimensions']} dimensions", code="bad-vector")
        if known:
            return int(known["model_id"])
        db.execute(SQL["add_model"], {"name": name, "dimensions": dimensions})
        _index_model(db, name, dimensions)
    raise Refuse(f"the model {name} cannot be added", code="bad-vector")


def _index_model(db: Db, name: str, dimensions: int) -> None:
    """Partial indexes, one pair a model: HNSW needs to know the number of dimensions."""
    db.execute("SELECT make_vector_indexes(%s, %s)", [name, dimensions])
