"""Brings every pixel format to opaque sRGB."""

import hashlib
import io
import math
from functools import lru_cache

from PIL import Image, ImageCms

MAX_PROFILE_BYTES = 4 * 2**20  # the largest printer profiles have 2 to 3 MB
PAPER = "white"  # what a transparent photo lies on
PROFILE_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}


class Normaliser:
    """Turns any mode into L, RGB or CMYK of 8 bits without alpha, the same way for each strip."""

    def __init__(self, photo: Image.Image) -> None:
        self._low, self._high = 0.0, 255.0
        if photo.mode in ("I", "F"):
            self._low, self._high = _range(photo)

    def __call__(self, image: Image.Image) -> Image.Image:
        if image.mode.startswith("I;16"):  # first: Pillow cannot make its rare transparency right
            return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        if image.has_transparency_data and image.mode != "I":
            return _on_paper(image)
        if image.mode in PROFILE_SPACES:
            return image
        if image.mode == "1":
            return image.convert("L")
        if image.mode in ("I", "F"):
            scale = 255 / (self._high - self._low)
            offset = -self._low * scale
            return image.point(lambda value: value * scale + offset).convert("L")
        return image.convert("RGB")


def _range(photo: Image.Image) -> tuple[float, float]:
    """Darkest and brightest of a photo whose numbers have no fixed meaning."""
    low, high = (float(end) for end in photo.getextrema() if isinstance(end, (int, float)))
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return 0.0, 255.0
    if low < 0:
        return low, high
    whites = (255.0, 65535.0) if photo.mode == "I" else (1.0, 255.0)
    return 0.0, next((white for white in whites if high <= white), high)


def _on_paper(image: Image.Image) -> Image.Image:
    opaque = image.convert("RGBA")
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(opaque, mask=opaque)
    return paper


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB; a profile that is broken or of another colour space is ignored."""
    if profile and len(profile) <= MAX_PROFILE_BYTES:
        try:
            transform = _transform(_Profile(profile), image.mode)
            if transform is not None:
                return transform.apply(image)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, KeyError):
            pass  # better a photo in slightly wrong colours than none
    return image if image.mode == "RGB" else image.convert("RGB")


class _Profile:
    """ICC bytes that compare by their digest: phones send the same few again and again."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.digest = hashlib.sha256(content).digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Profile) and other.digest == self.digest


@lru_cache(maxsize=4)
def _transform(profile: _Profile, mode: str) -> ImageCms.ImageCmsTransform | None:
    """How to get to sRGB; None when there is no way or nothing to do."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile.content))
    if source.profile.xcolor_space.strip() != PROFILE_SPACES[mode]:
        return None
    if "srgb" in (source.profile.profile_description or "").lower():
        return None
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.buildTransform(source, srgb, mode, "RGB")
