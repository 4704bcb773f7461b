"""The colours of a photo as the record keeps them: eleven bytes a swatch."""

import struct
from collections.abc import Iterable
from functools import lru_cache

import orjson

from services.common.api import Swatch

#: Red, green, blue, its share of the pixels in ten-thousandths, L*, a*, b* in hundredths: as many
#: digits as the gateway gives. ``palette_of`` of the database says the same.
SWATCH = struct.Struct(">3s4h")


def packed(palette: Iterable[Swatch]) -> bytes:
    return b"".join(
        SWATCH.pack(
            bytes.fromhex(swatch.hex[1:]),
            round(swatch.amount * 10_000),
            *(round(value * 100) for value in swatch.lab),
        )
        for swatch in palette
    )


def unpacked(swatches: bytes) -> list[dict[str, object]]:
    """In plain values for JSON."""
    return [
        {"hex": f"#{rgb.hex()}", "amount": share / 10_000, "lab": [value / 100 for value in lab]}
        for rgb, share, *lab in SWATCH.iter_unpack(swatches)
    ]


@lru_cache(4096)
def as_json(swatches: bytes) -> orjson.Fragment:
    """For a page of photos, which are mostly those of the page before."""
    return orjson.Fragment(orjson.dumps(unpacked(swatches)))
