"""Photos that look the same: copies of the samples in other bytes, and photos of other things."""

import asyncio
import base64
import io
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageEnhance

from services.gateway.pixels import PixelPool, Pixels
from services.search.database import Db
from tests.search.conftest import db as db
from tests.search.photos import OWNER, ready, tag

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.jpg"))


def _scaled(share: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.resize(
        (round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS
    )


def _crop(image: Image.Image) -> Image.Image:
    x, y = round(image.width * 0.01), round(image.height * 0.01)
    return image.crop((x, y, image.width - x, image.height - y))


#: What becomes of a photo on its way through other programs: how, and in which format.
COPIES: Mapping[str, tuple[Callable[[Image.Image], Image.Image], str, int]] = {
    "original": (lambda image: image, "JPEG", 92),
    "recompressed": (lambda image: image, "JPEG", 45),
    "half as large": (_scaled(0.5), "JPEG", 85),
    "as WebP": (lambda image: image, "WEBP", 75),
    "a little brighter": (lambda i: ImageEnhance.Brightness(i).enhance(1.04), "JPEG", 88),
    "1 % cut off": (_crop, "JPEG", 88),
}
#: Of all pairs that are told, so many must be right; of the copies, so many must be found.
PRECISION, RECALL = 0.98, 0.9


async def _read(folder: Path) -> dict[tuple[str, str], Pixels]:
    pool = PixelPool(2, folder)
    await pool.start()
    try:
        found = {}
        for sample in SAMPLES:
            with Image.open(sample) as image:
                small = image.convert("RGB")
            small.thumbnail((640, 640))
            for copy, (change, form, quality) in COPIES.items():
                out = io.BytesIO()
                change(small).save(out, form, quality=quality)
                path = folder / f"{sample.stem} {copy}"
                path.write_bytes(out.getvalue())
                kind = "image/webp" if form == "WEBP" else "image/jpeg"
                found[sample.stem, copy] = await pool.read(path, kind)
        return found
    finally:
        await pool.close()


def test_copies_of_a_photo_are_grouped_and_other_photos_are_not(
    db: Db, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = asyncio.run(_read(tmp_path))
    sample_of: dict[UUID, tuple[str, str]] = {}
    with db.transaction():
        for (sample, copy), pixels in read.items():
            photo_id = ready(
                db,
                f"{sample} {copy}",
                tag("photo"),
                sha256=sha256(f"{sample} {copy}".encode()).hexdigest(),
                width=pixels.width,
                height=pixels.height,
                thumbhash=base64.b64encode(pixels.thumbhash).decode(),
                palette=list(pixels.palette),
            )
            sample_of[photo_id] = sample, copy
    pairs = db.execute(
        "SELECT photo_id, twin_id FROM photo_twin WHERE owner = %s", [OWNER]
    ).fetchall()
    right = [pair for pair in pairs if sample_of[pair[0]][0] == sample_of[pair[1]][0]]
    twins = {frozenset(pair) for pair in pairs}
    original = {sample: of for of, (sample, copy) in sample_of.items() if copy == "original"}
    found = {copy: 0 for copy in COPIES if copy != "original"}
    for photo_id, (sample, copy) in sample_of.items():
        if copy != "original":
            found[copy] += frozenset((original[sample], photo_id)) in twins
    with capsys.disabled():
        print(
            f"\nnear duplicates of {len(SAMPLES)} photos: {len(right)} of {len(pairs)} pairs right"
        )
        for copy, count in found.items():
            print(f"  {copy:<20}{count / len(SAMPLES):>6.2f} found")
    assert len(right) >= PRECISION * len(pairs)
    assert sum(found.values()) >= RECALL * len(SAMPLES) * len(found)
