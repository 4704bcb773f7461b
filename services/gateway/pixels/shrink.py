"""Makes a decoded photo small before anything else is done to it, a strip at a time: a copy of 60
megapixels in another mode would be 240 MB more.
"""

from PIL import Image

from services.gateway.pixels.colour import Normaliser
from services.gateway.pixels.sizes import display_plan

STRIP_PIXELS = 2_000_000


def shrink(photo: Image.Image) -> Image.Image:
    """The photo near ``display`` size, opaque, in mode L, RGB or CMYK."""
    plan = display_plan(*photo.size)
    flatten = Normaliser(photo)
    image = flatten(photo) if plan.divisor == 1 else _reduced(photo, plan.divisor, flatten)
    if image.size != plan.size:
        # Half the work of Lanczos, and no visible difference at such small steps.
        image = image.resize(plan.size, Image.Resampling.HAMMING)
    return image


def _reduced(photo: Image.Image, divisor: int, flatten: Normaliser) -> Image.Image:
    width, height = photo.size
    rows = max(1, STRIP_PIXELS // (width * divisor)) * divisor
    strips = (
        flatten(photo.crop((0, top, width, min(top + rows, height)))).reduce(divisor)
        for top in range(0, height, rows)
    )
    first = next(strips)
    whole = Image.new(first.mode, (first.width, -(-height // divisor)))
    whole.paste(first, (0, 0))
    for number, strip in enumerate(strips, start=1):
        whole.paste(strip, (0, number * rows // divisor))
    return whole
