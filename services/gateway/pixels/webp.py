"""The sides of a WebP from its first bytes, because libwebp takes the memory for its canvas before
Pillow can ask how big it is.
"""

from services.gateway.pixels.refusal import Refusal

HEADER_BYTES = 30  # RFC 9649, sections 2.5 to 2.7


def webp_size(head: bytes) -> tuple[int, int]:
    if len(head) < HEADER_BYTES:
        raise Refusal("undecodable")
    chunk = head[12:16]
    if chunk == b"VP8X":
        return 1 + _little(head[24:27]), 1 + _little(head[27:30])
    if chunk == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    if chunk == b"VP8L":
        bits = _little(head[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise Refusal("undecodable")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
