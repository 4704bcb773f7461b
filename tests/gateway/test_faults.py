"""Neighbours that are away, frozen or cut off in the middle of a word: no photo is lost by it."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import httpx
import psycopg
import pytest
from psycopg import sql

from services.common.identity import photo_id
from services.embedded.database import Database
from tests.gateway.house import House, jpeg, until
from tests.search.photos import OWNER


def once(path_ends: str, fault: str) -> Callable[[str], str]:
    """The fault happens to the first call of that kind."""
    left = [fault]

    def happens(path: str) -> str:
        if not path.endswith(path_ends) or not left:
            return ""
        if left[0] == "after":  # asked twice: before the call, and after it
            left[0] = "after it"
            return ""
        return left.pop().removesuffix(" it")

    return happens


def always(path_ends: str, fault: str) -> Callable[[str], str]:
    return lambda path: fault if path.endswith(path_ends) else ""


@pytest.mark.parametrize("fault", ["before", "after"])
@pytest.mark.parametrize("call", ["state", ":reserve", ":commit"])
def test_a_connection_cut_once_is_not_noticed(house: House, call: str, fault: str) -> None:
    house.passage.fault = once(call, fault)
    answer = house.upload(jpeg())
    assert answer.status_code == 202, answer.text


def test_a_commit_that_was_done_but_never_answered_is_a_success(house: House) -> None:
    house.passage.fault = always(":commit", "after")
    answer = house.upload(jpeg())
    assert answer.status_code == 202, answer.text
    assert answer.json()["photos"][0]["status"] == "queued"


def test_a_commit_that_was_not_done_is_said_and_can_be_done_again(house: House) -> None:
    photo = jpeg()
    house.passage.fault = always(":commit", "before")
    answer = house.upload(photo)
    assert (answer.status_code, answer.json()["code"]) == (503, "search-away")
    assert answer.headers["retry-after"] == "2"
    house.passage.fault = always("", "")
    again = house.upload(photo)
    assert again.status_code == 202
    assert len(house.keys(again.json()["photos"][0]["id"])) == 4


def test_a_photo_deleted_between_put_and_commit_leaves_no_bytes(house: House) -> None:
    photo = jpeg()
    identity = house.kept(photo)
    house.client.delete(f"/api/photos/{identity}")

    def deleted_first(path: str) -> str:
        if path.endswith(":commit"):
            house.passage.fault = always("", "")
            house.db.execute(
                "UPDATE photo SET status = 'deleted', generation = generation + 1"
                " WHERE photo_id = %s",
                [identity],
            )
        return ""

    house.passage.fault = deleted_first
    answer = house.upload(photo)
    assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
    # A slow store is not waited for, and goes on deleting.
    until(lambda: not [key for key in house.keys(identity) if f"/{identity}/3/" in key])


@pytest.mark.alone
@pytest.mark.parametrize("fault", ["503", "before"])
def test_search_away_is_said_at_once_with_a_time_to_come_back(house: House, fault: str) -> None:
    house.passage.fault = lambda _: fault
    began = time.monotonic()
    answers = [house.upload(jpeg()), house.client.get("/api/photos")]
    answers.append(house.client.get("/api/search", params={"q": "cat"}))
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(503, "search-away")}
    assert all(answer.headers["retry-after"] for answer in answers)
    assert time.monotonic() - began < 3 * 3
    assert house.spooled() == []


@pytest.mark.alone
@pytest.mark.parametrize("call", ["state", ":reserve", ":commit"])
def test_frozen_search_holds_nobody_longer_than_five_seconds(house: House, call: str) -> None:
    house.passage.fault = always(call, "frozen")
    began = time.monotonic()
    answer = house.upload(jpeg())
    if call != ":commit":
        assert (answer.status_code, answer.json()["code"]) == (503, "search-away")
    assert time.monotonic() - began < 5


@contextmanager
def database_away(node: Database, house: House) -> Iterator[None]:
    """Nobody gets in, and whoever is in is thrown out; but for the test itself."""
    name, own = sql.Identifier(house.db.info.dbname), house.db.info.backend_pid
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(node.admin_url, autocommit=True) as admin:
        admin.execute(allow.format(name, sql.SQL("false")))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> %s",
            [house.db.info.dbname, own],
        )
        try:
            yield
        finally:
            admin.execute(allow.format(name, sql.SQL("true")))
    until(lambda: house.client.get("/readyz").status_code == 200)


def test_a_database_that_is_away_keeps_its_own_name(house: House, database_node: Database) -> None:
    with database_away(database_node, house):
        answer = house.client.get("/api/photos")
        assert (answer.status_code, answer.json()["code"]) == (503, "database-away")
        assert house.upload(jpeg()).json()["code"] == "database-away"
    assert house.upload(jpeg()).status_code == 202


def test_a_retry_that_search_may_have_done_is_not_sent_twice(house: House) -> None:
    identity = house.kept(jpeg())
    house.passage.asked.clear()
    house.passage.fault = always(":retry", "after")
    answer = house.client.post(f"/api/photos/{identity}/retry")
    assert answer.status_code == 503
    assert sum(asked.endswith(":retry") for asked in house.passage.asked) == 1


def test_an_unknown_photo_is_asked_for_and_then_reserved_and_committed(house: House) -> None:
    photo = jpeg()
    house.upload(photo)
    identity = photo_id(OWNER, sha256(photo).hexdigest())
    assert [asked for asked in house.passage.asked if "/changes" not in asked] == [
        f"GET /internal/v1/photos/{identity}/state",
        "POST /internal/v1/photos:reserve",
        f"POST /internal/v1/photos/{identity}:commit",
    ]


def test_readiness_follows_search(house: House) -> None:
    assert house.client.get("/readyz").status_code == 200
    house.passage.fault = always("readyz", "503")
    assert house.client.get("/readyz").status_code == 503
    assert house.client.get("/healthz").status_code == 200
    house.passage.fault = always("", "")
    assert until(lambda: house.client.get("/readyz").status_code == 200)


def test_no_answer_is_ever_cut_off_without_a_word(house: House) -> None:
    """Faults at random on every call: each request ends with an answer or a problem."""
    dice = random.Random(7)
    house.passage.fault = lambda _: dice.choice(["", "", "before", "after", "503"])
    for _ in range(20):
        answer = house.upload(jpeg())
        assert answer.status_code in (200, 202, 503), answer.text
    house.passage.fault = always("", "")
    with httpx.Client(base_url=house.url, trust_env=False) as client:
        assert client.get("/api/photos").status_code == 200
