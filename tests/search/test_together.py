"""Many at once: whoever searches while photos are changed sees whole photos of one moment."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event
from uuid import UUID

import psycopg
import pytest
from pydantic import SecretStr

from services.common.api import SearchAnswer
from services.search import record
from services.search.apply import apply_result
from services.search.database import Pool, open_pool, open_readers
from services.search.query import Asking, Question
from services.search.settings import DatabaseSettings
from tests.search.photos import OWNER, asking, embedded, ready, tag

SECONDS, PHOTOS, SEARCHERS = 6.0, 24, 3
#: What must have happened; a busy machine gets longer for it, but not for ever.
CHANGES, ANSWERS, PATIENCE = 10, 5, 60.0
#: What a photo shows in an even generation and in an odd one: never some of both.
SIDES = (("cat", "beach"), ("dog", "harbour"))


@pytest.fixture
def pools(database: str) -> Iterator[tuple[Pool, Pool]]:
    settings = DatabaseSettings(url=SecretStr(database), connections=8)
    with ExitStack() as stack:
        writing = open_pool(settings)
        stack.callback(writing.close)
        reading = open_readers(settings)
        stack.callback(reading.close)
        yield writing, reading


def _change(
    writing: Pool, photos: list[UUID], gone: dict[UUID, float], stop: Event, done: Counter[str]
) -> None:
    """Looks again at photos, sends some twice, and deletes some for good."""
    luck = random.Random(7)
    while not stop.is_set():
        of = luck.choice(photos)
        if of in gone:
            continue
        with writing.connection() as db:
            state = record.requeue_photo(db, of, OWNER)
        assert state
        if luck.random() < 0.15 and len(gone) < PHOTOS // 2:
            with writing.connection() as db:
                assert record.doom_photo(db, of, OWNER)
            gone[of] = time.monotonic()
            continue
        with writing.connection() as db:
            generation = record.photo_state(db, of, OWNER).generation
            side = SIDES[generation % 2]
            result = embedded(db, of, *(tag(text, 0.9) for text in side))
            assert apply_result(db, result)
        with writing.connection() as db:
            assert apply_result(db, result) is None  # a second delivery changes nothing
        done["changes"] += 1


def _search(
    of: Asking, reading: Pool, gone: dict[UUID, float], stop: Event, done: Counter[str], name: str
) -> None:
    luck = random.Random()
    while not stop.is_set():
        side = luck.choice(SIDES)
        asked_at = time.monotonic()
        q = " ".join(side)
        with reading.connection() as db:
            asked = of.understand(db, q)
            answer = of.answer(db, Question(OWNER, q, strictness=0, weaker=True, limit=200), asked)
        _is_whole(answer, side)
        late = [hit.id for hit in answer.photos if gone.get(UUID(hit.id), asked_at) < asked_at]
        assert late == []
        done[name] += 1


def _is_whole(answer: SearchAnswer, side: tuple[str, str]) -> None:
    ids = [hit.id for hit in answer.photos]
    assert len(ids) == len(set(ids))
    for hit in answer.photos:
        said = {why.tag for why in hit.why if why.kind == "label"}
        # Both words or none: a photo that has one of them would be of two generations.
        assert said in (set(side), set()), (said, hit.generation)
        assert sum(why.points for why in hit.why) == pytest.approx(hit.likeness, abs=2e-6)
    counted = {one.text: one.count for one in answer.facets.get("label", [])}
    shown = sum(any(why.tag == side[0] for why in hit.why) for hit in answer.photos)
    assert counted.get(side[0], 0) == counted.get(side[1], 0) == shown


def test_no_answer_mixes_generations_or_shows_what_was_deleted(
    database: str, pools: tuple[Pool, Pool]
) -> None:
    writing, reading = pools
    with psycopg.connect(database, autocommit=True) as db:
        photos = [ready(db, f"{n}", *(tag(text, 0.9) for text in SIDES[1])) for n in range(PHOTOS)]
        of = asking()
        for side in SIDES:
            asked = of.understand(db, " ".join(side))
            assert asked.model
            of.meaning.learn(writing, 1, asked.model["name"], asked.missing)
    gone: dict[UUID, float] = {}
    stop, done = Event(), Counter[str]()
    names = [f"searcher {number}" for number in range(SEARCHERS)]
    with ThreadPoolExecutor() as threads:
        changing = threads.submit(_change, writing, photos, gone, stop, done)
        searching = [threads.submit(_search, of, reading, gone, stop, done, name) for name in names]
        begun = time.monotonic()
        while not any(future.done() for future in (changing, *searching)):
            enough = done["changes"] > CHANGES and all(done[name] > ANSWERS for name in names)
            if time.monotonic() > begun + (SECONDS if enough and gone else PATIENCE):
                break
            time.sleep(0.05)
        stop.set()
        for future in (changing, *searching):
            future.result()
    assert done["changes"] > CHANGES
    assert all(done[name] > ANSWERS for name in names)
    assert gone
