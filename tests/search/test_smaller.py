"""What the record keeps packed is what was given, also by and for the release before."""

import shutil
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from services.common.api import Swatch
from services.search import migrate as migrating
from services.search.database import Db
from services.search.gallery import photo_detail
from services.search.swatches import packed, unpacked
from tests.search.photos import OWNER, ask, ready, tag

PALETTE = [
    Swatch(hex="#aa5500", amount=0.6203, lab=(45.25, 30.0, 50.01)),
    Swatch(hex="#0000ff", amount=0.3797, lab=(32.3, 79.19, -107.86)),
]


def said(palette: list[Swatch]) -> list[dict[str, object]]:
    return [swatch.model_dump() for swatch in palette]


@pytest.mark.parametrize("palette", [[], PALETTE])
def test_colours_come_out_as_they_went_in(schema: Db, palette: list[Swatch]) -> None:
    assert [Swatch.model_validate(one) for one in unpacked(packed(palette))] == palette
    row = schema.execute(
        "SELECT packed_palette(%s), palette_of(%s)", [Jsonb(said(palette)), packed(palette)]
    ).fetchone()
    assert row is not None
    assert row[0] == packed(palette)
    assert [Swatch.model_validate(one) for one in row[1]] == palette


def test_what_the_release_before_sends_as_json_is_packed(db: Db) -> None:
    photo_id = ready(db, "old", tag("wall"), palette=[])
    db.execute(
        "UPDATE photo SET palette = %s WHERE photo_id = %s", [Jsonb(said(PALETTE)), photo_id]
    )
    assert photo_detail(db, OWNER, photo_id).palette == PALETTE
    row = db.execute("SELECT palette FROM photo WHERE photo_id = %s", [photo_id]).fetchone()
    assert row == ([],)


def test_a_tombstone_of_the_release_before_keeps_no_colours(db: Db) -> None:
    photo_id = ready(db, "gone", tag("wall"), palette=PALETTE)
    db.execute(
        "UPDATE photo SET status = 'deleted', palette = '[]' WHERE photo_id = %s", [photo_id]
    )
    row = db.execute("SELECT swatches FROM photo WHERE photo_id = %s", [photo_id]).fetchone()
    assert row == (b"",)


def test_a_filter_of_the_release_before_is_answered(db: Db) -> None:
    photo_id = ready(db, "one", tag("wall"))
    found = db.execute(
        "SELECT photo_id FROM photo_facts WHERE passes(facts, rare, NULL, '$.name == \"one.jpg\"')"
    ).fetchall()
    assert found == [(photo_id,)]


def test_how_sure_a_tag_is_can_be_asked_for(db: Db) -> None:
    for number, sure in enumerate((0.5, 0.9, 1.0)):
        ready(db, f"wall {number}", tag("sky", 0.95), tag("wall", sure), tag("zebra", 0.7))
    found = {photo.filename for photo in ask(db, "label:wall>0.8", strictness=0).photos}
    assert found == {"wall 1.jpg", "wall 2.jpg"}
    found = {photo.filename for photo in ask(db, "label:wall<0.6", strictness=0).photos}
    assert found == {"wall 0.jpg"}


def test_what_was_kept_before_is_packed_too(
    db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = migrating.MIGRATIONS
    for path in now.glob("*.sql"):
        if path.name < "0291":
            shutil.copy(path, tmp_path)
    db.execute("CREATE SCHEMA before")
    db.execute("SET search_path TO before, public")
    monkeypatch.setattr(migrating, "MIGRATIONS", tmp_path)
    migrating.migrate(db)
    db.execute(
        "INSERT INTO photo (photo_id, owner, sha256, filename, content_type, bytes, width, height,"
        " thumbhash, palette, status)"
        " VALUES (gen_random_uuid(), 'local', repeat('0', 64), 'a.jpg', 'image/jpeg', 1, 4, 3, '',"
        " %s, 'ready')",
        [Jsonb(said(PALETTE))],
    )
    db.execute("INSERT INTO tag (kind, text) VALUES ('label', 'wall')")
    db.execute("INSERT INTO embedding_model (name, dimensions, active) VALUES ('old', 8, true)")
    db.execute("SELECT make_vector_indexes('old', 8)")
    db.execute(
        "INSERT INTO photo_tag (photo_id, owner, tag_id, confidence, source)"
        " SELECT photo_id, owner, tag_id, .9, 'local' FROM photo, tag"
    )
    db.execute("UPDATE photo SET applied_generation = 1, seq = nextval('change_seq')")
    facts = "SELECT facts, seen, rare - 'c', colours::text FROM photo_facts"
    before = db.execute(facts).fetchall()
    monkeypatch.setattr(migrating, "MIGRATIONS", now)
    assert {"0291_packed", "0292_denser"} <= set(migrating.migrate(db))
    assert db.execute("SELECT swatches, palette FROM photo").fetchall() == [(packed(PALETTE), [])]
    assert db.execute("SELECT rare ? 'c' FROM photo_facts").fetchall() == [(False,)]
    index = "SELECT reloptions FROM pg_class WHERE oid = 'photo_vector_model_1'::regclass"
    assert db.execute(index).fetchall() == [(["m=18", "ef_construction=128"],)]
    assert db.execute(facts).fetchall() == before
    db.execute("UPDATE photo SET seq = nextval('change_seq')")
    assert db.execute(facts).fetchall() == before
