"""Links show exactly their photos; guests see exactly what they may."""

import re
from uuid import uuid4

import httpx
import pytest

from services.common.events import Guess
from tests.auth.castle import LATITUDE, SECRET_NAME, Castle, photo_with_gps, upload
from tests.auth.conftest import Cast

MARKERS = (SECRET_NAME, str(LATITUDE), "Leica", "latitude")


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["link"]).rpartition("/s/")[2]


def share(client: httpx.Client, **fields: object) -> str:
    return token_of(client.post("/api/shares", json=fields))


def shown(castle: Castle, token: str) -> dict[str, list[dict[str, object]]]:
    """With a browser that has never been here."""
    answer = castle.visitor().get(f"/api/s/{token}")
    assert answer.status_code == 200, answer.text
    told: dict[str, list[dict[str, object]]] = answer.json()
    return told


@pytest.fixture(scope="module")
def second(cast: Cast) -> str:
    of = upload(cast.owner, photo_with_gps((30, 30, 200)), "second.jpg")
    cast.castle.tagged(of, "local", "boat")
    return of


def test_a_link_to_a_photo_shows_this_photo_and_nothing_else(cast: Cast, second: str) -> None:
    token = share(cast.owner, kind="photo", photos=[cast.owners_photo])
    anybody = cast.castle.visitor()
    answer = anybody.get(f"/api/s/{token}")
    assert [photo["id"] for photo in answer.json()["photos"]] == [cast.owners_photo]
    assert not any(marker in answer.text for marker in MARKERS), answer.text
    for form in ("thumb", "display"):
        bytes_of = anybody.get(f"/api/s/{token}/photos/{cast.owners_photo}/{form}")
        assert bytes_of.status_code == 200
        assert not re.search(b"Exif\0|GPS|Leica", bytes_of.content)
        for other in (second, cast.members_photo, str(uuid4())):
            assert anybody.get(f"/api/s/{token}/photos/{other}/{form}").status_code == 404
        assert anybody.get(f"/api/photos/{cast.owners_photo}/{form}").status_code == 401
    original = anybody.get(f"/api/s/{token}/photos/{cast.owners_photo}/original")
    assert (original.status_code, original.json()["code"]) == (403, "no-originals")
    assert anybody.get("/api/photos").status_code == 401
    assert anybody.get("/api/search", params={"q": "cat"}).status_code == 401


def test_a_link_tells_names_and_gives_originals_only_if_it_says_so(cast: Cast) -> None:
    fields = {"kind": "photo", "photos": [cast.owners_photo]}
    bare = share(cast.owner, **fields, originals=True)
    photo = shown(cast.castle, bare)["photos"][0]
    original = cast.castle.visitor().get(str(photo["original"]))
    assert original.status_code == 200
    assert SECRET_NAME not in str(original.headers)
    told = shown(cast.castle, share(cast.owner, **fields, facts=True))["photos"][0]
    assert told["filename"] == f"{SECRET_NAME}.jpg"


def test_a_link_to_a_selection_or_a_search_follows_what_becomes_of_it(
    cast: Cast, second: str
) -> None:
    third = upload(cast.owner, photo_with_gps((90, 30, 90)), "third.jpg")
    cast.castle.tagged(third, "local", "boat")
    selection = share(cast.owner, kind="selection", photos=[third, second])
    search = share(cast.owner, kind="search", query="boat")
    chosen = shown(cast.castle, selection)["photos"]
    assert [photo["id"] for photo in chosen] == [third, second]
    assert {photo["id"] for photo in shown(cast.castle, search)["photos"]} == {third, second}
    assert cast.owner.delete(f"/api/photos/{third}").status_code == 204
    later = share(cast.owner, kind="selection", photos=[third, second])
    assert [photo["id"] for photo in shown(cast.castle, later)["photos"]] == [second]
    gone = cast.castle.visitor().get(f"/api/s/{selection}/photos/{third}/thumb")
    assert gone.status_code == 404


def test_nobody_shares_what_is_not_theirs(cast: Cast) -> None:
    token = share(cast.member, kind="selection", photos=[cast.owners_photo, cast.members_photo])
    photos = shown(cast.castle, token)["photos"]
    assert [photo["id"] for photo in photos] == [cast.members_photo]
    (link,) = cast.member.get("/api/shares").json()["shares"]
    assert cast.owner.delete(f"/api/shares/{link['id']}").status_code == 404


def test_a_link_that_is_revoked_or_too_old_leads_nowhere(cast: Cast) -> None:
    token = share(cast.owner, kind="photo", photos=[cast.owners_photo])
    newest = cast.owner.get("/api/shares").json()["shares"][0]
    assert shown(cast.castle, token)["photos"]
    assert cast.owner.delete(f"/api/shares/{newest['id']}").status_code == 204
    assert cast.castle.visitor().get(f"/api/s/{token}").status_code == 404
    old = share(cast.owner, kind="photo", photos=[cast.owners_photo])
    cast.castle.db.execute("UPDATE share SET expires_at = now() - interval '1 second'")
    assert cast.castle.visitor().get(f"/api/s/{old}").status_code == 404
    kept = str(cast.castle.db.execute("SELECT * FROM share").fetchall())
    assert token not in kept
    assert old not in kept


def test_a_password_opens_its_link_and_no_other(cast: Cast) -> None:
    fields = {"kind": "photo", "photos": [cast.owners_photo], "password": "sesame"}
    token, other = share(cast.owner, **fields), share(cast.owner, **fields)
    browser = cast.castle.visitor()
    assert browser.get(f"/api/s/{token}").json() == {
        "title": "", "locked": True, "originals": False, "photos": [],
    }  # fmt: skip
    thumb = f"/api/s/{token}/photos/{cast.owners_photo}/thumb"
    assert browser.get(thumb).status_code == 401
    wrong = browser.post(f"/api/s/{token}/unlock", json={"password": "guess"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad-password")
    assert browser.post(f"/api/s/{token}/unlock", json={"password": "sesame"}).status_code == 204
    assert browser.get(thumb).status_code == 200
    assert browser.get(f"/api/s/{other}").json()["locked"]
    assert browser.get(f"/api/s/{other}/photos/{cast.owners_photo}/thumb").status_code == 401


def test_members_live_apart(cast: Cast) -> None:
    ids = {photo["id"] for photo in cast.member.get("/api/photos").json()["photos"]}
    assert ids == {cast.members_photo}
    assert cast.other.get("/api/photos").json()["photos"] == []
    for stranger in (cast.other, cast.owner):
        for path in ("", "/thumb", "/display", "/original", "/similar"):
            answer = stranger.get(f"/api/photos/{cast.members_photo}{path}")
            assert answer.status_code == 404, path
        assert stranger.delete(f"/api/photos/{cast.members_photo}").status_code == 404
    found = cast.other.get("/api/search", params={"q": "dog"}).json()
    assert found["photos"] == []
    assert cast.member.get(f"/api/photos/{cast.members_photo}/thumb").status_code == 200


def test_the_same_bytes_are_a_photo_of_each_who_sent_them(cast: Cast) -> None:
    content = photo_with_gps((7, 77, 177))
    mine, theirs = upload(cast.owner, content, "a.jpg"), upload(cast.other, content, "b.jpg")
    assert mine != theirs
    assert cast.other.get(f"/api/photos/{theirs}").json()["filename"] == "b.jpg"
    assert cast.other.delete(f"/api/photos/{theirs}").status_code == 204
    assert cast.owner.get(f"/api/photos/{mine}/thumb").status_code == 200


def test_guests_see_the_owners_photos_without_places_digests_and_originals(cast: Cast) -> None:
    path = f"/api/photos/{cast.owners_photo}"
    whole = cast.owner.get(path).json()
    assert round(whole["exif"]["latitude"], 3) == LATITUDE
    told = cast.guest.get(path)
    assert told.status_code == 200
    assert str(LATITUDE) not in told.text
    assert whole["sha256"] not in told.text
    assert told.json()["exif"]["latitude"] is None
    assert cast.guest.get(f"{path}/thumb").status_code == 200
    assert cast.guest.get(f"{path}/original").status_code == 403
    hits = cast.guest.get("/api/search", params={"q": "cat"})
    assert cast.owners_photo in hits.text
    assert cast.guest.delete(path).status_code == 403
    assert cast.guest.patch(f"{path}/tags", json={"add": []}).status_code == 403


def test_what_is_only_guessed_is_told_to_whoever_may_settle_it(cast: Cast) -> None:
    of = upload(cast.owner, photo_with_gps((90, 90, 30)), "perhaps.jpg")
    lighthouse = Guess(kind="label", text="lighthouse", confidence=0.6)
    cast.castle.tagged(of, "local", "boat", guesses=[lighthouse])
    path, link = f"/api/photos/{of}", share(cast.owner, kind="photo", photos=[of], facts=True)
    assert cast.owner.get(path).json()["guesses"] == [lighthouse.model_dump()]
    assert cast.guest.get(path).json()["guesses"] == []
    for answer in (cast.guest.get(path), cast.castle.visitor().get(f"/api/s/{link}")):
        assert answer.status_code == 200
        assert "lighthouse" not in answer.text
    assert cast.owner.delete(path).status_code == 204


def test_an_open_gallery_shows_anybody_what_a_guest_sees(cast: Cast) -> None:
    anybody = cast.castle.visitor()
    path = f"/api/photos/{cast.owners_photo}"
    assert anybody.get(path).status_code == 401
    opened = {"open_gallery": True, "guests_take": False}
    assert cast.owner.put("/api/house", json=opened).status_code == 204
    try:
        told = anybody.get(path)
        assert told.status_code == 200
        assert str(LATITUDE) not in told.text
        assert anybody.get(f"{path}/original").status_code == 403
        assert anybody.delete(path).status_code == 401
        assert anybody.get(f"/api/photos/{cast.members_photo}").status_code == 404
    finally:
        shut = {"open_gallery": False, "guests_take": False}
        assert cast.owner.put("/api/house", json=shut).status_code == 204
    assert cast.castle.visitor().get(path).status_code == 401
