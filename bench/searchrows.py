"""Photos of the benchmark as the gateway would have taken them in, and search's rows of them."""

import base64
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import orjson
import psycopg
from numpy.typing import NDArray

from services.common.api import Swatch
from services.search.evidence import SEEN
from services.search.swatches import packed

Floats = NDArray[np.float32]
OWNER = "local"
#: Cameras by how many photos were taken with them: the filters of the benchmark.
CAMERAS = {"leica m3": 0.001, "canon r5": 0.01, "nikon z6": 0.1, "fuji x100": 0.5}
OTHER = "other"
AMOUNTS = (0.4, 0.3, 0.2, 0.1)
CREATED = "2026-11-22 00:00:00+00"
#: Bytes of a thumbhash, and how many of its numbers the print of a photo takes.
THUMBHASH, LEVELS = 21, 16


@dataclass(frozen=True)
class Some:
    """Photos as cameras would have left them."""

    start: int
    ids: list[str]
    cameras: list[str]
    labs: NDArray[np.int64]  # photos x colours x L, a, b
    hashes: NDArray[np.uint8]

    def day(self, n: int) -> date:
        at = self.start + n
        return date(2005 + at % 20, at % 12 + 1, at % 28 + 1)

    def iso(self, n: int) -> int:
        return 100 << (self.start + n) % 7


def photos(luck: np.random.Generator, ids: NDArray[np.bytes_], start: int) -> Some:
    raw = ids.view(np.uint8).reshape(len(ids), 16)
    bounds = np.cumsum(list(CAMERAS.values()))
    names = [*CAMERAS, OTHER]
    return Some(
        start,
        [one.tobytes().hex() for one in raw],
        [names[n] for n in np.searchsorted(bounds, luck.random(len(ids)), side="right").tolist()],
        luck.integers((10, -60, -60), (95, 60, 60), (len(ids), len(AMOUNTS), 3)),
        luck.integers(0, 256, (len(ids), THUMBHASH), np.uint8),
    )


def copy_photos(db: psycopg.Connection, some: Some) -> None:
    def row(n: int, name: str, labs: list[list[int]]) -> str:
        palette = [
            Swatch(hex="#808080", amount=amount, lab=(lab[0], lab[1], lab[2]))
            for amount, lab in zip(AMOUNTS, labs, strict=True)
        ]
        exif = f'{{"camera_model": "{some.cameras[n]}", "iso": {some.iso(n)}}}'
        thumbhash = base64.b64encode(some.hashes[n].tobytes()).decode()
        return (
            f"{name}\t{OWNER}\t{name * 2}\tIMG_{some.start + n}.jpg\timage/jpeg\t4000000\t4000"
            f"\t3000\t{thumbhash}\t\\\\x{packed(palette).hex()}\t{exif}\t{some.day(n)} 12:00:00"
            f"\t{CREATED}\tready\t1\n"
        )

    labs = some.labs.tolist()
    _copy_text(
        db,
        "photo (photo_id, owner, sha256, filename, content_type, bytes, width, height,"
        " thumbhash, swatches, exif, taken_at, created_at, status, applied_generation)",
        (row(n, name, labs[n]) for n, name in enumerate(some.ids)),
    )


def copy_facts(
    db: psycopg.Connection, some: Some, tags: NDArray[np.int64], confidence: Floats
) -> None:
    """What the trigger would write, from what is known already; a test compares the two."""
    traits: dict[tuple[str, str], int] = {
        (kind, text): number
        for number, kind, text in db.execute("SELECT trait_id, kind, text FROM trait")
    }
    colours = db.execute("SELECT name, number FROM colour ORDER BY number").fetchall()
    shades = db.execute(
        "SELECT number, l, a, b FROM colour UNION ALL SELECT number, l, a, b FROM colour_shade"
    ).fetchall()
    weights, shares = _colours(
        some.labs, [np.array([lab for n, *lab in shades if n == number]) for _, number in colours]
    )
    bits = _print_bits(some.hashes)
    swatches = _swatches(some.labs)

    def row(n: int, name: str) -> str:
        has = {colours[k][0]: float(shares[n, k]) for k in np.flatnonzero(shares[n] >= 0.03)}
        day = some.day(n)
        said = _said(tags[n], confidence[n])
        also = (
            ("orientation", "landscape"), ("year", str(day.year)), ("camera", some.cameras[n]),
        )  # fmt: skip
        every = [
            *said,
            *((traits["colour", k], min(100, round(115 * v**0.5))) for k, v in has.items()),
            *((traits[trait], 100) for trait in also),
        ]
        seen = np.array(every, SEEN).tobytes().hex()
        facts = orjson.dumps(_facts(some, n, [tag for tag, _ in every], has)).decode()
        rare = {"name": f"img_{some.start + n}.jpg", "p": swatches[n]}
        vector = ",".join(f"{weight:.5g}" for weight in weights[n])
        keys = ",".join(map(str, _print_keys(bits[n])))
        return (
            f"{name}\t{OWNER}\t\\\\x{seen}\t{facts}\t{orjson.dumps(rare).decode()}"
            f"\t'img':1 '{some.start + n}':2\t[{vector}]\t{bits[n]}\t{{{keys}}}\t{day} 12:00:00\n"
        )

    _copy_text(
        db,
        "photo_facts (photo_id, owner, seen, facts, rare, words, colours, print_bits,"
        " print_keys, at)",
        (row(n, name) for n, name in enumerate(some.ids)),
    )


def _copy_text(db: psycopg.Connection, table: str, rows: Iterable[str]) -> None:
    with db.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for block in _blocks(rows):
            copy.write(block)


def _blocks(rows: Iterable[str], size: int = 500) -> Iterator[str]:
    block: list[str] = []
    for row in rows:
        block.append(row)
        if len(block) == size:
            yield "".join(block)
            block = []
    yield "".join(block)


def _said(tags: NDArray[np.int64], confidence: Floats) -> list[tuple[int, int]]:
    """A word is said once of a photo: by whoever said it first."""
    percents = (100 * confidence).round().astype(np.int64)
    first = dict(zip(tags[::-1].tolist(), percents[::-1].tolist(), strict=True))
    return sorted(first.items())


def _facts(some: Some, n: int, tags: list[int], has: dict[str, float]) -> dict[str, Any]:
    day, iso = some.day(n), some.iso(n)
    return {
        "t": tags, "d": int(f"{day:%Y%m%d}"), "y": day.year, "m": day.month,
        "ym": int(f"{day:%Y%m}"), "hour": 12, "u": int(CREATED[:10].replace("-", "")),
        "w": 4000, "h": 3000, "r": 1.333, "mp": 12.0, "cam": some.cameras[n], "iso": iso,
        "by": [OWNER], "status": "ready", "o": "landscape",
        "k": {name: round(amount * 100) for name, amount in has.items()},
        "b": [code * 1000 + 500 + math.floor(2 * math.log2(value))
              for code, value in ((1, iso), (5, 4000), (6, 3000), (7, 12))],
    }  # fmt: skip


def _colours(
    labs: NDArray[np.int64], shades: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each photo the vector of named colours, and the share of its pixels near each."""
    far = np.stack([_farness(labs, places) for places in shades], axis=2)
    near = np.exp(-((far / 18) ** 2)) + 1e-12
    amounts = np.array(AMOUNTS)[None, :, None]
    weights = np.sqrt((amounts * near / near.sum(axis=2, keepdims=True)).sum(axis=1))
    nearest = far.argmin(axis=2)[:, :, None] == np.arange(len(shades))
    return weights, (amounts * (nearest | (far < 12))).sum(axis=1)


def _farness(labs: NDArray[np.int64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the nearest of some places."""
    apart = (labs[:, :, None] - places) * (0.7, 1, 1)
    far: NDArray[np.float64] = np.sqrt((apart**2).sum(axis=3)).min(axis=2)
    return far


def _swatches(labs: NDArray[np.int64]) -> list[list[int]]:
    amounts = np.array([round(amount * 100) for amount in AMOUNTS])
    light, a, b = labs[..., 0], labs[..., 1], labs[..., 2]
    numbers: list[list[int]] = (((amounts * 128 + light) * 256 + a + 128) * 256 + b + 128).tolist()
    return numbers


def _print_bits(hashes: NDArray[np.uint8]) -> list[str]:
    pairs = hashes[:, 5 : 5 + LEVELS // 2]
    levels = np.stack([pairs & 15, pairs >> 4], axis=2).reshape(len(hashes), LEVELS)
    bits = np.stack([levels > 4, levels > 7, levels > 11], axis=2).reshape(len(hashes), -1)
    digits = (bits + ord("0")).astype(np.uint8)
    return [row.tobytes().decode() for row in digits]


def _print_keys(bits: str) -> list[int]:
    shape = (round(math.log(4 / 3) * 12) & 255) << 16
    return [(n << 24) + shape + int(bits[n * 16 : n * 16 + 16], 2) for n in range(3)]
