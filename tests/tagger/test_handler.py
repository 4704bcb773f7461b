"""What the tagger makes of one event: with a real store, and a stub that answers for search."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.common.blobs import Blobs, Keys
from services.common.errors import Refuse, TryAgain
from services.common.events import (
    Event,
    Feeling,
    PhotoFacts,
    PhotoFailed,
    PhotoTagged,
    PhotoUploaded,
    Sighting,
    Tag,
)
from services.common.failures import telling
from services.common.record import Record
from services.common.results import Results
from services.common.settings import StoreSettings
from services.tagger.handler import TagPhoto, file_name
from tests.tagger.conftest import DISPLAY
from tests.tagger.stubs import RecordStub, state_of

DOG = Tag(kind="label", text="dog", confidence=0.9, source="paid", model="m")
UNSURE_DOG = Tag(kind="label", text="dog", confidence=0.4, source="free")
CALM = Tag(kind="mood", text="calm", confidence=0.6, source="free")


class Sees:
    """Sees what it is told to see, after failing as often as it is told to."""

    def __init__(
        self,
        *tags: Tag,
        name: str = "paid",
        paid: bool = True,
        fails: tuple[Exception, ...] = (),
        meanwhile: Callable[[], None] = lambda: None,
        feeling: Feeling | None = None,
    ) -> None:
        self.name, self.version, self.paid = name, "1", paid
        self.tags, self.fails, self.meanwhile = tags, list(fails), meanwhile
        self.feeling = feeling
        self.looks: list[bytes] = []

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        self.looks.append(photo)
        assert facts is None
        self.meanwhile()
        if self.fails:
            raise self.fails.pop(0)
        return Sighting(tags=self.tags, caption="a dog", cost=Decimal("0.01"), feeling=self.feeling)


def kept(blobs: Blobs, event: PhotoUploaded) -> list[str]:
    return list(blobs.keys(f"{Keys.beside(event.blob_key).prefix}/results/"))


def test_an_uploaded_photo_is_tagged(results: Results, event: PhotoUploaded) -> None:
    (tagged,) = TagPhoto(results, [Sees(DOG)])(event)

    assert isinstance(tagged, PhotoTagged)
    assert (tagged.photo_id, tagged.owner, tagged.generation) == (event.photo_id, "local", 1)
    assert (tagged.tags, tagged.caption, tagged.cost) == ((DOG,), "a dog", Decimal("0.01"))
    assert (tagged.tagger, tagged.missing, tagged.blob_key) == ("paid-1", (), event.blob_key)


def test_the_provider_sees_the_display_copy(results: Results, event: PhotoUploaded) -> None:
    sees = Sees(DOG)
    TagPhoto(results, [sees])(event)
    assert sees.looks == [DISPLAY]


def test_the_same_event_twice_is_paid_once(results: Results, event: PhotoUploaded) -> None:
    sees = Sees(DOG)
    tag_photo = TagPhoto(results, [sees])

    first, second = tag_photo(event), tag_photo(event)

    assert [one.tags for one in (*first, *second)] == [(DOG,), (DOG,)]
    assert len(sees.looks) == 1


def test_a_kept_answer_needs_no_search(
    results: Results, event: PhotoUploaded, search: RecordStub
) -> None:
    tag_photo = TagPhoto(results, [Sees(DOG)])
    tag_photo(event)
    search.away = True
    assert len(tag_photo(event)) == 1


def test_a_kept_answer_that_cannot_be_read_is_asked_anew(
    results: Results, event: PhotoUploaded, blobs: Blobs
) -> None:
    key = Keys.beside(event.blob_key).result("tagging", "paid-1")
    blobs.put(key, b'{"tags": [{', "application/json")
    (tagged,) = TagPhoto(results, [Sees(DOG)])(event)
    assert tagged.tags == (DOG,)


def test_a_new_version_looks_again(results: Results, event: PhotoUploaded) -> None:
    old, new = Sees(DOG), Sees(CALM)
    new.version = "2"
    TagPhoto(results, [old])(event)
    (tagged,) = TagPhoto(results, [new])(event)
    assert (tagged.tags, tagged.tagger) == ((CALM,), "paid-2")


@pytest.mark.parametrize("generation", [None, 2], ids=["gone", "of another generation"])
def test_nobody_pays_for_a_photo_that_is(
    results: Results, event: PhotoUploaded, search: RecordStub, generation: int | None
) -> None:
    search.state = state_of(event.photo_id, generation) if generation else None
    sees = Sees(DOG)
    assert list(TagPhoto(results, [sees])(event)) == []
    assert sees.looks == []


def test_a_photo_that_is_being_deleted_is_gone(
    results: Results, event: PhotoUploaded, search: RecordStub
) -> None:
    search.state = state_of(event.photo_id).model_copy(update={"status": "deleting"})
    assert list(TagPhoto(results, [Sees(DOG)])(event)) == []


def test_while_search_is_away_nothing_is_paid(
    results: Results, event: PhotoUploaded, search: RecordStub
) -> None:
    search.away = True
    sees = Sees(DOG)
    with pytest.raises(TryAgain) as caught:
        TagPhoto(results, [sees])(event)
    assert (caught.value.code, caught.value.counts, sees.looks) == ("search-away", False, [])


def test_while_search_is_away_free_eyes_look_on(
    results: Results, event: PhotoUploaded, search: RecordStub
) -> None:
    search.away = True
    (tagged,) = TagPhoto(results, [Sees(CALM, name="free", paid=False)])(event)
    assert tagged.tags == (CALM,)


def test_a_search_that_nobody_runs_is_away(blobs: Blobs, event: PhotoUploaded) -> None:
    record = Record("http://127.0.0.1:9")
    with pytest.raises(TryAgain, match="search does not answer"):
        TagPhoto(Results(blobs, record), [Sees(DOG)])(event)
    record.close()


def test_a_photo_deleted_while_it_is_looked_at_leaves_nothing_behind(
    results: Results, event: PhotoUploaded, search: RecordStub, blobs: Blobs
) -> None:
    def delete() -> None:
        search.state = None

    assert list(TagPhoto(results, [Sees(DOG, meanwhile=delete)])(event)) == []
    assert kept(blobs, event) == []


def test_a_photo_replaced_while_it_is_looked_at_leaves_nothing_behind(
    results: Results, event: PhotoUploaded, search: RecordStub, blobs: Blobs
) -> None:
    def replace() -> None:
        search.state = state_of(event.photo_id, generation=3, blob_generation=3)

    assert list(TagPhoto(results, [Sees(DOG, meanwhile=replace)])(event)) == []
    assert kept(blobs, event) == []


def test_a_photo_tagged_anew_meanwhile_keeps_the_answer_for_its_next_life(
    results: Results, event: PhotoUploaded, search: RecordStub
) -> None:
    def retag() -> None:
        search.state = state_of(event.photo_id, generation=2)

    sees = Sees(DOG, meanwhile=retag)
    tag_photo = TagPhoto(results, [sees])
    assert list(tag_photo(event)) == []
    (tagged,) = tag_photo(event.model_copy(update={"generation": 2}))
    assert (tagged.generation, tagged.tags, len(sees.looks)) == (2, (DOG,), 1)


def test_the_feeling_is_that_of_whoever_tells_one(results: Results, event: PhotoUploaded) -> None:
    low = Feeling(valence=-0.3, energy=-0.6)
    eyes = [Sees(DOG), Sees(DOG, name="free", paid=False, feeling=low)]
    (tagged,) = TagPhoto(results, eyes)(event)
    assert tagged.feeling == low


def test_two_providers_are_heard_side_by_side(results: Results, event: PhotoUploaded) -> None:
    providers = [Sees(UNSURE_DOG, CALM, name="free", paid=False), Sees(DOG)]
    (tagged,) = TagPhoto(results, providers)(event)
    assert tagged.tags == (DOG, CALM)
    assert (tagged.tagger, tagged.cost) == ("free-1+paid-1", Decimal("0.02"))


@pytest.mark.parametrize("failure", [TryAgain("429"), Refuse("too dark")], ids=repr)
def test_one_provider_that_fails_is_missing_and_asked_again_alone(
    results: Results, event: PhotoUploaded, failure: Exception
) -> None:
    free, paid = Sees(CALM, name="free"), Sees(DOG, fails=(failure,))
    tag_photo = TagPhoto(results, [free, paid])

    (partial,), (whole,) = tag_photo(event), tag_photo(event)

    assert (partial.tags, partial.missing, partial.tagger) == ((CALM,), ("paid",), "free-1")
    assert (whole.tags, whole.missing) == ((DOG, CALM), ())
    assert (len(free.looks), len(paid.looks)) == (1, 2)


def test_when_every_provider_fails_time_may_heal_it(results: Results, event: PhotoUploaded) -> None:
    providers = [Sees(name="one", fails=(Refuse("no"),)), Sees(fails=(TryAgain("429"),))]
    with pytest.raises(TryAgain, match="429"):
        TagPhoto(results, providers)(event)


def test_when_every_provider_refuses_the_photo_is_refused(
    results: Results, event: PhotoUploaded
) -> None:
    with pytest.raises(Refuse, match="too dark"):
        TagPhoto(results, [Sees(fails=(Refuse("too dark"),))])(event)


def test_bytes_that_the_record_promises_and_the_store_does_not_show_are_waited_for(
    results: Results, event: PhotoUploaded, blobs: Blobs
) -> None:
    blobs.delete([Keys.beside(event.blob_key).display])
    with pytest.raises(TryAgain) as caught:
        TagPhoto(results, [Sees(DOG)])(event)
    assert caught.value.code == "no-such-blob"


def test_a_store_that_is_away_never_counts_against_a_photo(
    event: PhotoUploaded, search: RecordStub, shelf: StoreSettings
) -> None:
    nowhere = Blobs(shelf.model_copy(update={"endpoint": "http://127.0.0.1:9"}))
    record = Record(search.url)
    with pytest.raises(TryAgain) as caught:
        TagPhoto(Results(nowhere, record), [Sees(DOG)])(event)
    record.close()
    assert (caught.value.code, caught.value.counts) == ("store-away", False)


def told(event: Event, error: Exception) -> PhotoFailed:
    (failed,) = telling("tagging")(event, error)
    assert isinstance(failed, PhotoFailed)
    return failed


def test_a_rate_limit_is_told_with_its_time(event: PhotoUploaded) -> None:
    error = TryAgain("429", code="provider-busy", counts=False, after=timedelta(seconds=60))
    failed = told(event, error)
    assert (failed.stage, failed.code, failed.heals, failed.counts) == (
        "tagging",
        "provider-busy",
        True,
        False,
    )
    assert failed.next_at
    assert 55 < (failed.next_at - datetime.now(UTC)).total_seconds() <= 60


def test_a_refusal_does_not_heal(event: PhotoUploaded) -> None:
    failed = told(event, Refuse("too dark", code="provider-refused"))
    assert (failed.code, failed.heals, failed.text) == ("provider-refused", False, "too dark")


def test_a_fault_of_ours_may_heal_and_keeps_its_secrets(event: PhotoUploaded) -> None:
    failed = told(event, ValueError("key=s3cret"))
    assert (failed.code, failed.heals, failed.counts) == ("internal", True, True)
    assert "s3cret" not in failed.text


def test_a_plain_version_is_read_in_the_name_of_the_kept_answer() -> None:
    assert file_name("local", "1.2") == "local-1.2"


@pytest.mark.parametrize("version", ["org/Model:7b", "../../etc", "x" * 300, "größe", "\n", "%2f"])
def test_any_version_is_safe_in_a_path(version: str) -> None:
    assert re.fullmatch(r"http-[a-z0-9-]{8,55}", file_name("http", version))


def test_versions_that_look_alike_in_a_path_stay_apart() -> None:
    names = {
        file_name("http", version) for version in ("a/b", "a:b", "a b", "A-b", "a-b", "a" * 200)
    }
    assert len(names) == 6
    assert all(len(name) <= 60 for name in names)
