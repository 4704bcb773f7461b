"""What the workers' answers do to the record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.common.api import TagEdit, TagName
from services.common.errors import Refuse
from services.common.events import PhotoFailed
from services.search import gallery, record, tags
from services.search.apply import (
    ATTEMPTS,
    LONGEST_WAIT,
    RETRY_AFTER,
    apply_failure,
    apply_result,
    next_try,
)
from services.search.database import Db
from tests.search.photos import OWNER, embedded, failed, place, queued, ready, tag


def texts(db: Db, of: Any) -> dict[str, float]:
    return {t.text: round(t.confidence, 2) for t in gallery.photo_detail(db, OWNER, of).tags}


def test_a_result_makes_the_photo_ready_with_its_tags_and_evidence(db: Db) -> None:
    of = queued(db, "cat")
    axis = {"axis": {"from": [0.5, 0], "to": [0.5, 1]}}
    answer = embedded(
        db, of, tag("cat", 0.8), tag("symmetry", 0.7, "composition", evidence=axis), caption="A cat"
    )
    change = apply_result(db, answer)
    assert change
    assert (change.status, change.stage) == ("ready", "searchable")
    detail = gallery.photo_detail(db, OWNER, of)
    assert (detail.caption, detail.embedder) == ("A cat", "letters")
    assert {t.text: t.evidence for t in detail.tags} == {"cat": None, "symmetry": axis}


def test_a_result_counts_once(db: Db) -> None:
    of = queued(db, "cat")
    answer = embedded(db, of, tag("cat"))
    assert apply_result(db, answer)
    assert apply_result(db, answer) is None


def test_a_retag_replaces_what_was_seen(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("beach"))
    record.requeue_photo(db, of, OWNER)
    apply_result(db, embedded(db, of, tag("dog", 0.5), tag("beach", 0.4)))
    assert texts(db, of) == {"dog": 0.5, "beach": 0.4}


def test_what_a_person_said_outlives_every_retag(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("dog"))
    edit = TagEdit(
        add=[TagName(kind="user", text="Whiskers")], remove=[TagName(kind="label", text="dog")]
    )
    tags.edit_tags(db, OWNER, of, edit)
    assert texts(db, of) == {"cat": 0.9, "whiskers": 1.0}

    record.requeue_photo(db, of, OWNER)
    apply_result(db, embedded(db, of, tag("cat", 0.6), tag("dog", 0.99)))
    assert texts(db, of) == {"cat": 0.6, "whiskers": 1.0}


def test_a_silent_provider_leaves_the_photo_partial_and_says_which(db: Db) -> None:
    of = queued(db, "cat")
    change = apply_result(db, embedded(db, of, tag("cat"), missing=("openai",)))
    assert change
    assert (change.status, change.text) == ("partial", "no answer from openai")


def test_a_failure_that_heals_is_tried_again_later(db: Db) -> None:
    of = queued(db, "cat")
    change = apply_failure(db, failed(db, of))
    assert change
    assert (change.status, change.code) == ("queued", "provider-unwell")
    assert change.next_at
    assert change.next_at > datetime.now(UTC)


def test_a_failure_after_the_result_changes_nothing(db: Db) -> None:
    of = queued(db, "cat")
    late = failed(db, of, heals=False)
    apply_result(db, embedded(db, of, tag("cat")))
    assert apply_failure(db, late) is None
    assert record.photo_state(db, of, None).status == "ready"


def test_a_provider_may_say_when_to_come_back(db: Db) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    change = apply_failure(db, failed(db, queued(db, "cat"), next_at=later))
    assert change
    assert change.next_at == later


def failure(**more: Any) -> PhotoFailed:
    fields: dict[str, Any] = {
        "photo_id": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "owner": OWNER,
        "generation": 1,
        "stage": "tagging",
        "code": "x",
        "text": "x",
        "heals": True,
    }
    return PhotoFailed(**{**fields, **more})


def test_tries_come_further_apart_and_end() -> None:
    plan = [next_try(failure(), done, 0, 1.0, 1.0) for done in range(ATTEMPTS)]
    assert [after.seconds for after in plan] == [*RETRY_AFTER, RETRY_AFTER[-1], 0]
    assert [after.failed for after in plan] == [False] * (ATTEMPTS - 1) + [True]


def test_luck_halves_a_pause_at_the_most() -> None:
    assert next_try(failure(), 0, 0, 1.0, 0.0).seconds == RETRY_AFTER[0] / 2


def test_an_outage_never_uses_up_a_photo() -> None:
    for waits in (0, 10, 10_000):
        after = next_try(failure(counts=False), ATTEMPTS - 1, waits, 1.0, 1.0)
        assert not after.failed
        assert after.seconds <= LONGEST_WAIT


def test_what_time_cannot_heal_fails_at_once() -> None:
    assert next_try(failure(heals=False), 0, 0, 1.0, 1.0).failed


def test_vectors_of_two_lengths_are_refused(db: Db) -> None:
    answer = embedded(db, queued(db, "cat"), tag("cat"), photo_vector=(1.0, 2.0))
    with pytest.raises(Refuse, match="8"):
        apply_result(db, answer)


def test_one_model_has_one_length(db: Db) -> None:
    ready(db, "dog", tag("dog"))
    short = {"dimensions": 3, "photo_vector": place("cat")[:3], "tag_vectors": ()}
    answer = embedded(db, queued(db, "cat"), tag("cat"), **short)
    with pytest.raises(Refuse, match="letters has 8"):
        apply_result(db, answer)


def test_answers_at_the_same_time_with_the_same_new_words_all_apply(database: str) -> None:
    words = [tag(f"word {number}") for number in range(30)]
    with psycopg.connect(database, autocommit=True) as db:
        answers = [
            embedded(db, queued(db, f"p{n}"), *(words if n % 2 else reversed(words)))
            for n in range(24)
        ]

    def apply(answer: Any) -> bool:
        with psycopg.connect(database) as own:
            return apply_result(own, answer) is not None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(apply, answers))
    with psycopg.connect(database, autocommit=True) as db:
        assert db.execute("SELECT count(*) FROM tag").fetchone() == (30,)
        assert db.execute("SELECT count(*) FROM tag_vector").fetchone() == (30,)
        assert db.execute("SELECT count(*) FROM photo_tag").fetchone() == (30 * 24,)
