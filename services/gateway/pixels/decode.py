"""Turns any photo file into its first picture, upright, sRGB, near 2000 pixels. Hostile files
are expected: this runs in a child process (see ``cage``) and may raise anything.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import AvifImagePlugin, GifImagePlugin, Image, ImageFile, TiffImagePlugin, WebPImagePlugin
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from services.gateway.pixels.colour import to_srgb
from services.gateway.pixels.exif import Kept, read_exif
from services.gateway.pixels.limits import MAX_PIXELS, check_size
from services.gateway.pixels.refusal import Refusal
from services.gateway.pixels.scans import check_scans
from services.gateway.pixels.shrink import shrink
from services.gateway.pixels.sizes import dct_divisor
from services.gateway.pixels.sniff import CONTENT_TYPES, SNIFF_BYTES, sniff
from services.gateway.pixels.webp import webp_size

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Raw files are TIFFs whose first picture is a preview; made into a photo they would disappoint.
NEW_SUBFILE_TYPE, REDUCED_COPY, DNG_VERSION, SUB_IFDS = 254, 1, 50706, 330
PLUGINS = (GifImagePlugin, WebPImagePlugin)  # imported = registered


@dataclass(frozen=True)
class Decoded:
    """A photo near ``display`` size, upright, RGB; its full upright sides; what the camera said."""

    image: Image.Image
    width: int
    height: int
    exif: Kept


def prepare_pillow() -> None:
    """Set Pillow's own limits. Only the child calls this: they are global."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    # Without Pillow's MPO reader: it fails in odd ways, and the first picture is all we want.
    Image.register_open("JPEG", JpegImageFile, lambda head: head[:3] == b"\xff\xd8\xff")
    warnings.simplefilter("error")
    # Pillow warns with UserWarning about metadata that it leaves out, and so do we.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


def decode(path: Path, content_type: str, *, gps: bool) -> Decoded:
    """Read the photo. Raises ``Refusal`` for what we know, anything for what we do not."""
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
        if sniff(head) != content_type:
            raise Refusal("unsupported-type", "The file is not what its sender says.")
        if content_type == "image/webp":
            check_size(*webp_size(head), content_type)
        file.seek(0)
        with Image.open(file, formats=[_format(content_type)]) as photo:
            check_size(*photo.size, content_type)
            return _decode(photo, path, gps=gps)


def _format(content_type: str) -> str:
    if content_type == "image/heic":  # imported late: 10 MB that most children never need
        from pillow_heif import register_heif_opener

        register_heif_opener(
            decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
        )
    return CONTENT_TYPES[content_type]


def _decode(photo: ImageFile.ImageFile, path: Path, *, gps: bool) -> Decoded:
    width, height = photo.size
    if isinstance(photo, JpegImageFile):
        check_scans(path, width * height)
        divisor = dct_divisor(width, height)
        photo.draft(None, (max(1, width // divisor), max(1, height // divisor)))
    elif isinstance(photo, TiffImagePlugin.TiffImageFile):
        refuse_raw(photo)
    elif isinstance(photo, PngImageFile):
        photo.load()  # its EXIF may come last; asking for it would load, and swallow what is wrong
    exif, orientation = read_exif(photo, gps=gps)  # a TIFF can no longer be asked once it is loaded
    photo.load()
    if not isinstance(photo, JpegImageFile):
        width, height = photo.size  # a HEIC may only know its size now, and Pillow turns a TIFF
        check_size(width, height)
    if isinstance(photo, TiffImagePlugin.TiffImageFile):
        orientation = 1
    profile = photo.info.get("icc_profile")
    image = to_srgb(shrink(photo), profile if isinstance(profile, bytes) else None)
    image = image.transpose(TURNS[orientation]) if orientation in TURNS else image.copy()
    image.info = {}  # nothing that came with the pixels may get into a derivative
    if orientation >= 5:
        width, height = height, width
    return Decoded(image, width, height, exif)


def refuse_raw(photo: TiffImagePlugin.TiffImageFile) -> None:
    tags = photo.tag_v2
    preview_first = tags.get(NEW_SUBFILE_TYPE) == REDUCED_COPY and SUB_IFDS in tags
    if DNG_VERSION in tags or preview_first:
        raise Refusal("unsupported-type", "Camera raw files are not supported.")


def refusal_of(error: BaseException) -> Refusal:
    """The one refusal that stands for whatever a decoder may raise."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return Refusal(
            "too-many-pixels", f"A photo may have at most {MAX_PIXELS // 1_000_000} megapixels."
        )
    text = str(error).lower()
    if isinstance(error, MemoryError) or "out of memory" in text or "memory alloc" in text:
        return Refusal("out-of-memory")
    return Refusal("undecodable")
