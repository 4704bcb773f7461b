"""What a file is, by its first bytes; its name and the sender's header are only claims."""

from services.gateway.pixels.refusal import Refusal

SNIFF_BYTES = 256  # enough for every brand that an ISO file lists

# The Pillow format that may open each type: nothing else is ever tried.
CONTENT_TYPES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
    "image/tiff": "TIFF",
}

MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),  # BigTIFF
    (b"MM\0+", "image/tiff"),
)
AVIF_BRANDS = {b"avif", b"avis"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}


def sniff(head: bytes) -> str:
    """The content type of a file that begins with ``head``; raises ``Refusal``."""
    if not head:
        raise Refusal("empty")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _iso_type(head)
    if head[:4] == b"II*\0" and head[8:10] == b"CR":
        raise Refusal("unsupported-type", "Camera raw files (CR2) are not supported.")
    for magic, content_type in MAGIC:
        if head.startswith(magic):
            return content_type
    raise Refusal("unsupported-type")


def _iso_type(head: bytes) -> str:
    """AVIF and HEIC are the same kind of box file and tell themselves apart by brands."""
    end = min(int.from_bytes(head[:4], "big"), len(head), SNIFF_BYTES)
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, end - 3, 4)}
    if head[8:12] in HEIC_BRANDS:
        return "image/heic"
    if brands & AVIF_BRANDS:
        return "image/avif"
    if brands & HEIC_BRANDS:
        return "image/heic"
    raise Refusal("unsupported-type")
