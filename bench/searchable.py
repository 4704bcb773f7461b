"""Fills a database with photos to search: many words of realistic skew, vectors that cluster."""

import struct
import time
from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench.searchrows import CAMERAS, OTHER, OWNER, Floats, copy_facts, copy_photos, photos
from services.search.sql import SQL

MODEL, DIMENSIONS = "bench", 512
WORDS, TAGS, TOPICS = 30_000, 15, 600
SEED = 1
AT_ONCE = 20_000
HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
#: Real words and photos lie near a space of fewer dimensions than their vectors have: those of the
#: local embedder, 457 words and 240 descriptions, spread over 64 and 26 (participation ratio).
LATENT = 64
SYLLABLES = [a + b for a in "bdfghklmnprstvz" for b in "aeiou"]


@dataclass(frozen=True)
class Language:
    """Words, and where they lie: each near one of some topics."""

    words: list[str]
    vectors: Floats
    topics: NDArray[np.int64]  # of the words
    space: Floats  # the few directions that vectors take

    @classmethod
    def made(cls, luck: np.random.Generator, words: int) -> "Language":
        space = np.linalg.qr(luck.normal(size=(DIMENSIONS, LATENT)))[0].T.astype(np.float32)
        topics = unit(luck.normal(size=(TOPICS, LATENT)).astype(np.float32))
        topic_of_word = luck.integers(0, TOPICS, words)
        noise = unit(luck.normal(size=(words, LATENT)).astype(np.float32))
        vectors = unit((topics[topic_of_word] + noise * 0.9) @ space)
        return cls([word(number) for number in range(words)], vectors, topic_of_word, space)


@dataclass(frozen=True)
class Filled:
    """What was made, and how long it took; nothing is known of what another run made."""

    photos: int
    words: list[str]
    vectors: Floats  # of the words
    seconds: dict[str, float]


def filled_before(url: str, *, words: int = WORDS, seed: int = SEED) -> Filled:
    """A database that this generator filled in another run."""
    said = Language.made(np.random.default_rng(seed), words)
    with psycopg.connect(url) as db:
        row = db.execute("SELECT count(*) FROM photo").fetchone()
    return Filled(row[0] if row else 0, said.words, said.vectors, {})


def word(number: int) -> str:
    """A word that can be said; none is a plural of another."""
    parts = []
    for _ in range(4):
        number, rest = divmod(number, len(SYLLABLES))
        parts.append(SYLLABLES[rest])
    return "".join(parts)


def unit(rows: Floats) -> Floats:
    scaled: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def fill(url: str, number: int, *, words: int = WORDS, seed: int = SEED) -> Filled:
    """A migrated, empty database becomes a gallery."""
    luck = np.random.default_rng(seed)
    language = Language.made(luck, words)
    seconds: dict[str, float] = {}
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        # What the index of vectors takes while it is built, and a little more.
        db.execute(f"SET maintenance_work_mem = '{max(256, number * 2 // 1000)}MB'".encode())
        _walls(db, "NO FORCE")
        tag_ids = _words(db, language.words, language.vectors)
        later = _without_indexes(db)
        members = [np.flatnonzero(language.topics == topic) for topic in range(TOPICS)]
        started = time.perf_counter()
        for start in range(0, number, AT_ONCE):
            count = min(AT_ONCE, number - start)
            _some_photos(db, luck, count, start, members, language, tag_ids)
            db.execute(SQL["fold_photo_count"])
        seconds["rows"] = time.perf_counter() - started
        seconds |= _index(db, later)
        _walls(db, "FORCE")
        db.execute("VACUUM ANALYZE")
        # Search folds it every second, and not after thousands of photos: it never grows so.
        db.execute("REINDEX TABLE photo_count_change")
    return Filled(number, language.words, language.vectors, seconds)


def _walls(db: psycopg.Connection, forced: str) -> None:
    """COPY does not go through them."""
    for table in ("photo", "photo_tag", "photo_vector", "photo_facts", "tag_use", "photo_count"):
        db.execute(f"ALTER TABLE {table} {forced} ROW LEVEL SECURITY".encode())


def _words(db: psycopg.Connection, words: list[str], vectors: Floats) -> NDArray[np.int64]:
    db.execute(
        "INSERT INTO embedding_model (name, dimensions, active) VALUES (%s, %s, true)",
        [MODEL, DIMENSIONS],
    )
    years = [str(2005 + n) for n in range(20)]
    db.execute(
        "INSERT INTO trait (kind, text) SELECT 'year', unnest(%s::text[])"
        " UNION ALL SELECT 'camera', unnest(%s::text[])",
        [years, [*CAMERAS, OTHER]],
    )
    db.execute("INSERT INTO tag (kind, text) SELECT 'label', unnest(%s::text[])", [words])
    ids: dict[str, int] = dict(db.execute("SELECT text, tag_id FROM tag").fetchall())
    tag_ids = np.array([ids[text] for text in words], np.int64)
    row = np.dtype(_row([("model", ">i4"), ("tag", ">i8"), ("vector", _halfvec())]))
    rows = np.zeros(len(words), row)
    _lengths(rows, {"model": 4, "tag": 8, "vector": 4 + 2 * DIMENSIONS})
    rows["model"], rows["tag"] = 1, tag_ids
    _vectors(rows, vectors)
    _copy(db, "tag_vector (model_id, tag_id, embedding)", rows.tobytes())
    return tag_ids


def _some_photos(
    db: psycopg.Connection,
    luck: np.random.Generator,
    count: int,
    start: int,
    members: list[NDArray[np.int64]],
    language: Language,
    tag_ids: NDArray[np.int64],
) -> None:
    """Each photo has words of its topic, and some that everybody has."""
    common = np.minimum(luck.zipf(1.25, (count, TAGS)) - 1, len(language.words) - 1)
    # A hash spreads the commonest words over the topics.
    chosen = (common * 7919) % len(language.words)
    topic = language.topics[chosen[:, 0]]
    for place in range(1, 6):
        own = luck.random(count)
        chosen[:, place] = [
            members[t][int(o * len(members[t]))] for t, o in zip(topic, own, strict=True)
        ]
    confidence = luck.uniform(0.3, 1, (count, TAGS)).astype(np.float32)
    noise = unit(luck.normal(size=(count, LATENT)).astype(np.float32)) @ language.space
    place_of = unit(np.einsum("ijk,ij->ik", language.vectors[chosen], confidence) / 4 + noise * 0.4)
    ids = np.frombuffer(luck.bytes(16 * count), "S16").copy()
    made = photos(luck, ids, start)
    copy_photos(db, made)
    _tags(db, ids, tag_ids[chosen], confidence)
    copy_facts(db, made, tag_ids[chosen], confidence)
    row = np.dtype(
        _row([("model", ">i4"), ("photo", "S16"), ("owner", "S5"), ("vector", _halfvec())])
    )
    rows = np.zeros(count, row)
    _lengths(rows, {"model": 4, "photo": 16, "owner": 5, "vector": 4 + 2 * DIMENSIONS})
    rows["model"], rows["owner"] = 1, OWNER.encode()
    raw = rows.view(np.uint8).reshape(count, row.itemsize)
    offset = row.fields["photo"][1] if row.fields else 0
    raw[:, offset : offset + 16] = ids.view(np.uint8).reshape(count, 16)
    _vectors(rows, place_of)
    _copy(db, "photo_vector (model_id, photo_id, owner, embedding)", rows.tobytes())


def _tags(
    db: psycopg.Connection,
    ids: NDArray[np.bytes_],
    tags: NDArray[np.int64],
    confidence: Floats,
) -> None:
    count = len(ids)
    columns = [("photo", "S16"), ("tag", ">i4"), ("owner", "S5"), ("sure", ">f4"), ("by", "S5")]
    row = np.dtype(_row(columns))  # type: ignore[arg-type]
    rows = np.zeros(count * TAGS, row)
    _lengths(rows, {"photo": 16, "tag": 4, "owner": 5, "sure": 4, "by": 5})
    raw = rows.view(np.uint8).reshape(len(rows), row.itemsize)
    offset = row.fields["photo"][1] if row.fields else 0
    raw[:, offset : offset + 16] = np.repeat(ids.view(np.uint8).reshape(count, 16), TAGS, axis=0)
    rows["tag"], rows["sure"] = tags.ravel(), confidence.ravel()
    rows["owner"] = rows["by"] = OWNER.encode()
    # A word is said once of a photo.
    first = np.ones((count, TAGS), bool)
    for place in range(1, TAGS):
        first[:, place] = (tags[:, :place] != tags[:, place : place + 1]).all(axis=1)
    _copy(
        db, "photo_tag (photo_id, tag_id, owner, confidence, source)", rows[first.ravel()].tobytes()
    )


def _index(db: psycopg.Connection, later: list[str]) -> dict[str, float]:
    seconds = {}
    started = time.perf_counter()
    db.execute("SELECT make_vector_indexes(%s, %s)", [MODEL, DIMENSIONS])
    seconds["HNSW of photos"] = time.perf_counter() - started
    started = time.perf_counter()
    for statement in later:
        db.execute(statement.encode())
    db.execute("INSERT INTO tag_use SELECT owner, tag_id, count(*) FROM photo_tag GROUP BY 1, 2")
    seconds["the other indexes"] = time.perf_counter() - started
    return seconds


def _without_indexes(db: psycopg.Connection) -> list[str]:
    """Also without looking for the photo of each row. What brings both back when all are there."""
    tables = ["photo_facts", "photo_tag", "photo_vector"]
    bonds = db.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])", [tables],
    ).fetchall()  # fmt: skip
    for table, name, _ in bonds:
        db.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    indexes = db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY (%s)"
        " AND indexname NOT LIKE '%%pkey'", [tables],
    ).fetchall()  # fmt: skip
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}".encode())
    return [definition for _, definition in indexes] + [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID"
        for table, name, definition in bonds
    ]


# --- COPY's binary form, a numpy row a tuple


def _row(columns: list[tuple[str, object]]) -> list[tuple[str, object]]:
    fields: list[tuple[str, object]] = [("columns", ">i2")]
    for name, kind in columns:
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    return fields


def _halfvec() -> list[tuple[str, object]]:
    return [("dimensions", ">i2"), ("unused", ">i2"), ("numbers", ">f2", DIMENSIONS)]  # type: ignore[list-item]


def _lengths(rows: NDArray[np.void], lengths: dict[str, int]) -> None:
    rows["columns"] = len(lengths)
    for name, length in lengths.items():
        rows[f"{name}_length"] = length


def _vectors(rows: NDArray[np.void], vectors: Floats) -> None:
    rows["vector"]["dimensions"] = DIMENSIONS
    rows["vector"]["numbers"] = vectors


def _copy(db: psycopg.Connection, table: str, rows: bytes) -> None:
    with db.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)".encode()) as copy:
        copy.write(HEADER + rows + b"\xff\xff")
