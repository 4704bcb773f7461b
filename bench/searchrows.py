"""Photos of the benchmark as the gateway would have taken them in, and search's rows of them."""

import base64
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

Floats = NDArray[np.float32]
OWNER = "local"
#: Cameras by how many photos were taken with them: the filters of the benchmark.
CAMERAS = {"leica m3": 0.001, "canon r5": 0.01, "nikon z6": 0.1, "fuji x100": 0.5}
AMOUNTS = (0.4, 0.3, 0.2, 0.1)
CREATED = "2026-11-22 00:00:00+00"


@dataclass(frozen=True)
class Made:
    """One photo as a camera would have left it."""

    number: int
    id: str
    camera: str
    iso: int
    day: date
    thumbhash: str
    palette: list[dict[str, Any]]

    @property
    def name(self) -> str:
        return f"IMG_{self.number}.jpg"


def photos(luck: np.random.Generator, ids: NDArray[np.bytes_], start: int) -> Iterator[Made]:
    raw = ids.view(np.uint8).reshape(len(ids), 16)
    camera = luck.random(len(ids))
    labs = luck.integers((10, -60, -60), (95, 60, 60), (len(ids), len(AMOUNTS), 3)).tolist()
    for number, (name, chance) in enumerate(zip(raw, camera, strict=True)):
        palette = [
            {"hex": "#808080", "amount": amount, "lab": lab}
            for amount, lab in zip(AMOUNTS, labs[number], strict=True)
        ]
        at = start + number
        day = date(2005 + at % 20, at % 12 + 1, at % 28 + 1)
        print_of = base64.b64encode(os.urandom(21)).decode()
        iso = 100 * 2 ** (at % 7)
        yield Made(at, name.tobytes().hex(), _camera(float(chance)), iso, day, print_of, palette)


def copy_photos(db: psycopg.Connection, made: list[Made]) -> None:
    with db.cursor().copy(
        "COPY photo (photo_id, owner, sha256, filename, content_type, bytes, width, height,"
        " thumbhash, palette, exif, taken_at, created_at, status, applied_generation) FROM STDIN"
    ) as copy:
        for one in made:
            exif = f'{{"camera_model": "{one.camera}", "iso": {one.iso}}}'
            copy.write_row(
                (one.id, OWNER, one.id * 2, one.name, "image/jpeg", 4_000_000, 4000, 3000,
                 one.thumbhash, json.dumps(one.palette), exif, f"{one.day} 12:00:00", CREATED,
                 "ready", 1)
            )  # fmt: skip


def copy_facts(
    db: psycopg.Connection, made: list[Made], tags: NDArray[np.int64], confidence: Floats
) -> None:
    """What the trigger would write, from what is known already; a test compares the two."""
    traits: dict[tuple[str, str], int] = {
        (kind, text): number
        for number, kind, text in db.execute("SELECT trait_id, kind, text FROM trait")
    }
    colours = db.execute("SELECT name, l, a, b FROM colour ORDER BY number").fetchall()
    names = [name for name, *_ in colours]
    places = np.array([place for _, *place in colours])
    labs = np.array([[swatch["lab"] for swatch in one.palette] for one in made], np.float64)
    far = np.sqrt((((labs[:, :, None] - places) * (0.7, 1, 1)) ** 2).sum(axis=3))
    near = np.exp(-((far / 18) ** 2)) + 1e-12
    amounts = np.array(AMOUNTS)[None, :, None]
    weights = np.sqrt((amounts * near / near.sum(axis=2, keepdims=True)).sum(axis=1))
    nearest = far.argmin(axis=2)[:, :, None] == np.arange(len(names))
    shares = (amounts * (nearest | (far < 12))).sum(axis=1)
    with db.cursor().copy(
        "COPY photo_facts (photo_id, owner, tags, sure, facts, words, composition, colours,"
        " print_bits, print_keys, at, mood) FROM STDIN"
    ) as copy:
        for row, one in enumerate(made):
            some = dict(zip(tags[row].tolist()[::-1], confidence[row].tolist()[::-1], strict=True))
            said = [(tag, round(sure * 100)) for tag, sure in sorted(some.items())]
            has = {names[n]: float(shares[row, n]) for n in np.flatnonzero(shares[row] >= 0.03)}
            extra = [
                (traits["colour", name], min(100, round(115 * amount**0.5)))
                for name, amount in has.items()
            ]
            for kind, text in (
                ("orientation", "landscape"), ("year", str(one.day.year)), ("camera", one.camera),
            ):  # fmt: skip
                extra.append((traits[kind, text], 100))
            every = [*said, *extra]
            copy.write_row(
                (
                    one.id,
                    OWNER,
                    [tag for tag, _ in every],
                    [sure for _, sure in every],
                    json.dumps(_fact(one, every, said, has)),
                    f"'img':1 '{one.number}':2",
                    None,
                    "[" + ",".join(f"{weight:.5g}" for weight in weights[row]) + "]",
                    (bits := _print_bits(one.thumbhash)),
                    _print_keys(bits),
                    f"{one.day} 12:00:00",
                    None,
                )
            )


def _fact(
    one: Made,
    every: list[tuple[int, int]],
    said: list[tuple[int, int]],
    has: dict[str, float],
) -> dict[str, Any]:
    day = one.day
    return {
        "t": [tag for tag, _ in every],
        "c": f" {' '.join(f'{tag}={sure}' for tag, sure in said)} ",
        "d": int(f"{day:%Y%m%d}"), "y": day.year, "m": day.month, "ym": int(f"{day:%Y%m}"),
        "hour": 12, "u": int(CREATED[:10].replace("-", "")), "w": 4000, "h": 3000, "r": 1.333,
        "mp": 12.0, "cam": one.camera, "iso": one.iso, "name": one.name.lower(), "by": [OWNER],
        "status": "ready", "o": "landscape",
        "k": {name: round(amount * 100) for name, amount in has.items()},
        "p": [_swatch(one) for one in one.palette],
        "b": [code * 1000 + 500 + math.floor(2 * math.log2(value))
              for code, value in ((1, one.iso), (5, 4000), (6, 3000), (7, 12))],
    }  # fmt: skip


def _swatch(swatch: dict[str, Any]) -> int:
    light, a, b = swatch["lab"]
    amount = round(swatch["amount"] * 100)
    return int(((amount * 128 + light) * 256 + a + 128) * 256 + b + 128)


def _print_bits(thumbhash: str) -> str:
    raw = base64.b64decode(thumbhash)
    levels = [(raw[5 + n // 2] >> (4 * (n % 2))) & 15 for n in range(16)]
    return "".join(f"{level > 4:d}{level > 7:d}{level > 11:d}" for level in levels)


def _print_keys(bits: str) -> list[int]:
    shape = (round(math.log(4 / 3) * 12) & 255) << 16
    return [(n << 24) + shape + int(bits[n * 16 : n * 16 + 16], 2) for n in range(3)]


def _camera(chance: float) -> str:
    for name, share in CAMERAS.items():
        if chance < share:
            return name
        chance -= share
    return "other"
