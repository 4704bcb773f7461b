"""Out of the gallery: matches as CSV, JSON and XMP sidecars; ``bringing`` reads all three.

A sidecar has every tag as ``dc:subject``, which every photo program reads, and once more with its
kind, confidence and source in a namespace of our own, so that nothing is lost on the way back.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal
from xml.etree import ElementTree

from services.common.api import PhotoDetail
from services.common.events import Kind
from services.search.tags import shown

Format = Literal["csv", "json", "xmp"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xmp": "application/zip",
}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
OURS = "https://imgcap.org/ns/1.0/"
X = "adobe:ns:meta/"
TOLD = {"kind", "text", "confidence", "source"}
KINDS: tuple[Kind, ...] = ("label", "mood", "composition", "user")
#: In a cell keywords are parted by what may stand in one of them too.
ESCAPED = re.compile(r"[\\;]")
#: So a spreadsheet's formula begins, and so does one that was tamed.
FORMULA = re.compile(r"'*[=+\-@\t\r]")

for prefix, address in (("rdf", RDF), ("dc", DC), ("imgcap", OURS), ("x", X)):
    ElementTree.register_namespace(prefix, address)


def write(photos: Sequence[tuple[PhotoDetail, float]], form: Format) -> bytes:
    """Photos with how well they match."""
    match form:
        case "csv":
            return _csv(photos)
        case "json":
            return json.dumps([_plain(*one) for one in photos], ensure_ascii=False).encode()
    out = io.BytesIO()
    some = [photo for photo, _ in photos]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for photo, name in zip(some, _sidecar_names(some), strict=True):
            archive.writestr(name, sidecar(photo))
    return out.getvalue()


def _sidecar_names(photos: Sequence[PhotoDetail]) -> list[str]:
    """Side by side, as photo programs want them; photos of one name in folders of their own."""
    names = [f"{_safe(photo.filename)}.xmp" for photo in photos]
    count = Counter(name.lower() for name in names)
    return [
        name if count[name.lower()] == 1 else f"{photo.id}/{name}"
        for photo, name in zip(photos, names, strict=True)
    ]


def _plain(photo: PhotoDetail, likeness: float) -> dict[str, Any]:
    return {
        "id": photo.id,
        "sha256": photo.sha256,
        "filename": photo.filename,
        "likeness": likeness,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "caption": photo.caption,
        "tags": [tag.model_dump(include=TOLD) for tag in photo.tags],
    }


def _csv(photos: Iterable[tuple[PhotoDetail, float]]) -> bytes:
    out = io.StringIO()
    columns = ["id", "sha256", "filename", "likeness", "taken_at", "caption", *KINDS]
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    for photo, likeness in photos:
        row = _plain(photo, likeness)
        tags = row.pop("tags")
        for kind in KINDS:
            texts = (ESCAPED.sub(r"\\\g<0>", t["text"]) for t in tags if t["kind"] == kind)
            row[kind] = "; ".join(texts)
        writer.writerow({name: _tame(value) for name, value in row.items()})
    return out.getvalue().encode()


def _tame(value: Any) -> Any:
    """A spreadsheet runs what begins like a formula."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def sidecar(photo: PhotoDetail) -> bytes:
    root = ElementTree.Element(f"{{{X}}}xmpmeta")
    rdf = ElementTree.SubElement(root, f"{{{RDF}}}RDF")
    about = ElementTree.SubElement(
        rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": "", f"{{{OURS}}}sha256": photo.sha256}
    )
    subjects = _bag(about, f"{{{DC}}}subject")
    for text in dict.fromkeys(shown(tag.text) for tag in photo.tags):
        ElementTree.SubElement(subjects, f"{{{RDF}}}li").text = text
    ours = _bag(about, f"{{{OURS}}}tags")
    for tag in photo.tags:
        fields = {"kind": tag.kind, "text": shown(tag.text), "source": tag.source}
        fields["confidence"] = f"{tag.confidence:.4f}"
        named = {f"{{{OURS}}}{name}": value for name, value in fields.items()}
        ElementTree.SubElement(ours, f"{{{RDF}}}li", named)
    if photo.caption:
        description = ElementTree.SubElement(about, f"{{{DC}}}description")
        choices = ElementTree.SubElement(description, f"{{{RDF}}}Alt")
        line = ElementTree.SubElement(choices, f"{{{RDF}}}li")
        line.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
        line.text = shown(photo.caption)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _bag(about: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(ElementTree.SubElement(about, name), f"{{{RDF}}}Bag")


def _safe(filename: str) -> str:
    return filename.replace("/", "_").replace("\\", "_").lstrip(".") or "photo"
