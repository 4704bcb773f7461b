"""A photo as arrays: decoded once, small, and shared by all who look at it."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from services.common.errors import Refuse

Array = NDArray[Any]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

#: Long side in pixels of the copy that is looked at. Composition survives it, fine texture goes.
SIDE = 640
#: A display copy is near 4 megapixels; whatever is far above was not made by us.
MOST_PIXELS = 60_000_000
#: Grey levels between the darkest and the brightest pixel of a row that is a border.
FLAT = 6


@dataclass(frozen=True)
class Picture:
    """RGB, about ``SIDE`` on its long side, and the views of it that several detectors use."""

    rgb: Bytes

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @cached_property
    def gray(self) -> Bytes:
        return np.asarray(cv2.cvtColor(self.rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)

    @cached_property
    def lab(self) -> Floats:
        """CIE L*a*b* of a quarter of the pixels: L 0..100, a and b about -100..100."""
        small = shrink(self.rgb, SIDE // 2).astype(np.float32) / 255
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), dtype=np.float32)


def decode(photo: bytes, side: int = SIDE) -> Picture:
    """Raises ``Refuse`` when the bytes are not a photo."""
    try:
        with Image.open(io.BytesIO(photo)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refuse("too many pixels", code="too-many-pixels")
            image.draft("RGB", (side, side))  # a JPEG is decoded at a half or a quarter
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refuse(f"cannot decode the photo: {error}", code="undecodable") from error
    return Picture(shrink(np.asarray(upright, dtype=np.uint8), side))


def shrink(pixels: Array, side: int) -> Array:
    """The same array with at most ``side`` pixels on its long side."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def trim(gray: Bytes) -> tuple[Bytes, tuple[float, float, float, float]]:
    """Without uniform borders, and the box (0..1) of what is left."""
    height, width = gray.shape
    rows = _inside(gray.max(axis=1).astype(int) - gray.min(axis=1))
    columns = _inside(gray.max(axis=0).astype(int) - gray.min(axis=0))
    box = (
        columns.start / width,
        rows.start / height,
        (columns.stop - columns.start) / width,
        (rows.stop - rows.start) / height,
    )
    return gray[rows, columns], box


def _inside(spans: Array) -> slice:
    """Where the first and the last row that are not one flat colour lie; never half the photo."""
    most = len(spans) // 5
    flat = spans < FLAT
    start = int(np.argmin(flat[:most])) if not flat[:most].all() else most
    end = int(np.argmin(flat[::-1][:most])) if not flat[::-1][:most].all() else most
    if most in (start, end):  # a plain backdrop, not a border
        return slice(0, len(spans))
    return slice(start, len(spans) - end)
