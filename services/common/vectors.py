"""Vectors on the wire: base64 of little-endian half floats, 2.7 bytes a number instead of ten."""

import base64
import binascii
import math
import struct
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer


def to_wire(vector: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}e", *vector)).decode()


def from_wire(text: Any) -> tuple[float, ...]:
    """Raises ``ValueError`` unless it is a finite vector of a length above zero."""
    if isinstance(text, str):
        try:
            packed = base64.b64decode(text, validate=True)
            text = struct.unpack(f"<{len(packed) // 2}e", packed)
        except (binascii.Error, struct.error) as error:
            raise ValueError("a vector is base64 of half floats") from error
    vector = tuple(float(number) for number in text)
    if not all(map(math.isfinite, vector)) or not any(vector):
        raise ValueError("a vector is finite and points somewhere")
    return vector


Vector = Annotated[
    tuple[float, ...], BeforeValidator(from_wire), PlainSerializer(to_wire, when_used="json")
]
