"""Counts the scans of a JPEG, because each costs a pass over all pixels and there is no limit."""

import mmap
import re
from itertools import islice
from pathlib import Path

from services.gateway.pixels.limits import MAX_SCAN_PIXELS
from services.gateway.pixels.refusal import Refusal

#: An expression, because it goes through a mapped file three times as fast as its own ``find``.
START_OF_SCAN = re.compile(rb"\xff\xda")
SCAN, END = 0xDA, 0xD9
# A marker in the compressed stream: FF 00 is an escaped FF, FF D0-D7 are restarts, FF FF is fill.
MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


def check_scans(path: Path, pixels: int) -> None:
    """Raise when the scans of this JPEG of ``pixels`` pixels would take too long."""
    most = max(1, MAX_SCAN_PIXELS // pixels)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as photo:
        if _may_exceed(photo, most) and scans(photo, most) > most:
            raise Refusal("undecodable", "The photo repeats its scans too often.")


def _may_exceed(photo: mmap.mmap, most: int) -> bool:
    """A quick look; also counts the scans of embedded previews and a video behind the photo."""
    return sum(1 for _ in islice(START_OF_SCAN.finditer(photo), most + 1)) > most


def scans(photo: mmap.mmap | bytes, most: int) -> int:
    """The scans of the first image in ``photo``, counted up to ``most`` + 1."""
    found, at = 0, 2
    while found <= most:
        marker = MARKER.search(photo, at)
        if marker is None or marker[1][0] == END:
            break
        found += marker[1][0] == SCAN
        length = int.from_bytes(photo[marker.end() : marker.end() + 2], "big")
        at = marker.end() + length
    return found
