"""Fills a database with photos to search: many words of realistic skew, vectors that cluster."""

import base64
import json
import os
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import psycopg
from numpy.typing import NDArray

Floats = NDArray[np.float32]
OWNER, MODEL, DIMENSIONS = "local", "bench", 384
WORDS, TAGS, TOPICS = 30_000, 15, 600
AT_ONCE = 20_000
HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
#: What the trigger does for one photo, for many: without looking for twins.
SHOW = """
    INSERT INTO photo_facts (photo_id, owner, tags, sure, facts, words, composition, colours,
                             print_bits, print_keys, at)
    SELECT photo_id, s.owner, tags, sure, facts, words, composition, colours, print_bits,
           print_keys, taken_at
    FROM photo_seen s JOIN photo p USING (photo_id) WHERE photo_id = ANY (%s)
"""
#: Cameras by how many photos were taken with them: the filters of the benchmark.
CAMERAS = {"leica m3": 0.001, "canon r5": 0.01, "nikon z6": 0.1, "fuji x100": 0.5}
SYLLABLES = [a + b for a in "bdfghklmnprstvz" for b in "aeiou"]


@dataclass(frozen=True)
class Filled:
    """What was made, and how long it took."""

    photos: int
    words: list[str]
    vectors: Floats  # of the words
    seconds: dict[str, float]


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


def fill(url: str, photos: int, seed: int = 1) -> Filled:
    """A migrated, empty database becomes a gallery."""
    luck = np.random.default_rng(seed)
    topics = unit(luck.normal(size=(TOPICS, DIMENSIONS)).astype(np.float32))
    topic_of_word = luck.integers(0, TOPICS, WORDS)
    noise = luck.normal(size=(WORDS, DIMENSIONS)).astype(np.float32)
    vectors = unit(topics[topic_of_word] + unit(noise) * 0.9)
    words = [word(number) for number in range(WORDS)]
    seconds: dict[str, float] = {}
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        db.execute("SET maintenance_work_mem = '1GB'")
        db.execute("ALTER TABLE photo DISABLE TRIGGER photo_shown")
        tag_ids = _words(db, words, vectors)
        members = [np.flatnonzero(topic_of_word == topic) for topic in range(TOPICS)]
        started = time.perf_counter()
        for start in range(0, photos, AT_ONCE):
            count = min(AT_ONCE, photos - start)
            _some_photos(db, luck, count, start, members, topic_of_word, vectors, tag_ids)
        seconds["rows"] = time.perf_counter() - started
        seconds |= _index(db)
        db.execute("ALTER TABLE photo ENABLE TRIGGER photo_shown")
        db.execute("VACUUM ANALYZE")
    return Filled(photos, words, vectors, seconds)


def _words(db: psycopg.Connection, words: list[str], vectors: Floats) -> NDArray[np.int64]:
    db.execute(
        "INSERT INTO embedding_model (name, dimensions, active) VALUES (%s, %s, true)",
        [MODEL, DIMENSIONS],
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
    topic_of_word: NDArray[np.int64],
    vectors: Floats,
    tag_ids: NDArray[np.int64],
) -> None:
    """Each photo has words of its topic, and some that everybody has."""
    common = np.minimum(luck.zipf(1.25, (count, TAGS)) - 1, WORDS - 1)
    # A hash spreads the commonest words over the topics.
    chosen = (common * 7919) % WORDS
    topic = topic_of_word[chosen[:, 0]]
    for place in range(1, 6):
        own = luck.random(count)
        chosen[:, place] = [
            members[t][int(o * len(members[t]))] for t, o in zip(topic, own, strict=True)
        ]
    confidence = luck.uniform(0.3, 1, (count, TAGS)).astype(np.float32)
    noise = unit(luck.normal(size=(count, DIMENSIONS)).astype(np.float32))
    place_of = unit(np.einsum("ijk,ij->ik", vectors[chosen], confidence) / 4 + noise * 0.8)
    ids = np.frombuffer(luck.bytes(16 * count), "S16").copy()
    _photos(db, luck, ids, start)
    _tags(db, ids, tag_ids[chosen], confidence)
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


def _photos(
    db: psycopg.Connection, luck: np.random.Generator, ids: NDArray[np.bytes_], start: int
) -> None:
    raw = ids.view(np.uint8).reshape(len(ids), 16)
    camera = luck.random(len(ids))
    with db.cursor().copy(
        "COPY photo (photo_id, owner, sha256, filename, content_type, bytes, width, height,"
        " thumbhash, palette, exif, taken_at, status, applied_generation) FROM STDIN"
    ) as copy:
        for number, (name, chance) in enumerate(zip(raw, camera, strict=True), start):
            digest = name.tobytes().hex()
            exif = (
                f'{{"camera_model": "{_camera(float(chance))}", "iso": {100 * 2 ** (number % 7)}}}'
            )
            day = f"20{number % 20 + 5:02}-{number % 12 + 1:02}-{number % 28 + 1:02} 12:00:00"
            print_of = base64.b64encode(os.urandom(21)).decode()
            copy.write_row(
                (digest, OWNER, digest * 2, f"IMG_{number}.jpg", "image/jpeg", 4_000_000, 4000,
                 3000, print_of, _palette(luck), exif, day, "ready", 1)
            )  # fmt: skip


def _palette(luck: np.random.Generator) -> str:
    labs = luck.integers((10, -60, -60), (95, 60, 60), (4, 3)).tolist()
    amounts = (0.4, 0.3, 0.2, 0.1)
    swatches = [
        {"hex": "#808080", "amount": amount, "lab": lab}
        for amount, lab in zip(amounts, labs, strict=True)
    ]
    return json.dumps(swatches)


def _camera(chance: float) -> str:
    for name, share in CAMERAS.items():
        if chance < share:
            return name
        chance -= share
    return "other"


def _tags(
    db: psycopg.Connection,
    ids: NDArray[np.bytes_],
    tags: NDArray[np.int64],
    confidence: Floats,
) -> None:
    count = len(ids)
    columns = [("photo", "S16"), ("tag", ">i8"), ("owner", "S5"), ("sure", ">f4"), ("by", "S5")]
    row = np.dtype(_row(columns))  # type: ignore[arg-type]
    rows = np.zeros(count * TAGS, row)
    _lengths(rows, {"photo": 16, "tag": 8, "owner": 5, "sure": 4, "by": 5})
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


def _index(db: psycopg.Connection) -> dict[str, float]:
    seconds = {}
    started = time.perf_counter()
    db.execute("SELECT make_vector_indexes(%s, %s)", [MODEL, DIMENSIONS])
    seconds["HNSW of photos"] = time.perf_counter() - started
    started = time.perf_counter()
    ids = [one for (one,) in db.execute("SELECT photo_id FROM photo")]
    db.execute("ANALYZE")
    later = db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'photo_facts'"
        " AND indexname <> 'photo_facts_pkey'"
    ).fetchall()
    for name, _ in later:
        db.execute(f"DROP INDEX {name}".encode())
    for some in _slices(ids, 5000):
        db.execute("SELECT add_traits(%s)", [some])
        db.execute(SHOW, [some])
    seconds["facts of photos"] = time.perf_counter() - started
    started = time.perf_counter()
    for _, statement in later:
        db.execute(statement.encode())
    db.execute("INSERT INTO tag_use SELECT owner, tag_id, count(*) FROM photo_tag GROUP BY 1, 2")
    seconds["indexes of facts"] = time.perf_counter() - started
    return seconds


def _slices(ids: list[object], size: int) -> Iterator[list[object]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


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
