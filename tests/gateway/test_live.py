"""Open pages are told what happens to photos, and what they missed."""

from uuid import UUID, uuid4

import pika
import pytest

from services.common.events import PhotoChanged, PhotoTagged
from services.gateway.live import hub as hubs
from services.gateway.live.hub import Hub
from services.gateway.search import SearchService
from services.gateway.who.acting import ACTING, LOCAL
from tests.gateway.house import House, jpeg, until
from tests.gateway.stream import listening


def changed(photo_id: UUID, seq: int, status: str = "queued", generation: int = 1) -> PhotoChanged:
    fields = {"photo_id": photo_id, "owner": "local", "generation": generation, "seq": seq}
    return PhotoChanged.model_validate({**fields, "status": status, "stage": "uploaded"})


def tagged(photo_id: UUID, generation: int = 1) -> PhotoTagged:
    return PhotoTagged(
        photo_id=photo_id, owner="local", generation=generation, blob_key="a", tags=(), tagger="t"
    )


def test_a_page_is_told_of_an_upload_and_of_its_end(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.position)
        identity = house.kept(jpeg())
        told = page.status_of(identity, "queued")
        assert told.data == {
            "id": identity,
            "status": "queued",
            "stage": "uploaded",
            "generation": 1,
            "reason": None,
        }
        assert int(told.id) > 0
        house.client.delete(f"/api/photos/{identity}")
        assert int(page.status_of(identity, "deleting").id) > int(told.id)


def test_a_page_hears_that_a_photo_was_tagged_before_any_row_knows(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.position)
        identity = house.kept(jpeg())
        page.status_of(identity, "queued")
        broker = house.settings.broker
        with pika.BlockingConnection(broker.parameters) as connection:
            broker.topology.publish(connection.channel(), tagged(UUID(identity)))
        told = page.until(lambda told: told.event == "photo" and told.data["id"] == identity)
        assert (told.data["stage"], told.data["status"], told.id) == ("tagged", "queued", "")


def test_a_page_that_comes_back_is_told_what_it_missed(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.position)
    missed = [house.kept(jpeg()) for _ in range(3)]
    house.client.delete(f"/api/photos/{missed[0]}")
    with listening(house.url, **{"last-event-id": page.position}) as back:
        back.status_of(missed[1], "queued")
        back.status_of(missed[2], "queued")
        back.until(lambda told: told.data["id"] == missed[0] and told.data["status"] != "queued")


def test_a_page_that_missed_too_much_is_told_to_reload(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.position)
    house.db.execute(
        "INSERT INTO photo (photo_id, owner, sha256, filename, content_type, bytes, width,"
        " height, thumbhash, status, next_at) SELECT gen_random_uuid(), 'local',"
        " encode(sha256(n::text::bytea), 'hex'), 'a', 'image/jpeg', 1, 1, 1, '', 'failed', NULL"
        " FROM generate_series(1, 300) AS n"
    )
    try:
        with listening(house.url, **{"last-event-id": page.position}) as back:
            back.until(lambda told: told.event == "reload")
            until(lambda: back.position != "" and int(back.position) >= int(page.position) + 300)
            identity = house.kept(jpeg())
            back.status_of(identity, "queued")
    finally:
        house.db.execute("DELETE FROM photo WHERE filename = 'a'")


@pytest.mark.parametrize("seen", ["0", "nonsense", "-1", "9" * 25, ""])
def test_a_page_with_a_strange_memory_is_welcome_all_the_same(house: House, seen: str) -> None:
    with listening(house.url, **{"last-event-id": seen}) as page:
        identity = house.kept(jpeg())
        page.status_of(identity, "queued")


def test_a_quiet_stream_shows_signs_of_life(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.heartbeats >= 2)


def test_a_page_that_came_while_search_was_away_is_brought_up_to_date(house: House) -> None:
    with listening(house.url) as page:
        until(lambda: page.position)
    identity = house.kept(jpeg())
    house.passage.fault = lambda _: "503"
    with listening(house.url, **{"last-event-id": page.position}) as back:
        until(lambda: back.heartbeats)
        house.passage.fault = lambda _: ""
        back.status_of(identity, "queued")


def test_a_page_that_is_closed_is_forgotten(house: House) -> None:
    def streams() -> str:
        lines = house.client.get("/metrics").text.splitlines()
        return next(line for line in lines if line.startswith("imgcap_streams "))

    with listening(house.url):
        until(lambda: streams() == "imgcap_streams 1.0")
    until(lambda: streams() == "imgcap_streams 0.0")


@pytest.fixture
def hub() -> Hub:
    search = SearchService("http://127.0.0.1:1")
    ACTING.set(LOCAL)
    return Hub(search, most=2, changed=lambda _: None)


def test_a_page_that_is_too_far_behind_is_let_go_and_the_others_are_not(hub: Hub) -> None:
    with hub.page() as slow, hub.page() as quick:
        for seq in range(1, hubs.BEHIND + 2):
            hub.hear(changed(uuid4(), seq))
            quick.news.get_nowait()
        assert (slow.let_go.is_set(), quick.let_go.is_set()) == (True, False)


def test_more_pages_than_bearable_are_turned_away(hub: Hub) -> None:
    with (
        hub.page(),
        hub.page(),
        pytest.raises(Exception, match="too many pages"),
        hub.page(),
    ):
        pass


def test_a_late_hint_does_not_make_a_finished_photo_look_unfinished(hub: Hub) -> None:
    photo = uuid4()
    with hub.page() as page:
        hub.hear(changed(photo, 1, "ready", generation=1))
        hub.hear(tagged(photo, generation=1))
        assert page.news.qsize() == 1
        hub.hear(tagged(photo, generation=2))
        assert page.news.qsize() == 2


def test_news_of_somebody_elses_photos_are_not_told(hub: Hub) -> None:
    with hub.page() as page:
        hub.hear(changed(uuid4(), 1).model_copy(update={"owner": "somebody else"}))
        assert page.news.empty()
