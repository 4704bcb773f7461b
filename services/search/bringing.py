"""Keywords brought back: from sidecars, alone or packed, from our JSON and from tables.

One of many that cannot be read is told, and holds up none of the others.
"""

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from services.common.api import PhotoTag
from services.common.events import Kind
from services.search.sharing import DC, FORMULA, KINDS, OURS, RDF
from services.search.tags import shown

#: What a file that holds no keywords makes its readers say.
ODD = (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, csv.Error)
#: Paths of words, from the widest to the narrowest, as other programs write them.
PATHS = {
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject": "|",
    "{http://www.digikam.org/ns/1.0/}TagsList": "/",
}
#: In a cell keywords are parted by what may stand in one of them too.
KEYWORD = re.compile(r"(?:\\.|[^;\\])+|\\$")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LONGEST = 100  # characters of a word
#: Unpacked bytes of one import; a sidecar has some kilobytes.
LARGEST = 50_000_000
MOST_FILES = 10_000


class Unreadable(ValueError):
    """Not a file of keywords."""


class Keywords:
    """What one file says of one photo: how to know it, and its tags, or why there are none."""

    def __init__(
        self,
        sha256: str,
        filename: str,
        tags: Sequence[tuple[Kind, str]] = (),
        trouble: str = "",
    ) -> None:
        self.sha256, self.filename = sha256, filename
        told = dict.fromkeys((kind, text) for kind, said in tags if (text := shown(said)))
        self.tags = [(kind, text) for kind, text in told if len(text) <= LONGEST]
        long = len(told) - len(self.tags)
        self.trouble = trouble or (f"{long} longer than {LONGEST} characters" if long else "")


def read(name: str, content: bytes) -> Iterator[Keywords]:
    """Sidecars, alone or in an archive, our JSON, our CSV. Raises ``Unreadable``."""
    bare = content.removeprefix(codecs.BOM_UTF8).lstrip()
    try:
        if content[:4] == b"PK\x03\x04":
            yield from _archive(content)
        elif bare[:1] == b"<" or content[:2] in UTF_16:
            yield xmp_keywords(name, content)
        elif bare[:1] in (b"[", b"{"):
            yield from _json_keywords(content)
        else:
            yield from _csv_keywords(content)
    except ODD as error:
        raise Unreadable(str(error)[:200]) from error


def _archive(content: bytes) -> Iterator[Keywords]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = [file for file in archive.infolist() if file.filename.lower().endswith(".xmp")]
        if not files:
            raise Unreadable("no sidecar is in the archive")
        if len(files) > MOST_FILES or sum(file.file_size for file in files) > LARGEST:
            raise Unreadable("the archive is too large")
        for file in files:
            name = file.filename.rsplit("/", 1)[-1]
            try:
                with archive.open(file) as member:
                    yield xmp_keywords(name, member.read(LARGEST))
            except ODD as error:
                yield Keywords("", name, trouble=str(error)[:200])


def xmp_keywords(name: str, content: bytes) -> Keywords:
    """Raises ``Unreadable``. A sidecar needs no DTD; one that brings it wants something else."""
    said = content.decode("utf-16" if content[:2] in UTF_16 else "utf-8-sig")
    if "<!DOCTYPE" in said or "<!ENTITY" in said:
        raise Unreadable("a sidecar has no document type")
    try:
        root = ElementTree.fromstring(said)
    except ElementTree.ParseError as error:
        raise Unreadable(f"not XML: {error}") from error
    ours: list[tuple[Kind, str]] = [
        (kind, _said(item, "text"))
        for item in root.iterfind(f".//{{{OURS}}}tags//{{{RDF}}}li")
        for kind in KINDS
        if _said(item, "kind") == kind
    ]
    known = {text for _, text in ours}
    words = [item.text or "" for item in root.iterfind(f".//{{{DC}}}subject//{{{RDF}}}li")]
    for path, between in PATHS.items():
        for item in root.iterfind(f".//{path}//{{{RDF}}}li"):
            words += (item.text or "").split(between) if item.text not in known else []
    # A word that another program gave is the person's own.
    own: list[tuple[Kind, str]] = [("user", word) for word in words if shown(word) not in known]
    digests = (_said(about, "sha256") for about in root.iterfind(f".//{{{RDF}}}Description"))
    filename = name[:-4] if name.lower().endswith(".xmp") else name
    return Keywords(next(filter(None, digests), ""), filename, [*ours, *own])


def _said(about: ElementTree.Element, name: str) -> str:
    """One of our own words: an attribute, or an element where another program wrote it anew."""
    element = about.find(f".//{{{OURS}}}{name}")
    return about.get(f"{{{OURS}}}{name}") or (element is not None and element.text) or ""


def _json_keywords(content: bytes) -> Iterator[Keywords]:
    read = json.loads(content)
    for photo in read if isinstance(read, list) else [read]:
        tags = [PhotoTag.model_validate(tag) for tag in photo.get("tags", [])]
        pairs = [(tag.kind, tag.text) for tag in tags]
        yield Keywords(str(photo.get("sha256", "")), str(photo.get("filename", "")), pairs)


def _csv_keywords(content: bytes) -> Iterator[Keywords]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    if not rows.fieldnames or not {"sha256", "filename"} & set(rows.fieldnames):
        raise Unreadable("a table needs the column 'sha256' or 'filename'")
    for row in rows:
        pairs: list[tuple[Kind, str]] = [
            (kind, re.sub(r"\\(.)", r"\1", word))
            for kind in KINDS
            for word in KEYWORD.findall(_wild(row.get(kind) or ""))
        ]
        yield Keywords(row.get("sha256") or "", _wild(row.get("filename") or ""), pairs)


def _wild(cell: str) -> str:
    """As it was before it was tamed for spreadsheets: no other apostrophe is ours."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell
