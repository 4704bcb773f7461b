"""`imgcap upload`: folders, cuts, refusals, and waiting until photos can be found."""

import os
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.cli.conftest import JPEG, Gateway, Imgcap
from tests.tagger.stubs import Reply, answer, hang_up


def test_a_folder_is_sent_to_its_last_corner(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    said = imgcap("upload", photos, IMGCAP_URL=gateway.url)
    assert said.code == 0
    assert sorted(gateway.kept.values()) == sorted({*gateway.kept.values()})
    assert {"b.JPG", "c.jpeg"} < set(gateway.kept.values())
    assert len(gateway.kept) == 3
    assert "3 sent, 1 known already in" in said.out


def test_sending_again_sends_nothing_twice(imgcap: Imgcap, gateway: Gateway, photos: Path) -> None:
    imgcap("upload", photos, IMGCAP_URL=gateway.url)
    said = imgcap("upload", photos, "--json")
    assert said.code == 0
    assert [photo["duplicate"] for photo in said.json["photos"]] == [True] * 4


def test_what_is_refused_is_told_with_its_reason_and_the_rest_is_sent(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    said = imgcap("upload", photos, photos / "notes.txt", "nowhere.jpg", IMGCAP_URL=gateway.url)
    assert said.code == 1
    assert f"refused: {photos}/notes.txt: not a photo (unsupported-type)" in said.out
    assert "refused: nowhere.jpg: there is no such file (no-such-file)" in said.out
    assert "2 refused" in said.out
    assert len(gateway.kept) == 3


def test_a_refusal_is_there_for_programs_too(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    said = imgcap("upload", photos / "notes.txt", "--json", IMGCAP_URL=gateway.url)
    assert said.code == 1
    assert said.json["refused"] == [
        {"path": f"{photos}/notes.txt", "code": "unsupported-type", "message": "not a photo"}
    ]


@pytest.mark.parametrize(
    "fault",
    [
        answer({"code": "database-away"}, 503, Retry_After="0.1"),
        answer({"code": "too-busy"}, 429, Retry_After="0.1"),
        answer(b"bad gateway", 502),
        hang_up,
    ],
    ids=["away", "busy", "no gateway", "cut"],
)
def test_a_cut_is_not_the_end(imgcap: Imgcap, gateway: Gateway, photos: Path, fault: Reply) -> None:
    gateway.first.extend([fault, fault])
    said = imgcap("upload", photos / "a.jpg", IMGCAP_URL=gateway.url)
    assert said.code == 0
    assert "1 sent" in said.out
    assert sum("POST" in one for one in gateway.requests) == 3


def test_patience_has_an_end(imgcap: Imgcap, gateway: Gateway, photos: Path) -> None:
    gateway.first.extend([answer({}, 503)] * 99)
    said = imgcap("upload", photos / "a.jpg", "--patience", 1, IMGCAP_URL=gateway.url)
    assert said.code == 1
    assert "the gateway answers 503 (not-sent)" in said.out


def test_a_photo_refused_before_it_was_sent_whole_is_refused(
    imgcap: Imgcap, tmp_path: Path
) -> None:
    class Early(Gateway):
        reads = False

        def reply(self, request: BaseHTTPRequestHandler, _: bytes, /) -> None:
            answer({"code": "too-large", "detail": "at most 50 MB"}, 413)(request)
            request.close_connection = True

    large = tmp_path / "large.jpg"
    large.write_bytes(JPEG + os.urandom(2**22))
    with Early().running() as gateway:
        said = imgcap("upload", large, IMGCAP_URL=gateway.url)
    assert said.code == 1
    assert "at most 50 MB (too-large)" in said.out


def test_wait_returns_when_photos_can_be_found(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    said = imgcap("upload", photos, "--wait", "--json", IMGCAP_URL=gateway.url)
    assert said.code == 0
    assert {photo["status"] for photo in said.json["photos"]} == {"ready"}
    assert gateway.looks_until_ready < 0


def test_wait_tells_what_failed(imgcap: Imgcap, gateway: Gateway, photos: Path) -> None:
    imgcap("upload", photos / "a.jpg", IMGCAP_URL=gateway.url)
    (photo_id,) = gateway.kept
    reason = {"code": "undecodable", "text": "cannot be read"}
    gateway.answers = {f"/api/photos/{photo_id}": {"status": "failed", "reason": reason}}
    said = imgcap("upload", photos / "a.jpg", "--wait")
    assert said.code == 1
    assert f"failed: {photos}/a.jpg: cannot be read (undecodable)" in said.out


def test_a_photo_deleted_while_it_is_waited_for_is_told(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    kept = gateway.kept
    gateway.kept = type("Forgets", (dict,), {"__contains__": lambda *_: False})(kept)
    said = imgcap("upload", photos / "a.jpg", "--wait", IMGCAP_URL=gateway.url)
    assert (said.code, "it was deleted (deleted)" in said.out) == (1, True)


def test_a_gateway_that_is_not_there_is_one_sentence(imgcap: Imgcap, photos: Path) -> None:
    began = time.monotonic()
    said = imgcap("upload", photos, IMGCAP_URL="http://127.0.0.1:9")
    assert (said.code, said.out) == (1, "")
    assert said.err.strip() == (
        "imgcap: nobody answers at http://127.0.0.1:9: start imgcap with `make run`,"
        " or name its address in IMGCAP_URL"
    )
    assert time.monotonic() - began < 5


def test_another_server_is_not_taken_for_a_gateway(
    imgcap: Imgcap, gateway: Gateway, photos: Path
) -> None:
    gateway.first.append(answer(b"<h1>It works!</h1>"))
    said = imgcap("upload", photos / "a.jpg", IMGCAP_URL=gateway.url)
    assert (said.code, "is no imgcap" in said.err) == (1, True)


def test_names_that_would_steer_a_terminal_do_not(
    imgcap: Imgcap, gateway: Gateway, tmp_path: Path
) -> None:
    file = tmp_path / "a\x1b[31m\n[red]b.jpg"
    file.write_text("no photo")
    said = imgcap("upload", file, IMGCAP_URL=gateway.url)
    assert "\x1b" not in said.out
    assert "a·[31m·[red]b.jpg" in said.out


def test_a_name_that_is_not_utf8_is_sent(imgcap: Imgcap, gateway: Gateway, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.jpg"
    with open(file, "wb") as stream:
        stream.write(JPEG)
    said = imgcap("upload", tmp_path, IMGCAP_URL=gateway.url)
    assert (said.code, list(gateway.kept.values())) == (0, ["?.jpg"])


@pytest.fixture
def unreadable(photos: Path) -> Path:
    file = photos / "gone.jpg"
    file.symlink_to(photos / "nowhere.jpg")
    return file


def test_a_file_that_cannot_be_read_is_refused_and_harms_no_other(
    imgcap: Imgcap, gateway: Gateway, unreadable: Path
) -> None:
    said = imgcap("upload", unreadable.parent, IMGCAP_URL=gateway.url)
    assert said.code == 1
    assert f"refused: {unreadable}: No such file or directory (unreadable)" in said.out
    assert len(gateway.kept) == 3


def test_local_only_goes_with_every_photo(imgcap: Imgcap, gateway: Gateway, photos: Path) -> None:
    assert imgcap("upload", photos, "--local-only", IMGCAP_URL=gateway.url).code == 0
    sent = [one for one in gateway.requests if one.startswith("POST")]
    assert len(sent) == 4
    assert all("local_only=true" in one for one in sent)


def test_before_many_photos_are_sent_their_cost_is_told(
    imgcap: Imgcap, gateway: Gateway, tmp_path: Path
) -> None:
    for number in range(100):
        (tmp_path / f"{number}.jpg").write_bytes(JPEG + bytes([number]))
    text = "100 photos: about $0.13"
    gateway.answers["/api/quote"] = {"photos": 100, "total": "0.13", "text": text}
    said = imgcap("upload", tmp_path, IMGCAP_URL=gateway.url)
    assert (said.code, len(gateway.kept)) == (0, 100)
    assert text in said.err
    gateway.answers["/api/quote"]["total"] = "0"
    assert text not in imgcap("upload", tmp_path, IMGCAP_URL=gateway.url).err
