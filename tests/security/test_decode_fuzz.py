"""Broken photos without end: each is read or refused, and no neighbour notices.

``IMGCAP_FUZZ_SECONDS`` says for how long; `make fuzz` takes ten minutes, and both cores.
"""

import asyncio
import io
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from services.gateway.pixels import PixelPool, Refusal, sniff
from tests.gateway.house import jpeg

SECONDS = float(os.environ.get("IMGCAP_FUZZ_SECONDS", "60"))
#: Beside other tests one core is enough.
ATTACKS = 2 if "IMGCAP_FUZZ_SECONDS" in os.environ else 1
SEED = int(os.environ.get("IMGCAP_FUZZ_SEED", "8"))
pytestmark = pytest.mark.timeout(SECONDS + 120)
#: Numbers that lengths, counts and sizes in a file like least.
ODD = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFE)


def seeds() -> Iterator[bytes]:
    """A small photo of every kind that we take."""
    pillow_heif.register_heif_opener()
    image = Image.effect_noise((96, 64), 60).convert("RGB")
    tags = Image.Exif()
    tags[0x010F], tags[0x0112] = "Maker", 6
    for form, more in (
        ("JPEG", {"exif": tags, "comment": b"words"}),
        ("JPEG", {"progressive": True}),
        ("PNG", {"exif": tags}),
        ("WEBP", {"exif": tags}),
        ("WEBP", {"lossless": True}),
        ("GIF", {"save_all": True, "append_images": [image.rotate(9)]}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("AVIF", {}),
        ("HEIF", {}),
    ):
        out = io.BytesIO()
        image.save(out, form, **more)
        yield out.getvalue()


def mutant(chance: random.Random, content: bytes) -> bytes:
    body = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        place = chance.randrange(len(body))
        match chance.randrange(6):
            case 0:
                body[place] ^= 1 << chance.randrange(8)
            case 1:
                body[place : place + 2] = chance.choice(ODD).to_bytes(
                    2, chance.choice(("big", "little"))
                )
            case 2:
                body[place : place + 4] = chance.choice(ODD).to_bytes(4, "big")
            case 3:
                del body[place : place + chance.randrange(1, 200)]
            case 4:
                piece = body[place : place + chance.randrange(1, 200)]
                body[place:place] = piece * chance.randrange(1, 4)
            case _:
                other = chance.randrange(len(body))
                body[place : place + 32] = body[other : other + 32]
        if not body:
            return b"\xff"
    # The head stays one that we would take, most of the time.
    if chance.random() < 0.8:
        body[:12] = content[:12]
    return bytes(body)


async def read_mutants(folder: Path) -> Counter[str]:
    chance, outcomes = random.Random(SEED), Counter[str]()
    kinds = list(seeds())
    innocent = folder / "innocent"
    innocent.write_bytes(jpeg())
    deadline = time.monotonic() + SECONDS

    async def attack(pool: PixelPool, number: int) -> None:
        path = folder / str(number)
        while time.monotonic() < deadline:
            content = mutant(chance, chance.choice(kinds))
            path.write_bytes(content)
            try:
                await pool.read(path, sniff(content[:64]))
                outcomes["read"] += 1
            except Refusal as refusal:
                outcomes[refusal.code] += 1

    async def neighbour(pool: PixelPool) -> None:
        while time.monotonic() < deadline:
            pixels = await pool.read(innocent, "image/jpeg")
            assert pixels.thumb
            outcomes["innocent"] += 1
            await asyncio.sleep(0.2)

    pool = PixelPool(ATTACKS + 1, folder)
    await pool.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            for number in range(ATTACKS):
                tasks.create_task(attack(pool, number))
            tasks.create_task(neighbour(pool))
        assert (await pool.read(innocent, "image/jpeg")).width > 0
    finally:
        await pool.close()
    return outcomes


def test_broken_photos_are_read_or_refused_and_harm_nobody(tmp_path: Path) -> None:
    outcomes = asyncio.run(read_mutants(tmp_path))
    print(dict(outcomes))
    assert outcomes["innocent"] >= 3
    assert outcomes["undecodable"] > 20
    assert outcomes["read"] > 20, "mutants must get past the head, or nothing was tried"
