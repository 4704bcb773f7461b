"""Out of the gallery and back: matches as files, and keywords of files for their photos."""

import io
import zipfile
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.api import PhotoTag, TagEdit, TagName
from services.search import bringing, moving, record, sharing, tags
from services.search.database import Db
from services.search.gallery import photo_detail
from tests.search.photos import OWNER, ready, tag


def exported(db: Db, of: UUID, form: sharing.Format) -> bytes:
    return sharing.write([(moving.details(db, OWNER, [of])[of], 0.75)], form)


@pytest.mark.parametrize("form", ["csv", "json", "xmp"])
def test_what_is_exported_comes_back_without_loss(db: Db, form: sharing.Format) -> None:
    seen = [tag("cat"), tag("leading lines", 0.8, "composition"), tag("wistful; blue", 0.5, "mood")]
    of = ready(db, "cat", *seen)
    own = TagEdit(add=[TagName(kind="user", text="Nordlys <&> II")])
    tags.edit_tags(db, OWNER, of, own)
    said = exported(db, of, form)
    before = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    unchanged, _ = moving.bring(db, OWNER, bringing.read("cat.jpg.xmp", said))
    assert (unchanged.photos, unchanged.tags) == (1, 0)

    record.doom_photo(db, of, OWNER)
    ready(db, "cat", tag("dog"))
    imported, _ = moving.bring(db, OWNER, bringing.read("cat.jpg.xmp", said))
    assert (imported.photos, imported.tags) == (1, 4)
    after = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    assert after == before | {("label", "dog")}


def test_sidecars_stand_beside_each_other_but_for_photos_of_one_name(db: Db) -> None:
    ids = [ready(db, name, tag("dog"), filename=f"{shown}.jpg")
           for name, shown in (("a", "Dog"), ("b", "dog"), ("c", "cat"))]  # fmt: skip
    photos = [(photo_detail(db, OWNER, of), 1.0) for of in ids]
    with zipfile.ZipFile(io.BytesIO(sharing.write(photos, "xmp"))) as archive:
        assert archive.namelist() == [
            f"{ids[0]}/Dog.jpg.xmp", f"{ids[1]}/dog.jpg.xmp", "cat.jpg.xmp"
        ]  # fmt: skip


FOREIGN = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">
 <dc:subject><rdf:Bag><rdf:li>Norway</rdf:li><rdf:li>cat</rdf:li></rdf:Bag></dc:subject>
 <lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Norway|Bergen</rdf:li></rdf:Bag>
 </lr:hierarchicalSubject></rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_keywords_of_another_program_become_own_words(db: Db) -> None:
    of = ready(db, "cat", tag("dog"))
    imported, changes = moving.bring(db, OWNER, bringing.read("cat.xmp", FOREIGN))
    assert (imported.photos, imported.tags, len(changes)) == (1, 4, 1)
    own = {t.text for t in photo_detail(db, OWNER, of).tags if t.kind == "user"}
    assert own == {"norway", "cat", "places", "bergen"}


def test_a_name_that_fits_no_photo_is_said(db: Db) -> None:
    imported, _ = moving.bring(db, OWNER, bringing.read("stranger.xmp", FOREIGN))
    assert (imported.photos, imported.unknown) == (0, ["stranger"])


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}.xmp", b"<a>" * 3_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "odd",
    [
        b"", b"\x00\xff", b"<a", b"[1]", b"{}" * 3, b"a,b\n1,2", b"PK\x03\x04rest", bomb(),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'[{"tags": [{"kind": "x"}]}]',
    ],
)  # fmt: skip
def test_what_holds_no_keywords_is_refused(odd: bytes) -> None:
    with pytest.raises(bringing.Unreadable):
        list(bringing.read("odd", odd))


@given(st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_an_import(content: bytes) -> None:
    try:
        list(bringing.read("odd", content))
    except bringing.Unreadable:
        return


def test_a_table_does_not_run_in_a_spreadsheet(db: Db) -> None:
    of = ready(db, "cat", tag("=HYPERLINK(0)", kind="user"))
    assert b"'=HYPERLINK" in exported(db, of, "csv")


def test_the_tags_of_a_sidecar_are_readable_by_every_program(db: Db) -> None:
    of = ready(db, "cat", tag("cat", 0.8))
    one = moving.details(db, OWNER, [of])[of]
    text = sharing.sidecar(one).decode()
    assert "<rdf:li>cat</rdf:li>" in text
    assert isinstance(one.tags[0], PhotoTag)


ODD_WORDS = (
    "'tis the season", "'90s", "'=x", "''-x", "=sum(a1)", "-minus", "+plus", "@home", "semi;colon",
    "a; b", "a\\;b", "back\\", "\\", ";", "ends;", "comma, separated", 'quo"te', "<b>&amp;</b>",
    "places|norway", "a/b", "ünï", "日本語", "\N{DOG}", "שלום", "x\u200by", "%41", "[brackets]",
)  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "json", "xmp"])
def test_no_word_is_lost_or_made_up_on_the_way(db: Db, form: sharing.Format) -> None:
    of = ready(db, "cat", tag("cat"))
    words = [TagName(kind="user", text=word) for word in ODD_WORDS]
    tags.edit_tags(db, OWNER, of, TagEdit(add=words))
    tags.edit_tags(db, OWNER, of, TagEdit(add=[TagName(kind="user", text="x\ufffey\x85z")]))
    said = exported(db, of, form)
    before = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    unchanged, _ = moving.bring(db, OWNER, bringing.read("cat.jpg.xmp", said))
    assert (unchanged.photos, unchanged.tags, unchanged.refused) == (1, 0, [])
    record.doom_photo(db, of, OWNER)
    ready(db, "cat", tag("cat"))
    moving.bring(db, OWNER, bringing.read("cat.jpg.xmp", said))
    assert {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags} == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_sidecar_may_be_written_in_any_unicode(db: Db, encoding: str) -> None:
    of = ready(db, "cat", tag("dog"))
    said = "\ufeff" * (encoding == "utf-16-le") + FOREIGN.decode()
    written = said.encode(encoding)
    imported, _ = moving.bring(db, OWNER, bringing.read("cat.XMP", written))
    assert (imported.photos, imported.tags) == (1, 4)
    assert "bergen" in {t.text for t in photo_detail(db, OWNER, of).tags}
    entities = "\ufeff<!DOCTYPE a [<!ENTITY b 'c'>]>" + FOREIGN.decode()
    with pytest.raises(bringing.Unreadable):
        list(bringing.read("cat.xmp", entities.encode("utf-16-le")))


REWRITTEN = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:imgcap="https://imgcap.org/ns/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/"><imgcap:tags><rdf:Bag>
 <rdf:li rdf:parseType="Resource"><imgcap:kind>mood</imgcap:kind>
 <imgcap:text>serene</imgcap:text></rdf:li></rdf:Bag></imgcap:tags>
 <dc:subject><rdf:Bag><rdf:li>serene</rdf:li><rdf:li>Oslo</rdf:li></rdf:Bag></dc:subject>
 <digiKam:TagsList><rdf:Seq><rdf:li>Places/Oslo</rdf:li></rdf:Seq></digiKam:TagsList>
 </rdf:Description></rdf:RDF></x:xmpmeta>"""


def test_a_sidecar_that_another_program_wrote_anew_says_the_same(db: Db) -> None:
    of = ready(db, "cat", tag("dog"))
    moving.bring(db, OWNER, bringing.read("cat.jpg.xmp", REWRITTEN))
    found = {(t.kind, t.text) for t in photo_detail(db, OWNER, of).tags}
    assert found == {
        ("label", "dog"), ("mood", "serene"), ("user", "oslo"), ("user", "places"),
    }  # fmt: skip


def test_one_sidecar_that_cannot_be_read_holds_up_no_other(db: Db) -> None:
    of = ready(db, "cat", tag("dog"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("broken.xmp", b"<x")
        archive.writestr("deep/cat.jpg.xmp", FOREIGN)
    imported, _ = moving.bring(db, OWNER, bringing.read("all.zip", out.getvalue()))
    assert (imported.photos, imported.tags) == (1, 4)
    (refused,) = imported.refused
    assert refused["filename"] == "broken.xmp"
    assert "norway" in {t.text for t in photo_detail(db, OWNER, of).tags}


def test_words_too_long_and_lines_too_many_are_told_and_break_nothing(db: Db) -> None:
    ready(db, "cat", tag("dog"))
    table = 'filename,user\ncat.jpg,"two\nlines; ' + "x" * 101 + '"\n'
    imported, _ = moving.bring(db, OWNER, bringing.read("k.csv", table.encode()))
    assert (imported.photos, imported.tags) == (1, 1)
    assert "1 longer than 100 characters" in imported.refused[0]["message"]
