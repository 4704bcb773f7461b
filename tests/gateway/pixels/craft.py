"""Builds image files byte by byte, because no encoder writes what an attacker writes."""

import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 60), (30, 60, 210), (240, 220, 60)
QUADRANTS = (RED, GREEN, BLUE, YELLOW)  # of the upright photo: top left, top right, bottom …
# How the pixels lie in a file whose orientation says how to get them upright again.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
Entry = tuple[int, int, int, bytes]  # tag, type, count, value or 4 bytes of offset


def quadrants(width: int = 96, height: int = 64) -> Image.Image:
    """Four colours, so that a test can see which way is up and whether the colours are right."""
    photo = Image.new("RGB", (width, height))
    for number, colour in enumerate(QUADRANTS):
        left, top = width // 2 * (number % 2), height // 2 * (number // 2)
        photo.paste(colour, (left, top, left + width // 2, top + height // 2))
    return photo


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """The same noise on every run."""
    state, rows = seed, bytearray()
    while len(rows) < width * height:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        rows += state.to_bytes(8, "little")[3:7]
    return Image.frombytes("L", (width, height), bytes(rows[: width * height]))


def saved(photo: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    photo.save(file, form, **options)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def png(
    width: int, height: int, *, bits: int = 8, colour: int = 0, extra: bytes = b"", rows: int = -1
) -> bytes:
    """A black PNG of any size; ``extra`` chunks come before the pixels."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = bytes(1 + (width * channels * bits + 7) // 8)
    packer, packed = zlib.compressobj(1), []
    for _ in range(height if rows < 0 else rows):
        packed.append(packer.compress(row))
    packed.append(packer.flush())
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    pixels = chunk(b"IDAT", b"".join(packed))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + chunk(b"IEND", b"")


def ifd(entries: Sequence[Entry], following: int = 0) -> bytes:
    packed = (struct.pack("<HHI", *entry[:3]) + entry[3].ljust(4, b"\0") for entry in entries)
    return struct.pack("<H", len(entries)) + b"".join(packed) + struct.pack("<I", following)


def exif(*directories: Sequence[Entry], tail: bytes = b"") -> bytes:
    """A TIFF block. Directory ``n`` begins at ``8 + 1000 * n``, ``tail`` after the last one."""
    body = b"".join(ifd(entries).ljust(1000, b"\0") for entries in directories)
    return b"II*\0\x08\0\0\0" + body + tail


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg: bytes, segments: Iterable[bytes]) -> bytes:
    """A JPEG with these right after its start."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def with_exif(jpeg: bytes, block: bytes) -> bytes:
    return with_segments(jpeg, [segment(0xE1, b"Exif\0\0" + block)])


def frame_of(jpeg: bytes) -> int:
    """Where the SOF segment of a JPEG is."""
    return next(at for at in (jpeg.find(b"\xff" + m) for m in (b"\xc0", b"\xc2")) if at > 0)


def claiming(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with a header that lies about its size."""
    at = frame_of(jpeg) + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def first_scan(jpeg: bytes) -> tuple[int, int]:
    """Where the first scan of a progressive JPEG begins and ends."""
    start = jpeg.index(b"\xff\xda")
    after = next(
        at
        for at in range(start + 2, len(jpeg))
        if jpeg[at] == 0xFF and jpeg[at + 1] not in (0, *range(0xD0, 0xD8))
    )
    return start, after


def with_scans(jpeg: bytes, count: int) -> bytes:
    """A progressive JPEG that sends its first scan again and again."""
    start, end = first_scan(jpeg)
    return jpeg[:end] + jpeg[start:end] * count + jpeg[end:]


def flipped(content: bytes, at: int, mask: int = 0xFF) -> bytes:
    return content[:at] + bytes([content[at] ^ mask]) + content[at + 1 :]


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body
