"""Makes what the gallery shows from a decoded photo: display, thumb and the blurred placeholder."""

import io

import thumbhash
from PIL import Image

from services.gateway.pixels.sizes import THUMB_SIDE, within

DISPLAY_QUALITY = 82
THUMB_QUALITY = 80
THUMB_METHOD = 2  # libwebp: 4 takes twice as long for 1 % fewer bytes
# The hash keeps 7 x 7 waves at most: 24 pixels say as much as 100, in a fifteenth of the time.
PLACEHOLDER_SIDE = 24
THUMB_GAP = 2.0  # resize by averaging down to twice the target first


def display_of(image: Image.Image) -> bytes:
    return _encoded(image, "JPEG", quality=DISPLAY_QUALITY)


def thumb_of(image: Image.Image) -> Image.Image:
    """The photo at ``thumb`` size."""
    size = within(THUMB_SIDE, *image.size)
    if image.size == size:
        return image
    divisor, rest = divmod(max(image.size), THUMB_SIDE)
    if rest == 0:
        return image.reduce(divisor)
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=THUMB_GAP)


def thumb_bytes(thumb: Image.Image) -> bytes:
    return _encoded(thumb, "WEBP", quality=THUMB_QUALITY, method=THUMB_METHOD)


def placeholder_of(thumb: Image.Image) -> bytes:
    """A thumbhash: about 25 bytes that a browser paints until the thumb is there."""
    size = within(PLACEHOLDER_SIDE, *thumb.size)
    small = thumb.resize(size, Image.Resampling.HAMMING).convert("RGBA")
    return bytes(thumbhash.rgba_to_thumb_hash(small.width, small.height, list(small.tobytes())))


def _encoded(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
