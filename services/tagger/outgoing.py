"""The photo that leaves the house: small, made anew from its pixels, with nothing else in it."""

import io
from dataclasses import dataclass

from PIL import Image

from services.common.errors import Refuse
from services.tagger.local.pixels import MOST_PIXELS

QUALITY = 82


@dataclass(frozen=True)
class Outgoing:
    jpeg: bytes
    width: int
    height: int


def outgoing(photo: bytes, side: int, *, narrowest: int = 1) -> Outgoing:
    """At most ``side`` pixels long; longer only where the short side must have ``narrowest``.

    Raises ``Refuse`` when the bytes are not a photo.
    """
    try:
        with Image.open(io.BytesIO(photo)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refuse("too many pixels", code="too-many-pixels")
            image.draft("RGB", (side, side))
            pixels = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refuse(f"cannot decode the photo: {error}", code="undecodable") from error
    size = fitting(pixels.width, pixels.height, side, narrowest)
    small = pixels.resize(size, Image.Resampling.LANCZOS) if size != pixels.size else pixels
    # From bare pixels: comments, profiles and all else that Pillow carries along stay behind.
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    stream = io.BytesIO()
    bare.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return Outgoing(stream.getvalue(), *bare.size)


def size_of(photo: bytes) -> tuple[int, int]:
    """Raises ``Refuse`` when the bytes are not a photo."""
    try:
        with Image.open(io.BytesIO(photo)) as image:
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refuse(f"cannot decode the photo: {error}", code="undecodable") from error


def fitting(width: int, height: int, side: int, narrowest: int = 1) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    if narrowest > 1:
        scale = max(scale, narrowest / min(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))
