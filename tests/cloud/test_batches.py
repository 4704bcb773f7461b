"""Many photos at half the price: sent together, answered within a day, never lost or paid twice."""

import json
from decimal import Decimal
from typing import Any

import pytest

from services.common.cloud.failing import IN_BATCH
from services.common.errors import TryAgain
from services.search import batches
from services.search.gallery import photo_detail
from services.tagger.batch import work as working
from tests.cloud.batch_server import answered, faulted, told
from tests.cloud.batched import PRICE
from tests.cloud.conftest import House
from tests.cloud.openai_server import KEY, SEEN, response, sent_photo
from tests.search.photos import OWNER


def test_photos_that_may_wait_go_together_for_half_the_price(house: House) -> None:
    at = house()
    photos = [at.photo(f"photo {number}") for number in range(3)]
    looked = [at.look(photo_id) for photo_id in photos]

    # Meanwhile they can be found by what the others saw, and say what they wait for.
    assert {(one.missing, one.missing_code) for one in looked} == {(("openai",), IN_BATCH)}
    assert [at.state(photo_id) for photo_id in photos] == [("partial", IN_BATCH)] * 3
    assert "half the price" in looked[0].missing_text
    waiting = batches.overview(at.db)
    assert waiting
    assert (waiting.waiting, waiting.sent) == (3, 0)
    reserved = at.spent()
    assert photo_detail(at.db, OWNER, photos[0]).sent == []  # nothing has left the house yet

    name = at.send()
    assert at.server.calls.count("POST /batches") == 1
    assert at.spent() == reserved
    (sent,) = photo_detail(at.db, OWNER, photos[0]).sent
    assert (sent.purpose, sent.prompt, sent.outcome) == ("vision-batch", "vision-1", "open")
    assert sent.bytes > 10_000
    assert at.wake() == []

    at.server.end(name)
    assert at.fetch()
    assert at.spent() == 3 * PRICE / 2
    assert reserved > at.spent()
    assert sorted(at.wake()) == sorted(photos)
    whole = [at.look(photo_id) for photo_id in photos]
    assert {(one.caption, one.missing, one.cost) for one in whole} == {
        (SEEN["caption"], (), PRICE / 2)
    }
    assert [at.state(photo_id) for photo_id in photos] == [("ready", "")] * 3
    assert (at.server.looked, batches.overview(at.db)) == (0, None)
    assert sorted(at.server.deleted) == ["file-0", "file-1"]


def test_answers_that_are_counted_and_not_written_yet_are_waited_for(house: House) -> None:
    at = house()
    photo = at.photo("photo")
    at.look(photo)
    name = at.send()
    at.server.end(name)
    held_back, at.server.batches[name]["output_file_id"] = (
        at.server.batches[name]["output_file_id"],
        None,
    )
    at.fetch()
    assert at.wake() == []
    assert at.server.calls.count("POST /batches") == 1
    at.server.batches[name]["output_file_id"] = held_back
    assert at.fetch()
    assert at.wake() == [photo]
    assert at.spent() == PRICE / 2


def test_a_file_that_leaves_the_house_holds_pixels_and_says_nothing_else(house: House) -> None:
    at = house()
    photo_id = at.photo("SECRET-HOLIDAY")
    at.look(photo_id)
    name = at.send()
    (line,) = at.server.lines(name)
    assert line["body"]["store"] is False
    (upload,) = at.server.uploads
    for marker in (b"SECRET", str(photo_id).encode(), b"two-dogs", b"local", KEY.encode()):
        assert marker not in upload
    sent = sent_photo(line["body"])
    assert sent[:2] == b"\xff\xd8"
    for marker in (b"SECRET", b"Exif", b"ICC_PROFILE", b"GPS"):
        assert marker not in sent
    assert KEY not in f"{at.work.remote!r} {vars(at.work.remote)!r}"


def test_a_day_may_end_with_some_answers_and_the_rest_is_asked_again_then_alone(
    house: House,
) -> None:
    at = house()
    good, bad = at.photo("good"), at.photo("bad")
    for photo_id in (good, bad):
        at.look(photo_id)
    first = at.server.lines(at.send())[0]["custom_id"]
    at.server.line = lambda line: (
        answered(line) if line["custom_id"] == first else faulted(line, "batch_expired")
    )
    at.server.end("batch_0", "expired")
    at.fetch()
    assert at.spent() == PRICE / 2
    (late,) = {*at.wake()} - {good}
    assert late == bad

    for number in (1, 2):  # tried twice more, by batches
        assert at.look(bad).missing_code == IN_BATCH
        assert at.send() == f"batch_{number}"
        at.server.end(f"batch_{number}", "expired")
        at.fetch()
        assert bad in at.wake()
    assert at.look(bad).missing == ()
    assert (at.server.looked, at.spent()) == (1, PRICE / 2 + PRICE)


NONE = Decimal(0)
GOOD = response(json.dumps(SEEN))
BILL = {"input_tokens": -7, "output_tokens": "many"}
ODD = response(json.dumps(SEEN), status="incomplete", output=[])
#: By name: what a line is answered with, what becomes of its photo, and what it costs; None is
#: what was reserved, for nobody knows.
FATES: dict[str, tuple[Any, str, Decimal | None]] = {
    "bad photo": (
        lambda line: told(line, 400, {"error": {"message": "bad"}}),
        "refused",
        Decimal(0),
    ),
    "busy": (lambda line: told(line, 429, {"error": {"code": "rate_limit"}}), "again", NONE),
    "unwell": (lambda line: told(line, 500, {}), "again", NONE),
    "no key": (
        lambda line: told(line, 401, {"error": {"message": f"no {KEY}"}}),
        "again",
        Decimal(0),
    ),
    "our fault": (lambda line: told(line, 400, {"error": {"param": "model"}}), "again", NONE),
    "timeout": (lambda line: faulted(line, "request_timeout"), "again", NONE),
    "cancelled": (lambda line: faulted(line, "batch_cancelled"), "again", NONE),
    "empty": (lambda line: told(line, 200, ODD), "again", PRICE / 2),
    "no response": (lambda line: told(line, 200, {"output": 7}), "again", None),
    "no answer": (lambda line: told(line, 200, response("not json")), "again", PRICE / 2),
    "nobody's": (lambda line: {**answered(line), "custom_id": KEY}, "again", NONE),
    "missing": (lambda _: None, "again", NONE),
    "no bill": (lambda line: told(line, 200, {**GOOD, "usage": {}}), "answered", None),
    "odd bill": (lambda line: told(line, 200, {**GOOD, "usage": BILL}), "answered", None),
    "good": (answered, "answered", PRICE / 2),
}


def test_each_line_has_its_own_fate(house: House) -> None:
    at = house()
    photos = {name: at.photo(name) for name in FATES}
    calls: dict[str, str] = {}
    for name, photo_id in photos.items():
        at.look(photo_id)
        (row,) = at.db.execute(
            "SELECT call_id FROM batch_photo WHERE photo_id = %s", [photo_id]
        ).fetchall()
        calls[str(row[0])] = name
    at.server.line = lambda line: FATES[calls[line["custom_id"]]][0](line)
    at.server.end(at.send())
    at.fetch()
    found = {
        calls[str(call_id)]: (state, cost)
        for call_id, state, cost in at.db.execute(
            "SELECT b.call_id, state, cost FROM batch_photo b JOIN spend USING (call_id)"
        )
    }
    assert found == {name: (outcome, cost) for name, (_, outcome, cost) in FATES.items()}
    for (text,) in at.db.execute("SELECT text FROM batch_photo"):
        assert KEY not in text
    assert sorted(at.wake()) == sorted(photos.values())
    assert at.look(photos["bad photo"]).missing_code == ""  # refused, and not asked about again
    assert at.look(photos["unwell"]).missing_code == IN_BATCH
    assert at.look(photos["good"]).missing == ()
    assert at.server.looked == 0


def test_hostile_lines_and_lines_told_twice_change_nothing(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    name = at.send()
    at.server.end(name)
    file = at.server.batches[name]["output_file_id"]
    good = at.server.files[file]
    # As it may be written, JSON knows only quotes and control characters that must be escaped.
    good = good.replace(b"Two dogs", "Two\u2028big\x85dogs".encode())
    odd = b'{"custom_id": 7}\n[1]\nnot json\n\n' + b'{"a":' * 5000 + b"\n"
    at.server.files[file] = odd + good + good + odd
    at.fetch()
    assert (at.spent(), len(at.kept())) == (PRICE / 2, 1)


@pytest.mark.parametrize(
    ("code", "state"),
    [("token_limit_exceeded", []), ("invalid_json_line", [("paused", "provider-misconfigured")])],
)
def test_a_batch_that_was_not_begun_is_put_off_and_counts_for_nothing(
    house: House, code: str, state: list[tuple[str, str]]
) -> None:
    at = house()
    at.look(at.photo("dog"))
    at.server.end(at.send(), "failed", errors=[{"code": code, "message": "no", "line": 1}])
    at.due()
    with pytest.raises(TryAgain) as caught:
        at.work.once()
    at.work.breaker.failed(caught.value)
    assert at.reports == state
    assert at.db.execute("SELECT state, tries FROM batch_photo").fetchone() == ("waiting", 0)
    assert not at.work.once()
    at.db.execute("UPDATE batch_photo SET not_before = now()")
    assert at.send() == "batch_1"


class Killed(BaseException):
    """Nothing of what comes after it is done."""


@pytest.mark.parametrize(
    "point", ["batch.taken", "batch.packed", "batch.made", "batch.kept", "batch.told"]
)
def test_a_worker_that_dies_anywhere_leaves_one_batch_that_is_paid_once(
    house: House, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = house()
    photos = [at.photo("cat"), at.photo("dog")]
    for photo_id in photos:
        at.look(photo_id)
    deaths: list[str] = []

    def die_once(name: str) -> None:
        if name == point and not deaths:
            deaths.append(name)
            raise Killed

    monkeypatch.setattr(working, "reach", die_once)
    for _ in range(6):
        at.due()
        try:
            at.work.once()
        except Killed:
            assert not at.work.once(), "somebody else has the same batch at the same time"
            continue
        for name, batch in at.server.batches.items():
            if batch["status"] == "validating":
                at.server.end(name)
    assert deaths == [point]
    assert len(at.server.batches) == 1
    assert (at.spent(), len(at.kept())) == (PRICE, 2)
    assert [outcome for _, outcome, _ in at.books()] == ["answered", "answered"]
    assert sorted(at.wake()) == sorted(photos)
