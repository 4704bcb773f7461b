"""Photos that are strange but sound: each must be taken, upright and in its right colours."""

import struct
import zlib
from collections.abc import Iterator

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

from tests.gateway.pixels.craft import (
    QUADRANTS,
    STORED,
    chunk,
    claiming,
    exif,
    noise,
    png,
    quadrants,
    saved,
    segment,
    with_exif,
    with_scans,
    with_segments,
)

Sound = tuple[str, bytes]
ORIENTATION = 0x0112


def turned(orientation: int, form: str) -> bytes:
    """A file whose pixels lie on their side, with the tag that says so."""
    photo = quadrants()
    if orientation in STORED:
        photo = photo.transpose(STORED[orientation])
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    if form == "HEIF":  # its encoder turns the tag of the photo itself into ``irot``
        photo.info["exif"] = tags.tobytes()
        return saved(photo, form, quality=90)
    return saved(photo, form, exif=tags)


def orientations() -> Iterator[Sound]:
    for orientation in range(1, 9):
        yield f"jpeg-orientation-{orientation}", turned(orientation, "JPEG")
    for orientation in (3, 5, 6, 7, 8):
        yield f"png-orientation-{orientation}", turned(orientation, "PNG")
    for form in ("WEBP", "TIFF", "AVIF"):
        yield f"{form.lower()}-orientation-6", turned(6, form)
        yield f"{form.lower()}-orientation-5", turned(5, form)
    for name, value in (("0", 0), ("9", 9), ("65535", 65535)):
        block = exif([(ORIENTATION, 3, 1, struct.pack("<H", value))])
        yield f"jpeg-orientation-{name}", with_exif(saved(quadrants(), "JPEG"), block)
    words = exif([(ORIENTATION, 2, 4, b"six\0")])
    yield "jpeg-orientation-in-words", with_exif(saved(quadrants(), "JPEG"), words)


def heics() -> Iterator[Sound]:
    pillow_heif.register_heif_opener()
    upright = saved(quadrants(), "HEIF", quality=90)
    yield "heic", upright
    for orientation in (3, 6, 8):  # the encoder writes these as ``irot``
        content = turned(orientation, "HEIF")
        assert b"irot" in content
        yield f"heic-orientation-{orientation}", content
    # A tag without ``irot``: the standard says that the tag has no meaning then.
    tags = Image.Exif()
    tags[ORIENTATION] = 1
    plain = saved(quadrants(), "HEIF", exif=tags)
    entry = struct.pack(">HHIH", ORIENTATION, 3, 1, 1)
    assert plain.count(entry) == 1
    yield "heic-tag-without-irot", plain.replace(entry, entry[:-1] + b"\x06")
    photo = quadrants()
    photo.putalpha(255)
    yield "heic-alpha", saved(photo, "HEIF", quality=90)
    yield "heic-two", saved(quadrants(), "HEIF", save_all=True, append_images=[noise(32, 32)])


def modes() -> Iterator[Sound]:
    photo = quadrants()
    for mode in ("RGB", "RGBA", "P"):
        yield f"png-{mode.lower()}", saved(photo.convert(mode), "PNG")
    clear = photo.convert("P", palette=Image.Palette.ADAPTIVE)
    yield "png-palette-transparent", saved(clear, "PNG", transparency=bytes([255] * 250))
    yield "png-rgb-transparent", saved(photo, "PNG", transparency=(1, 2, 3))
    yield "png-16-bit-rgb", png_16_bit_rgb()
    for compression in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg"):
        yield f"tiff-{compression}", saved(photo, "TIFF", compression=compression)
    yield "tiff-cmyk", saved(photo.convert("CMYK"), "TIFF")
    yield "tiff-ycbcr", saved(photo.convert("YCbCr"), "TIFF", compression="jpeg")
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    yield "tiff-lab", saved(to_lab.apply(photo), "TIFF")
    yield "tiff-big", saved(photo, "TIFF", big_tiff=True)
    yield "tiff-pages", saved(photo, "TIFF", save_all=True, append_images=[noise(32, 32)] * 3)
    yield "jpeg-cmyk-adobe", saved(photo.convert("CMYK"), "JPEG", quality=95)
    yield "gif", saved(photo.quantize(8), "GIF")
    yield "webp", saved(photo, "WEBP")
    yield "webp-lossless-alpha", saved(photo.convert("RGBA"), "WEBP", lossless=True)
    yield "avif", saved(photo, "AVIF")
    yield "avif-alpha", saved(photo.convert("RGBA"), "AVIF")


def png_16_bit_rgb() -> bytes:
    """Pillow reads these but cannot write one."""
    width, height = 96, 64
    rows = b""
    for y in range(height):
        row = [QUADRANTS[2 * (y >= height // 2) + (x >= width // 2)] for x in range(width)]
        rows += b"\0" + b"".join(bytes([c, c]) for colour in row for c in colour)
    whole = png(width, height, bits=16, colour=2, rows=0)
    start, end = whole.index(b"IDAT") - 4, whole.index(b"IEND") - 4
    return whole[:start] + chunk(b"IDAT", zlib.compress(rows)) + whole[end:]


def moving() -> Iterator[Sound]:
    photo, later = quadrants(), [Image.new("RGB", (96, 64), "black")] * 3
    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        content = saved(photo, form, save_all=True, append_images=later, duration=100)
        yield f"{form.lower()}-animated", content
    second = [Image.new("RGB", (96, 64), "black")]
    yield "jpeg-mpo", saved(photo, "MPO", save_all=True, append_images=second)
    jpeg = saved(photo, "JPEG")
    yield "jpeg-mpo-damaged", with_segments(jpeg, [segment(0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff")])
    yield "jpeg-with-a-video-behind", jpeg + b"\0\0\0\x18ftypmp42" + b"\xff\xda" * 100_000


def jpegs() -> Iterator[Sound]:
    photo = quadrants()
    yield "jpeg", saved(photo, "JPEG")
    yield "jpeg-progressive", saved(photo, "JPEG", progressive=True)
    yield "jpeg-restarts", saved(photo, "JPEG", restart_marker_blocks=2)
    yield "jpeg-4-4-4", saved(photo, "JPEG", subsampling="4:4:4")
    yield "jpeg-some-more-scans", with_scans(saved(photo, "JPEG", progressive=True), 200)
    yield "jpeg-fill-bytes", with_segments(saved(photo, "JPEG"), [b"\xff" * 64])
    yield "jpeg-broken-profile", saved(photo, "JPEG", icc_profile=b"not a profile" * 99)
    yield "jpeg-huge-profile", saved(photo, "JPEG", icc_profile=bytes(6 * 2**20))
    yield "jpeg-srgb-profile", saved(photo, "JPEG", icc_profile=srgb())
    yield (
        "jpeg-grey-profile-on-rgb",
        saved(photo, "JPEG", icc_profile=srgb().replace(b"RGB ", b"GRAY")),
    )
    yield "jpeg-24-megapixels", saved(quadrants(6000, 4000), "JPEG")
    yield "jpeg-60-megapixels", saved(quadrants(8944, 6708), "JPEG")
    yield "jpeg-progressive-48-megapixels", saved(quadrants(8000, 6000), "JPEG", progressive=True)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def polyglots() -> Iterator[Sound]:
    jpeg = saved(quadrants(), "JPEG", comment=b"<script>alert(1)</script>")
    yield "jpeg-comment-script", jpeg
    yield "jpeg-and-zip", jpeg + b"PK\x03\x04" + bytes(64) + b"PK\x05\x06" + bytes(18)
    yield "jpeg-and-php", jpeg + b"<?php system($_GET[0]); ?>"
    yield "png-and-html", saved(quadrants(), "PNG") + b"<html><script>alert(1)</script>"
    yield "gif-and-js", saved(quadrants().quantize(8), "GIF") + b"*/=1;alert(1)//"
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "<img onerror=alert(1)>")
    yield "png-text-script", saved(quadrants(), "PNG", pnginfo=words)
    whole = saved(quadrants(), "PNG")
    yield "png-odd-chunk", whole[:33] + chunk(b"quIx", bytes(1000)) + whole[33:]


def greys() -> Iterator[Sound]:
    """Right in lightness only."""
    grey = quadrants().convert("L")
    deep = grey.convert("I").point(lambda value: value * 257)
    yield "png-l", saved(grey, "PNG")
    yield "png-la", saved(grey.convert("LA"), "PNG")
    yield "png-l-transparent", saved(grey, "PNG", transparency=3)
    yield "png-16-bit", saved(deep.convert("I;16"), "PNG")
    yield "png-16-bit-transparent", with_16_bit_transparency(saved(deep.convert("I;16"), "PNG"))
    yield "tiff-16-bit", saved(deep.convert("I;16"), "TIFF")
    yield "tiff-16-bit-big-endian", saved(deep.convert("I;16B"), "TIFF")
    yield "tiff-32-bit", saved(deep, "TIFF")
    yield "tiff-float", saved(grey.convert("F").point(lambda value: value / 255 + 0.0), "TIFF")
    yield "tiff-float-255", saved(grey.convert("F"), "TIFF")
    yield "jpeg-grey", saved(grey, "JPEG")
    yield "avif-grey", saved(grey, "AVIF")


def with_16_bit_transparency(whole: bytes) -> bytes:
    at = whole.index(b"IDAT") - 4
    return whole[:at] + chunk(b"tRNS", b"\x12\x34") + whole[at:]


def plain() -> Iterator[Sound]:
    """Sound, with nothing to see in them."""
    dots = quadrants().convert("1")
    yield "png-1-bit", saved(dots, "PNG")
    yield "tiff-1-bit-fax", saved(dots, "TIFF", compression="group4")
    yield "gif-1-bit", saved(dots, "GIF")
    for form in ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF"):
        yield f"{form.lower()}-one-pixel", saved(Image.new("RGB", (1, 1), "teal"), form)
    yield "png-2-bit", png(40, 40, bits=2)
    yield "png-side-30000", png(30_000, 1)
    yield "png-30000-x-2000", png(30_000, 2000, bits=1)
    yield "png-60-megapixels", png(8944, 6708, colour=2)
    yield "jpeg-side-30000", saved(Image.new("L", (40, 30_000), 99), "JPEG")
    yield "gif-16-megapixels-60-frames", gif_frames(4000, 4000, 60)
    yield "gif-frame-outside", gif_frame_outside()
    yield "png-rows-missing", png(500, 500, rows=3)  # black to Pillow, as in every browser
    # libjpeg paints what is missing grey when the file has an end.
    yield "jpeg-claims-7000-x-7000", claiming(saved(quadrants(), "JPEG"), 7000, 7000)
    yield "jpeg-bits-flipped", bits_flipped(saved(noise(256, 256), "JPEG"))
    truth = with_scans(saved(Image.new("L", (4000, 3000), 77), "JPEG", progressive=True), 50)
    yield "jpeg-12-megapixels-50-scans", truth


def bits_flipped(jpeg: bytes) -> bytes:
    """Damage in the compressed stream: libjpeg goes on, and so do we."""
    at = len(jpeg) // 2
    return jpeg[:at] + bytes(byte ^ 0x11 for byte in jpeg[at : at + 40]) + jpeg[at + 40 :]


def gif_frames(width: int, height: int, frames: int) -> bytes:
    """One real frame, sent many times: only the first is ever decoded."""
    whole = saved(Image.new("P", (width, height)), "GIF")
    start = whole.index(b",\0\0\0\0")
    return whole[:start] + whole[start:-1] * frames + b";"


def gif_frame_outside() -> bytes:
    whole = saved(Image.new("P", (50, 50)), "GIF")
    at = whole.index(b",\0\0\0\0") + 1
    return whole[:at] + struct.pack("<HH", 500, 500) + whole[at + 4 :]
