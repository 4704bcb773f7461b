"""How much of anything one photo may ask for. Sizes are measured, see tests/gateway/pixels."""

from services.gateway.pixels.refusal import Refusal

MAX_PIXELS = 60_000_000
MAX_SIDE = 30_000

# These two decoders hold several copies of the photo: libwebp 15 bytes a pixel, libavif 9 (and
# 20 when 10-bit 4:4:4). More pixels would not fit in MEMORY_BYTES; better to say so early.
MAX_PIXELS_OF = {"image/webp": 32_000_000, "image/avif": 48_000_000}

# A progressive JPEG may repeat its scans without end, each a pass over all pixels. Encoders write
# about 10, so 60 megapixels may have 13; a 50 MB file of the densest scans takes about 2 seconds.
MAX_SCAN_PIXELS = 780_000_000

# Address space above what the warm child has. 60 megapixels of 4 bytes twice, and some air; with
# the child's own 40 MB the resident set stays under 600 MB whatever the file says.
MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = 10
WALL_SECONDS = 30.0  # only a child that hangs gets here; the CPU limit is the one that matters
OPEN_FILES = 24
PHOTOS_PER_CHILD = 500  # then a new one, so that no leak in a C library can add up


def check_size(width: int, height: int, content_type: str = "") -> None:
    """Raise unless a photo of these sides may be decoded."""
    if width < 1 or height < 1:
        raise Refusal("undecodable")
    if max(width, height) > MAX_SIDE:
        raise Refusal("too-long-side", f"A side of a photo may have at most {MAX_SIDE:,} pixels.")
    most = MAX_PIXELS_OF.get(content_type, MAX_PIXELS)
    if width * height > most:
        form = content_type.removeprefix("image/").upper() if content_type in MAX_PIXELS_OF else ""
        raise Refusal(
            "too-many-pixels",
            f"The photo has {width * height / 1e6:.1f} megapixels; at most {most // 1_000_000}"
            f" are allowed{form and f' for {form}'}.",
        )
