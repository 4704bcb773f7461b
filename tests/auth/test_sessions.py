"""Signing in, and every way not to."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from services.gateway.settings import LimitSettings, Settings
from tests.auth.castle import NO_BROKER, PASSWORD, Castle, key_of
from tests.auth.conftest import Cast
from tests.gateway.house import gateway, gateway_settings, until


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    return client.post("/api/login", json={"name": name, "password": password})


def role_of(client: httpx.Client) -> str:
    return str(client.get("/api/me").json()["role"])


def test_whoever_signs_in_gets_a_new_token_whatever_their_browser_brought(cast: Cast) -> None:
    planted = "planted-by-an-attacker"
    browser = cast.castle.visitor()
    browser.cookies.set("imgcap", planted)
    answer = sign_in(browser, "olga")
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert planted not in cookie
    for word in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert word in cookie
    known = cast.castle.db.execute("SELECT token_hash FROM login_session").fetchall()
    token = cookie.partition("=")[2].partition(";")[0]
    assert token not in str(known)
    attacker = cast.castle.visitor(Cookie=f"imgcap={planted}")
    assert attacker.get("/api/photos").status_code == 401


def test_a_wrong_name_and_a_wrong_password_are_told_the_same(cast: Cast) -> None:
    browser = cast.castle.visitor()
    wrong_name = sign_in(browser, "nobody of this name")
    wrong_password = sign_in(browser, "Olga", "not her password")
    assert wrong_name.status_code == wrong_password.status_code == 401
    assert wrong_name.json() == wrong_password.json()


def test_who_signed_out_or_was_revoked_is_out(cast: Cast) -> None:
    here, there = cast.castle.visitor(), cast.castle.visitor()
    for browser in (here, there):
        sign_in(browser, "Gus")
        browser.headers["X-Imgcap"] = "1"
        assert role_of(browser) == "guest"
    token = there.cookies["imgcap"]
    sessions = there.get("/api/sessions").json()["sessions"]
    (mine,) = [session for session in sessions if session["this"]]
    assert here.delete(f"/api/sessions/{mine['id']}").status_code == 204
    assert role_of(there) == "nobody"
    assert here.post("/api/logout").status_code == 204
    stolen = cast.castle.visitor(Cookie=f"imgcap={token}")
    assert stolen.get("/api/photos").status_code == 401


def test_nobody_revokes_the_session_of_another(cast: Cast) -> None:
    (session,) = cast.member.get("/api/sessions").json()["sessions"]
    assert cast.owner.delete(f"/api/sessions/{session['id']}").status_code == 404
    assert role_of(cast.member) == "member"


@pytest.mark.parametrize("column", ["expires_at", "seen_at"])
def test_a_session_that_is_old_or_idle_is_over(cast: Cast, column: str) -> None:
    browser = cast.castle.visitor()
    sign_in(browser, "Gus")
    cast.castle.db.execute(
        f"UPDATE login_session SET {column} = now() - interval '8 days'"
        " WHERE created_at = (SELECT max(created_at) FROM login_session)"
    )
    assert browser.get("/api/photos").status_code == 401


def test_a_cookie_alone_changes_nothing(cast: Cast) -> None:
    """What a form of another site can make a browser send."""
    token = cast.owner.cookies["imgcap"]
    forger = cast.castle.visitor(Cookie=f"imgcap={token}")
    answer = forger.delete(f"/api/photos/{cast.owners_photo}")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    headers = {"X-Imgcap": "1", "Sec-Fetch-Site": "cross-site"}
    answer = forger.delete(f"/api/photos/{cast.owners_photo}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")
    assert cast.owner.get(f"/api/photos/{cast.owners_photo}").status_code == 200


def test_an_invitation_makes_one_account_once(castle: Castle, cast: Cast) -> None:
    del cast
    token = castle.invitation("guest")
    said = {"token": token, "name": "Once", "password": PASSWORD}
    assert castle.visitor().post("/api/setup", json=said).status_code == 204
    again = castle.visitor().post("/api/setup", json={**said, "name": "Twice"})
    assert (again.status_code, again.json()["code"]) == (403, "bad-invitation")
    taken = {**said, "token": castle.invitation("guest"), "name": "oNCE"}
    assert castle.visitor().post("/api/setup", json=taken).json()["code"] == "name-taken"


def test_a_link_for_a_first_owner_is_void_once_there_is_one(castle: Castle, cast: Cast) -> None:
    del cast
    said = {"token": castle.invitation("owner"), "name": "Usurper", "password": PASSWORD}
    answer = castle.visitor().post("/api/setup", json=said)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-invitation")


def test_no_key_makes_a_key_that_may_do_more_or_lives_longer(cast: Cast) -> None:
    reading = cast.keys["read"]
    made = reading.post("/api/keys", json={"name": "same", "scopes": ["read"]})
    assert made.status_code == 201
    more = reading.post("/api/keys", json={"name": "more", "scopes": ["read", "admin"]})
    assert (more.status_code, more.json()["code"]) == (403, "more-than-its-own")
    short = cast.castle.by_key(key_of(cast.owner, "read", expires_at="2100-01-01T00:00:00Z"))
    longer = short.post("/api/keys", json={"name": "longer", "scopes": ["read"]})
    assert (longer.status_code, longer.json()["code"]) == (403, "more-than-its-own")


def test_only_the_owner_makes_keys_that_administer(cast: Cast) -> None:
    answer = cast.member.post("/api/keys", json={"name": "up", "scopes": ["admin"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "more-than-its-own")


def test_a_revoked_or_expired_key_opens_nothing_and_no_secret_is_kept(cast: Cast) -> None:
    revoked = key_of(cast.owner, "read")
    client = cast.castle.by_key(revoked)
    assert client.get("/api/photos").status_code == 200
    assert cast.owner.delete(f"/api/keys/{revoked.split('_')[1]}").status_code == 204
    assert client.get("/api/photos").status_code == 401
    expired = key_of(cast.owner, "read", expires_at="2020-01-01T00:00:00Z")
    assert cast.castle.by_key(expired).get("/api/photos").status_code == 401
    kept = cast.castle.db.execute("SELECT * FROM api_key").fetchall()
    assert expired.split("_", 2)[2] not in str(kept)


def test_a_house_keeps_an_owner_and_a_removed_account_is_out_at_once(cast: Cast) -> None:
    leaver = cast.castle.somebody("guest", "Leaver")
    people = {one["name"]: one["id"] for one in cast.owner.get("/api/people").json()["people"]}
    alone = cast.owner.delete(f"/api/people/{people['Olga']}")
    assert (alone.status_code, alone.json()["code"]) == (409, "last-owner")
    demoted = cast.owner.patch(f"/api/people/{people['Olga']}", json={"role": "guest"})
    assert demoted.json()["code"] == "last-owner"
    assert leaver.get("/api/photos").status_code == 200
    assert cast.owner.delete(f"/api/people/{people['Leaver']}").status_code == 204
    assert leaver.get("/api/photos").status_code == 401


def test_the_audit_log_tells_who_did_what_and_no_secret(cast: Cast) -> None:
    key_of(cast.owner, "read")
    entries = cast.owner.get("/api/audit", params={"limit": 200}).json()["entries"]
    assert {"account made", "key made"} <= {entry["what"] for entry in entries}
    assert PASSWORD not in json.dumps(entries)


def test_a_gallery_without_accounts_does_not_listen_to_the_world() -> None:
    with pytest.raises(ValidationError, match="IMGCAP_AUTH=off would open the gallery"):
        Settings(auth="off", host="0.0.0.0")
    environment = {"IMGCAP_AUTH": "off", "IMGCAP_HOST": "0.0.0.0", "PATH": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "services.gateway"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "IMGCAP_AUTH=off would open the gallery" in ended.stderr
    assert Settings(host="0.0.0.0").closed
    assert not Settings(host="127.0.0.1").closed


def test_guessing_is_slow_for_passwords_of_people_and_of_links(cast: Cast, tmp_path: Path) -> None:
    told = {"kind": "photo", "photos": [cast.owners_photo], "password": "sesame"}
    link = cast.owner.post("/api/shares", json=told).json()["link"].rpartition("/")[2]
    # A day is no window that begins in the middle of a test, and with it a sixth guess.
    limits = LimitSettings(browse="", upload="", search="", login="5/day", paid="")
    known = {"broker": NO_BROKER, "store": cast.castle.settings.store, "auth": "on"}
    settings = gateway_settings(tmp_path, search_url=cast.castle.search_url, limits=limits, **known)
    with gateway(settings) as url, httpx.Client(base_url=url, trust_env=False) as guesser:
        until(lambda: guesser.get("/api/me").status_code == 200)
        guesses = [sign_in(guesser, "Olga", f"guess {n}").status_code for n in range(7)]
        assert guesses == [401] * 5 + [429] * 2
        assert sign_in(guesser, "Olga").status_code == 429, "not even the right one"
        tries = [
            guesser.post(f"/api/s/{link}/unlock", json={"password": f"{n}"}).status_code
            for n in range(7)
        ]
        assert tries == [401] * 5 + [429] * 2


def test_the_command_line_comes_in_by_a_key(cast: Cast) -> None:
    def said(key: str) -> subprocess.CompletedProcess[str]:
        told = {**os.environ, "IMGCAP_URL": cast.castle.url, "IMGCAP_API_KEY": key}
        command = [sys.executable, "-m", "services.cli", "audit-log", "--json"]
        return subprocess.run(command, env=told, capture_output=True, text=True, check=False)

    let_in = said(key_of(cast.owner, "admin"))
    assert let_in.returncode == 0, let_in.stderr
    assert json.loads(let_in.stdout)["entries"]
    refused = said(key_of(cast.owner, "read"))
    assert refused.returncode == 1
    assert "forbidden" in refused.stderr
