"""Files that must be refused, with the code for each, and metadata that must be dropped."""

import struct
import zlib
from collections.abc import Iterator

import pillow_heif
from PIL import Image

from tests.gateway.pixels.craft import (
    Entry,
    box,
    chunk,
    claiming,
    exif,
    flipped,
    frame_of,
    noise,
    png,
    quadrants,
    saved,
    segment,
    with_exif,
    with_scans,
    with_segments,
)

Bad = tuple[str, bytes, str]
UNSUPPORTED, UNDECODABLE = "unsupported-type", "undecodable"
PIXELS, SIDE = "too-many-pixels", "too-long-side"

STRANGERS = {
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (w) file",
    "eps-binary": b"\xc5\xd0\xd3\xc6" + bytes(40),
    "zip": b"PK\x03\x04" + bytes(60),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "exe": b"MZ" + bytes(60),
    "shell": b"#!/bin/sh\nid\n",
    "bmp": saved(Image.new("RGB", (4, 4)), "BMP"),
    "ico": saved(Image.new("RGB", (16, 16)), "ICO"),
    "icns": b"icns" + bytes(60),
    "psd": b"8BPS\0\x01" + bytes(60),
    "fits": b"SIMPLE  =                    T" + bytes(60),
    "ppm": b"P6 4 4 255\n" + bytes(48),
    "tga": bytes((0, 0, 2)) + bytes(60),
    "dds": b"DDS |" + bytes(200),
    "jpeg-2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60),
    "jpeg-xl": b"\xff\x0a" + bytes(60),
    "jpeg-xl-box": b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(60),
    "mp4": box(b"ftyp", b"mp42\0\0\0\0isommp42") + bytes(60),
    "mov": box(b"ftyp", b"qt  \0\0\0\0qt  ") + bytes(60),
    "wav": b"RIFF\x40\0\0\0WAVEfmt " + bytes(60),
    "cr2": b"II*\0\x10\0\0\0CR\x02\0" + bytes(60),
    "text": b"hello",
    "zeros": bytes(5000),
    "one-byte": b"\xff",
    "jpeg-with-line-ends-mangled": b"\xff\xd8\r\n\xff\xe0" + bytes(60),
    "png-with-line-ends-mangled": b"\x89PNG\n\x1a\n" + bytes(60),
}
BEGINNINGS = {
    "jpeg": b"\xff\xd8\xff",
    "jpeg-end": b"\xff\xd8\xff\xd9",
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF89a",
    "webp": b"RIFF\x0c\0\0\0WEBP",
    "webp-chunk": b"RIFF\xff\xff\xff\x7fWEBPVP8X" + bytes(30),
    "tiff": b"II*\0",
    "tiff-loop": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "tiff-far": b"MM\0*\xff\xff\xff\xf0" + bytes(60),
    "avif": box(b"ftyp", b"avif\0\0\0\0avif") + bytes(60),
    "heic": box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(60),
}


def strangers() -> Iterator[Bad]:
    yield "empty", b"", "empty"
    for name, content in STRANGERS.items():
        yield f"stranger-{name}", content, UNSUPPORTED
    for name, content in BEGINNINGS.items():
        yield f"only-the-start-of-{name}", content, UNDECODABLE
    yield "dng", raw(50706, 1, b"\x01\x04\0\0"), UNSUPPORTED
    yield "nef", raw(330, 4, struct.pack("<I", 8)), UNSUPPORTED


def raw(tag: int, kind: int, value: bytes) -> bytes:
    """A camera's raw file: a small preview first, the photo itself in a sub-directory."""
    short = struct.Struct("<H").pack
    tags: list[Entry] = [(254, 4, 1, struct.pack("<I", 1))]
    for number, content in ((256, 8), (257, 8), (258, 8), (259, 1), (262, 1)):
        tags.append((number, 3, 1, short(content)))
    tags += [(273, 4, 1, struct.pack("<I", 1008)), (277, 3, 1, short(1)), (278, 3, 1, short(8))]
    tags += [(279, 4, 1, struct.pack("<I", 64)), (tag, kind, 4 if kind == 1 else 1, value)]
    return exif(sorted(tags), tail=bytes(64))


def damaged() -> Iterator[Bad]:
    pillow_heif.register_heif_opener()
    for form in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF", "GIF"):
        photo = noise(256, 256)
        options = {"compression": "tiff_lzw"} if form == "TIFF" else {}
        content = saved(photo.quantize(8) if form == "GIF" else photo, form, **options)
        yield f"{form.lower()}-truncated", content[: len(content) // 2], UNDECODABLE
        yield f"{form.lower()}-head-only", content[:64], UNDECODABLE
    whole = saved(noise(64, 64), "PNG")
    yield "png-wrong-checksum", flipped(whole, whole.index(b"IHDR") + 4 + 13), UNDECODABLE
    yield "png-no-pixels", whole[: whole.index(b"IDAT") - 4], UNDECODABLE
    yield "png-broken-pixels", flipped(whole, whole.index(b"IDAT") + 4), UNDECODABLE
    yield "png-zero-wide", png(0, 10), UNDECODABLE
    jpeg = saved(noise(64, 64), "JPEG")
    yield "jpeg-no-end", jpeg[:-2], UNDECODABLE
    yield "jpeg-zero-high", claiming(jpeg, 64, 0), UNDECODABLE
    at = frame_of(jpeg)
    yield "jpeg-12-bit", jpeg[: at + 4] + b"\x0c" + jpeg[at + 5 :], UNDECODABLE
    yield "jpeg-lossless", jpeg[: at + 1] + b"\xc3" + jpeg[at + 2 :], UNDECODABLE
    yield "jpeg-5-layers", jpeg[: at + 9] + b"\x05" + jpeg[at + 10 :], UNDECODABLE
    tables = jpeg.replace(b"\xff\xdb", b"\xff\xec", 1)
    yield "jpeg-no-tables", tables, UNDECODABLE
    yield "webp-broken", flipped(saved(noise(64, 64), "WEBP"), 23), UNDECODABLE
    heic = saved(noise(64, 64), "HEIF")
    yield "heic-no-items", heic.replace(b"iloc", b"ilox"), UNDECODABLE
    yield "avif-no-items", saved(noise(64, 64), "AVIF").replace(b"iloc", b"ilox"), UNDECODABLE


def bombs() -> Iterator[Bad]:
    jpeg = saved(quadrants(), "JPEG")
    yield "png-13000-x-13000", png(13_000, 13_000, bits=1), PIXELS
    yield "png-9400-x-9400", png(9400, 9400, bits=1), PIXELS
    yield "png-side-30001", png(30_001, 1), SIDE
    yield "png-side-2-billion", png(2**31 - 1, 1, rows=0), PIXELS
    yield "jpeg-claims-12000-x-12000", claiming(jpeg, 12_000, 12_000), PIXELS
    yield "jpeg-claims-65535-x-65535", claiming(jpeg, 65_535, 65_535), PIXELS
    yield "jpeg-side-30001", claiming(jpeg, 30_001, 40), SIDE
    many = saved(Image.new("L", (4000, 3000), 77), "JPEG", progressive=True)
    yield "jpeg-12-megapixels-200-scans", with_scans(many, 200), UNDECODABLE
    gif = saved(Image.new("P", (8, 8)), "GIF")
    yield "gif-claims-65535-x-65535", gif[:6] + b"\xff\xff\xff\xff" + gif[10:], PIXELS
    extended = b"VP8X\x0a\0\0\0\0\0\0\0" + b"\xfe\x3f\0" + b"\x17\x15\0"  # 16383 x 5400
    webp = saved(quadrants(), "WEBP")
    large = b"RIFF" + struct.pack("<I", len(webp) + 10) + b"WEBP" + extended + webp[12:]
    yield "webp-claims-16383-x-5400", large, PIXELS
    yield "webp-lossy-claims-16383", webp[:26] + b"\xff\x3f\xff\x3f" + webp[30:], PIXELS
    lossless = saved(quadrants(), "WEBP", lossless=True)
    yield "webp-lossless-claims-16384", lossless[:21] + b"\xff\xff\xff\x0f" + lossless[25:], PIXELS
    tiff = saved(Image.new("L", (64, 64)), "TIFF")
    yield "tiff-claims-60000-x-60000", tiff_claiming(tiff, 60_000), PIXELS
    yield "avif-claims-60000-x-60000", box_claiming(saved(quadrants(), "AVIF"), 60_000), UNDECODABLE
    heic = box_claiming(saved(quadrants(), "HEIF"), 29_000)
    yield "heic-claims-29000-x-29000", heic, PIXELS
    zeros = zlib.compress(bytes(100 * 2**20), 9)
    text = chunk(b"zTXt", b"Comment\0\0" + zeros)
    yield "png-text-bomb", png(40, 40, extra=text), UNDECODABLE
    profile = chunk(b"iCCP", b"icc\0\0" + zeros)
    yield "png-profile-bomb", png(40, 40, extra=profile), UNDECODABLE
    words = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 80
    yield "png-80-texts-of-a-megabyte", png(40, 40, extra=words), UNDECODABLE


def tiff_claiming(tiff: bytes, side: int) -> bytes:
    """The same TIFF with another width and height."""
    for tag in (256, 257):
        at = tiff.index(struct.pack("<HHI", tag, 4, 1)) + 8
        tiff = tiff[:at] + struct.pack("<I", side) + tiff[at + 4 :]
    return tiff


def box_claiming(content: bytes, side: int) -> bytes:
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", side, side) + content[at + 8 :]


def metadata() -> Iterator[tuple[str, bytes]]:
    """Sound photos whose metadata is an attack: taken, without what makes no sense."""
    jpeg = saved(quadrants(), "JPEG")
    for name, block in exifs():
        yield f"jpeg-exif-{name}", with_exif(jpeg, block)
    bomb = exif([(n, 7, 60_000, struct.pack("<I", 8)) for n in range(1, 80)], tail=bytes(60_000))
    pieces = [segment(0xE1, b"Exif\0\0" + bomb[:60_000])] * 100
    yield "jpeg-exif-in-100-segments", with_segments(jpeg, pieces)
    yield "png-exif-bomb", with_chunk(chunk(b"eXIf", big_exif()))
    yield "png-exif-of-8-megabytes", with_chunk(chunk(b"eXIf", exif([], tail=bytes(8 * 2**20))))
    yield (
        "png-raw-profile-not-hex",
        with_chunk(chunk(b"tEXt", b"Raw profile type exif\0\n\n\nnot hex at all")),
    )
    yield "apng-wrong-count", with_chunk(chunk(b"acTL", b"\xff\xff\xff\xff\0\0\0\0"))
    yield (
        "jpeg-xmp-bomb",
        with_segments(
            jpeg, [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<a>" * 21_000)] * 50
        ),
    )
    yield (
        "jpeg-photoshop-odd",
        with_segments(jpeg, [segment(0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\xff\xff\xff\xff")]),
    )


def with_chunk(extra: bytes) -> bytes:
    whole = saved(quadrants(), "PNG")
    return whole[:33] + extra + whole[33:]


def big_exif() -> bytes:
    """65,000 tags, each of which says that it is the whole block."""
    tags: list[Entry] = [(n, 7, 700_000, struct.pack("<I", 8)) for n in range(1, 65_000)]
    return (
        b"II*\0\x08\0\0\0"
        + struct.pack("<H", len(tags))
        + b"".join(struct.pack("<HHI", *tag[:3]) + tag[3] for tag in tags)
    )


def exifs() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "not-tiff", b"hello, I am EXIF"
    yield "cut", b"II*\0\x08\0\0\0\xff\xff"
    yield "far-away", b"II*\0\xff\xff\xff\x7f"
    loop = struct.pack("<I", 8)
    yield "loop", exif([(0x8769, 4, 1, loop), (0x8825, 4, 1, loop)])
    tags: list[Entry] = [(n, 7, 60_000, struct.pack("<I", 8)) for n in range(1, 5000)]
    yield (
        "4999-giants",
        (b"II*\0\x08\0\0\0" + struct.pack("<H", 4999))
        + b"".join(struct.pack("<HHI", *tag[:3]) + tag[3] for tag in tags),
    )
    yield "odd-types", exif([(0x010F, 99, 1, b"abcd"), (0x0110, 12, 2**31, b"\x08\0\0\0")])
