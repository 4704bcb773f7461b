"""What may become of photos, workers and money while a batch is away."""

from functools import partial
from uuid import uuid4

import pytest

from services.common.cloud.failing import IN_BATCH
from services.common.cloud.ledger import BudgetReserve
from services.common.errors import TryAgain
from services.common.settings import StoreSettings
from services.search import batches, budget, record
from services.search.database import Db
from services.search.settings import BudgetSettings
from services.tagger.batch import work as working
from services.tagger.batch.pack import line_of, pack
from services.tagger.outgoing import outgoing
from tests.cloud.batched import PHOTO, PRICE, waitings
from tests.cloud.conftest import House, Search
from tests.cloud.openai_server import KEY, fault
from tests.search.photos import OWNER
from tests.tagger.stubs import answer, hang_up


def test_a_photo_deleted_before_it_is_sent_never_leaves_the_house(house: House) -> None:
    at = house()
    gone, stays = at.photo("gone"), at.photo("stays")
    for photo_id in (gone, stays):
        at.look(photo_id)
    record.doom_photo(at.db, gone, OWNER)
    name = at.send()
    assert len(at.server.lines(name)) == 1
    withdrawn = [cost for _, outcome, cost in at.books() if outcome == "withdrawn"]
    assert withdrawn == [0]


def test_of_a_photo_deleted_while_it_is_away_nothing_is_kept(house: House) -> None:
    at = house()
    photo_id = at.photo("gone")
    at.look(photo_id)
    at.server.end(at.send())
    record.doom_photo(at.db, photo_id, OWNER)
    at.fetch()
    assert (at.kept(), at.wake()) == ([], [])
    assert at.spent() == PRICE / 2  # it was asked about, so it is paid


def test_everybody_deleted_means_no_batch(house: House) -> None:
    at = house()
    photo_id = at.photo("gone")
    at.look(photo_id)
    record.doom_photo(at.db, photo_id, OWNER)
    assert at.work.once()
    assert not at.server.batches
    assert at.spent() == 0


def test_a_photo_tagged_anew_while_it_is_away_waits_for_the_same_answer(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    name = at.send()
    at.db.execute(
        "UPDATE photo SET generation = 2, status = 'queued' WHERE photo_id = %s", [photo_id]
    )
    assert at.look(photo_id).missing_code == IN_BATCH
    at.server.end(name)
    at.fetch()
    assert at.wake() == [photo_id]
    whole = at.look(photo_id)
    assert (whole.generation, whole.missing, at.spent()) == (3, (), PRICE / 2)


def test_an_answer_that_is_back_before_the_first_look_ended_wakes_the_photo_then(
    house: House,
) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    at.server.end(at.send())
    at.db.execute("UPDATE photo SET status = 'queued', next_at = NULL")
    at.fetch()
    assert at.wake() == []
    at.db.execute("UPDATE photo SET status = 'partial', next_at = now() + interval '3 hours'")
    assert at.wake() == [photo_id]


def test_who_asks_for_one_photo_now_gets_it_now_at_the_whole_price(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    record.requeue_photo(at.db, photo_id, OWNER)
    assert at.look(photo_id).missing == ()
    assert (at.server.looked, at.spent()) == (1, PRICE)
    assert not at.work.once()


def test_what_is_on_its_way_is_not_asked_for_twice(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    name = at.send()
    record.requeue_photo(at.db, photo_id, OWNER)
    assert at.look(photo_id).missing == ("openai",)
    assert at.server.looked == 0
    at.server.end(name)
    at.fetch()
    assert at.wake() == [photo_id]
    assert at.look(photo_id).missing == ()
    assert at.spent() == PRICE / 2


def test_another_model_takes_what_waits_into_its_own_batch(
    house: House, db: Db, store: StoreSettings, search: Search
) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    at.db.execute("UPDATE photo SET status = 'queued', generation = 2")
    with waitings(db, search(), store, at.server, vision_model="gpt-6-sol") as other:
        other.look(photo_id)
        assert not at.work.once()
        (line,) = at.server.lines(other.send())
    assert line["body"]["model"] == "gpt-6-sol"
    assert [outcome for _, outcome, _ in at.books()].count("withdrawn") == 1


def test_over_the_cap_nothing_waits_and_nothing_is_sent(house: House) -> None:
    at = house(day="0.0001")
    photo_id = at.photo("dog")
    with pytest.raises(TryAgain, match="daily budget"):
        at.look(photo_id)
    assert at.db.execute("SELECT count(*) FROM batch_photo").fetchone() == (0,)
    assert not at.work.once()


UNWELL = {
    "provider-refuses-key": fault(401, "invalid_api_key", f"Incorrect API key: {KEY}"),
    "provider-no-credit": fault(429, "insufficient_quota"),
    "provider-busy": fault(429, "rate_limit_exceeded"),
    "provider-unwell": fault(500, "server_error"),
    "provider-cut": hang_up,
    "provider-answer": answer(b"not json", Content_Type="application/json"),
}


def test_a_provider_that_is_unwell_is_asked_again_later(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)

    def fails() -> None:
        for code, reply in UNWELL.items():
            at.server.first.append(reply)
            at.due()
            with pytest.raises(TryAgain) as caught:
                at.work.once()
            assert caught.value.code == code
            assert KEY not in str(caught.value)

    fails()
    at.due()
    at.server.end(at.send())
    fails()
    at.fetch()
    assert (at.wake(), at.spent(), len(at.server.batches)) == ([photo_id], PRICE / 2, 1)


def test_a_batch_that_is_hidden_is_looked_for_until_long_after_its_time(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    reserved = at.spent()
    batch = at.server.batches.pop(at.send())
    at.due()
    with pytest.raises(TryAgain, match="another project's key"):
        at.work.once()
    at.server.batches["batch_0"] = batch
    at.server.end("batch_0")
    del at.server.batches["batch_0"]
    at.db.execute("UPDATE batch SET expires_at = now() - interval '2 days', look_at = now()")
    assert at.work.once()
    assert (at.wake(), at.spent()) == ([photo_id], reserved)
    assert at.books()[0][1] == "lost"


def test_no_more_go_into_a_file_than_a_batch_may_have(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = house()
    for name in ("cat", "dog"):
        at.look(at.photo(name))

    one = line_of(uuid4(), at.tagger.tagger.request(outgoing(PHOTO, at.tagger.tagger.side)))
    monkeypatch.setattr(working, "pack", partial(pack, most=int(1.5 * len(one))))
    assert len(at.server.lines(at.send())) == 1
    at.db.execute("UPDATE batch SET look_at = now() + interval '1 hour'")
    assert len(at.server.lines(at.send())) == 1
    sent = [line["custom_id"] for name in at.server.batches for line in at.server.lines(name)]
    assert len(set(sent)) == 2


def test_what_nobody_fetches_is_forgotten_and_its_money_given_back(house: House) -> None:
    at = house()
    photo_id = at.photo("dog")
    at.look(photo_id)
    at.db.execute("UPDATE batch_photo SET asked_at = now() - interval '4 days'")
    batches.forget(at.db)
    assert at.spent() == 0
    assert batches.overview(at.db) is None


def test_a_killed_worker_leaves_its_call_in_the_books_and_nobody_makes_it_meanwhile(
    house: House,
) -> None:
    at = house()
    photo_id = at.photo("dog")
    record.requeue_photo(at.db, photo_id, OWNER)
    leaving = at.tagger.tagger.leaving(768, 512, 1).model_dump()
    mine = {**leaving, "photo_id": photo_id, "owner": OWNER}
    budget.reserve(at.db, BudgetReserve(call_id=uuid4(), **mine), BudgetSettings())  # then it died
    waits = at.look(photo_id)
    assert (waits.missing, at.server.looked) == (("openai",), 0)
    at.db.execute("UPDATE spend SET over_at = now()")
    at.db.execute("UPDATE photo SET status = 'queued'")
    assert at.look(photo_id).missing == ()
    assert [outcome for _, outcome, _ in at.books()] == ["lost", "answered"]
    assert at.spent() > PRICE  # it may have been billed, so it counts
