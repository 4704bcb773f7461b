"""One warm process that reads photos, one after the other, for a gateway that does not trust it.

``python -m services.gateway.pixels.child PARENT_PID MEMORY_BYTES CPU_SECONDS FOLDER``: requests
come in on stdin, answers go out on stdout (see ``frames``). It reads photos from FOLDER, and ends
when stdin ends.
"""

import gc
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from services.gateway.pixels import cage
from services.gateway.pixels.decode import decode, prepare_pillow, refusal_of
from services.gateway.pixels.derive import display_of, placeholder_of, thumb_bytes, thumb_of
from services.gateway.pixels.frames import pack, read_header
from services.gateway.pixels.palette import palette_of
from services.gateway.pixels.seal import seal


def look(request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """A photo's header and parts: display, thumb, thumbhash."""
    decoded = decode(Path(request["path"]), request["content_type"], gps=bool(request["gps"]))
    display = display_of(decoded.image)
    thumb = thumb_of(decoded.image)
    header = {
        "width": decoded.width,
        "height": decoded.height,
        "exif": decoded.exif,
        "palette": palette_of(thumb),
    }
    return header, [display, thumb_bytes(thumb), placeholder_of(thumb)]


def answer(request: dict[str, Any], peak: cage.Peak) -> bytes:
    """One frame, whatever happens: every exception is a refusal."""
    peak.forget()
    started = time.process_time()
    parts: list[bytes] = []
    try:
        header, parts = look(request)
    except Exception as error:  # decoders raise at least six classes, and more with each release
        refusal = refusal_of(error)
        header = {"refused": refusal.code, "message": refusal.message}
    header["cpu_seconds"] = round(time.process_time() - started, 4)
    header["peak_bytes"] = peak.bytes
    return pack(header, parts)


def main() -> None:
    parent, memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    photos = Path(sys.argv[4])
    cage.die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The answers get a pipe of their own: a C library that prints must not garble them.
    with os.fdopen(os.dup(1), "wb") as out, os.fdopen(os.dup(0), "rb") as requests:
        nowhere = os.open(os.devnull, os.O_RDWR)
        prepare_pillow()
        gc.freeze()  # what is loaded stays, and need not be looked at again
        peak = cage.Peak()
        cage.shut(memory_bytes)
        unsealed = seal(photos)
        out.write(pack({"ready": True, "unsealed": unsealed}))
        out.flush()
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        while (request := read_header(requests.read)) is not None:
            cage.renew_cpu(cpu_seconds)
            out.write(answer(request, peak))
            out.flush()
            gc.collect()  # a failed decoder hangs in a circle, with all its memory


if __name__ == "__main__":
    main()
