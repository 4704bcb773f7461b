"""Files that are a photo to us and would like to be something else to a browser.

Each carries a beacon: when anything of it runs or loads, the browser's console or network says so.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

BEACON = "imgcap-polyglot-ran"
SCRIPT = f"<script>console.log('{BEACON}');document.title='{BEACON}';alert(1)</script>"
SAY = f"\"console.log('{BEACON}')\""
HTML = f"<html><body onload={SAY}>{SCRIPT}<img src=x onerror={SAY}>"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload={SAY}>{SCRIPT}</svg>"
JS = f"/*';*/console.log('{BEACON}');//"
ACTION = f"<</S/JavaScript/JS(app.alert('{BEACON}'))>>"
PDF = f"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction{ACTION}>>endobj\n"
PAYLOADS = {"html": HTML, "svg": SVG, "js": JS, "pdf": PDF}
DESCRIPTION, ARTIST, MAKE, COPYRIGHT = 0x010E, 0x013B, 0x010F, 0x8298


def photo(shade: int) -> Image.Image:
    return Image.effect_noise((64, 48), 40 + shade % 50).convert("RGB")


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as files:
        files.writestr("index.html", HTML)
    return out.getvalue()


def polyglots() -> Iterator[tuple[str, bytes]]:
    """Names and bytes; the names are meant as badly as the bytes."""
    for number, (kind, payload) in enumerate(PAYLOADS.items()):
        text = payload.encode()
        jpeg = saved(photo(number), "JPEG", comment=text)
        yield f"comment-{kind}.jpg", jpeg
        yield f"tail.{kind}", saved(photo(number), "JPEG") + text
        tags = Image.Exif()
        for tag in (DESCRIPTION, ARTIST, MAKE, COPYRIGHT):
            tags[tag] = payload
        yield f"exif-{kind}.jpg.html", saved(photo(number), "JPEG", exif=tags)
        info = PngImagePlugin.PngInfo()
        info.add_text("Title", payload)
        yield f"text-{kind}.png", saved(photo(number), "PNG", pnginfo=info)
        yield f"chunk-{kind}.svg", _first_chunk(saved(photo(number), "PNG"), text)
        yield f"gif-{kind}.gif", saved(photo(number), "GIF", comment=text)
        yield f"webp-{kind}.htm", saved(photo(number), "WEBP", xmp=text)
    yield "tail.zip", saved(photo(40), "JPEG") + archive()
    yield "tail.jar", saved(photo(41), "PNG") + archive()
    yield f'{SCRIPT[:60]}"onerror="alert(1).jpg', saved(photo(42), "JPEG")
    yield "\u202egpj.lmth", saved(photo(43), "JPEG")


def _first_chunk(png: bytes, text: bytes) -> bytes:
    """The payload as the first chunk after the header, where a sniffer still looks."""
    body = b"zZzZ" + text
    chunk = struct.pack(">I", len(text)) + body + struct.pack(">I", zlib.crc32(body))
    return png[:33] + chunk + png[33:]
