"""The words between the gateway and a child: a length, a JSON header, then the bytes it counts.

Not pickle: a child that a photo has taken over must not be able to run anything in the gateway.
"""

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

LENGTH = struct.Struct(">I")
MAX_HEADER = 64 * 1024
MAX_PART = 16 * 2**20  # a 2048 x 2048 JPEG of pure noise has 6 MB
PARTS = "parts"


class Nonsense(Exception):
    """The other side does not keep to the protocol."""


def pack(header: dict[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    body = json.dumps({**header, PARTS: [len(part) for part in parts]}).encode()
    return b"".join((LENGTH.pack(len(body)), body, *parts))


def header_length(prefix: bytes) -> int:
    (length,) = LENGTH.unpack(prefix)
    if not 0 < length <= MAX_HEADER:
        raise Nonsense(f"a header of {length} bytes")
    return int(length)


def unpack_header(body: bytes) -> tuple[dict[str, Any], list[int]]:
    """The header and the lengths of the parts that follow."""
    try:
        header = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Nonsense("not JSON") from error
    if not isinstance(header, dict):
        raise Nonsense("not an object")
    lengths = header.pop(PARTS, [])
    if not isinstance(lengths, list) or len(lengths) > 8:
        raise Nonsense("not a list of lengths")
    if not all(type(length) is int and 0 <= length <= MAX_PART for length in lengths):
        raise Nonsense("not lengths")
    return header, lengths


def read_header(read: Callable[[int], bytes]) -> dict[str, Any] | None:
    """A header without parts from a blocking pipe; None when the pipe has ended."""
    prefix = read(LENGTH.size)
    if len(prefix) < LENGTH.size:
        return None
    header, _ = unpack_header(read(header_length(prefix)))
    return header
