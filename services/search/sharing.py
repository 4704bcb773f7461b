"""Out of the gallery and back: matches as CSV, JSON and XMP sidecars; keywords from all three.

A sidecar has every tag as ``dc:subject``, which every photo program reads, and once more with its
kind, confidence and source in a namespace of our own, so that nothing is lost on the way back.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal
from xml.etree import ElementTree

from services.common.api import PhotoDetail, PhotoTag
from services.common.events import Kind

Format = Literal["csv", "json", "xmp"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xmp": "application/zip",
}
#: What a file that holds no keywords makes its readers say.
ODD = (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, csv.Error)
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
OURS = "https://imgcap.org/ns/1.0/"
X = "adobe:ns:meta/"
LR = "http://ns.adobe.com/lightroom/1.0/"
TOLD = {"kind", "text", "confidence", "source"}
KINDS: tuple[Kind, ...] = ("label", "mood", "composition", "user")
SEPARATOR = re.compile(r"(?<!\\);")
#: Unpacked bytes of one import; a sidecar has some kilobytes.
LARGEST = 50_000_000
MOST_FILES = 10_000

for prefix, address in (("rdf", RDF), ("dc", DC), ("imgcap", OURS), ("x", X)):
    ElementTree.register_namespace(prefix, address)


class Unreadable(ValueError):
    """Not a file of keywords."""


def write(photos: Sequence[tuple[PhotoDetail, float]], form: Format) -> bytes:
    """Photos with how well they match."""
    match form:
        case "csv":
            return _csv(photos)
        case "json":
            return json.dumps([_plain(*one) for one in photos], ensure_ascii=False).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for photo, _ in photos:
            archive.writestr(f"{photo.id}/{_safe(photo.filename)}.xmp", sidecar(photo))
    return out.getvalue()


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
            texts = (tag["text"].replace(";", "\\;") for tag in tags if tag["kind"] == kind)
            row[kind] = "; ".join(texts)
        writer.writerow({name: _tame(value) for name, value in row.items()})
    return out.getvalue().encode()


def _tame(value: Any) -> Any:
    """A spreadsheet runs what begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def sidecar(photo: PhotoDetail) -> bytes:
    root = ElementTree.Element(f"{{{X}}}xmpmeta")
    rdf = ElementTree.SubElement(root, f"{{{RDF}}}RDF")
    about = ElementTree.SubElement(
        rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": "", f"{{{OURS}}}sha256": photo.sha256}
    )
    subjects = _bag(about, f"{{{DC}}}subject")
    for text in dict.fromkeys(tag.text for tag in photo.tags):
        ElementTree.SubElement(subjects, f"{{{RDF}}}li").text = text
    ours = _bag(about, f"{{{OURS}}}tags")
    for tag in photo.tags:
        fields = {"kind": tag.kind, "text": tag.text, "source": tag.source}
        fields["confidence"] = f"{tag.confidence:.4f}"
        named = {f"{{{OURS}}}{name}": value for name, value in fields.items()}
        ElementTree.SubElement(ours, f"{{{RDF}}}li", named)
    if photo.caption:
        description = ElementTree.SubElement(about, f"{{{DC}}}description")
        choices = ElementTree.SubElement(description, f"{{{RDF}}}Alt")
        line = ElementTree.SubElement(choices, f"{{{RDF}}}li")
        line.set("{http://www.w3.org/XML/1998/namespace}lang", "x-default")
        line.text = photo.caption
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _bag(about: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(ElementTree.SubElement(about, name), f"{{{RDF}}}Bag")


def _safe(filename: str) -> str:
    return filename.replace("/", "_").replace("\\", "_").lstrip(".") or "photo"


# --- back again


class Keywords:
    """What one file says of one photo: how to know it, and its tags."""

    def __init__(self, sha256: str, filename: str, tags: Sequence[tuple[Kind, str]]) -> None:
        self.sha256, self.filename = sha256, filename
        self.tags = [(kind, text) for kind, text in dict.fromkeys(tags) if 0 < len(text) <= 100]


def read(name: str, content: bytes) -> Iterator[Keywords]:
    """Sidecars, alone or in an archive, our JSON, our CSV. Raises ``Unreadable``."""
    bare = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    try:
        if content[:4] == b"PK\x03\x04":
            yield from _archive(content)
        elif bare[:1] == b"<":
            yield from [xmp_keywords(name, content)]
        elif bare[:1] in (b"[", b"{"):
            yield from _json_keywords(content)
        else:
            yield from _csv_keywords(content)
    except ODD as error:
        raise Unreadable(str(error)[:200]) from error


def _archive(content: bytes) -> Iterator[Keywords]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [file for file in archive.infolist() if file.filename.lower().endswith(".xmp")]
        if len(files) > MOST_FILES or sum(file.file_size for file in files) > LARGEST:
            raise Unreadable("the archive is too large")
        for file in files:
            with archive.open(file) as member:
                yield xmp_keywords(file.filename.rsplit("/", 1)[-1], member.read(LARGEST))


def xmp_keywords(name: str, content: bytes) -> Keywords:
    """Raises ``Unreadable``. A sidecar needs no DTD; one that brings it wants something else."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("a sidecar has no document type")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise Unreadable(f"not XML: {error}") from error
    ours = [
        (kind, item.get(f"{{{OURS}}}text", ""))
        for item in root.iterfind(f".//{{{OURS}}}tags//{{{RDF}}}li")
        for kind in KINDS
        if item.get(f"{{{OURS}}}kind") == kind
    ]
    known = {text for _, text in ours}
    found: list[tuple[Kind, str]] = list(ours)
    for subject in root.iterfind(f".//{{{DC}}}subject//{{{RDF}}}li"):
        found += _own(subject.text or "", known)
    for path in root.iterfind(f".//{{{LR}}}hierarchicalSubject//{{{RDF}}}li"):
        for part in (path.text or "").split("|"):
            found += _own(part, known)
    about = root.find(f".//{{{RDF}}}Description")
    digest = about.get(f"{{{OURS}}}sha256", "") if about is not None else ""
    return Keywords(digest, name.removesuffix(".xmp").removesuffix(".XMP"), found)


def _own(text: str, known: set[str]) -> list[tuple[Kind, str]]:
    """A word that another program gave is the person's own."""
    text = " ".join(text.split())
    return [("user", text)] if text and text not in known else []


def _json_keywords(content: bytes) -> Iterator[Keywords]:
    read = json.loads(content)
    for photo in read if isinstance(read, list) else [read]:
        tags = [PhotoTag.model_validate(tag) for tag in photo.get("tags", [])]
        pairs = [(tag.kind, tag.text) for tag in tags]
        yield Keywords(str(photo.get("sha256", "")), str(photo.get("filename", "")), pairs)


def _csv_keywords(content: bytes) -> Iterator[Keywords]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    if not rows.fieldnames or not {"sha256", "filename"} & set(rows.fieldnames):
        raise Unreadable("a table needs the column 'sha256' or 'filename'")
    for row in rows:
        pairs: list[tuple[Kind, str]] = [
            (kind, text.strip().replace("\\;", ";").lstrip("'"))
            for kind in KINDS
            for text in SEPARATOR.split(row.get(kind) or "")
            if text.strip()
        ]
        yield Keywords(row.get("sha256") or "", (row.get("filename") or "").lstrip("'"), pairs)
