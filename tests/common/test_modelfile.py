"""A model of your own: from a file or from an address, once, and never another one."""

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from services.common.modelfile import have
from services.common.models import ModelError
from tests.tagger.stubs import Server, answer

WEIGHTS = b"weights" * 100_000
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


class Shelf(Server):
    """Serves one model, and counts how often."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:  # noqa: ARG002
        self.asked.append(request.path)
        if request.path.startswith("/moved"):
            return answer(b"", 302, Location="/clip.onnx")(request)
        found = request.path.startswith("/clip.onnx")
        return answer(WEIGHTS if found else b"", 200 if found else 404)(request)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with Shelf().running() as server:
        yield server


def test_a_model_is_got_once_and_kept_under_its_hash(shelf: Shelf, tmp_path: Path) -> None:
    for _ in range(2):
        path = have(f"{shelf.url}/moved?x=1#sha256={SHA256}", tmp_path) or Path()
        assert path.read_bytes() == WEIGHTS
    assert shelf.asked == ["/moved?x=1", "/clip.onnx"]
    path.write_bytes(b"spoilt")
    assert have(f"{shelf.url}/clip.onnx#sha256={SHA256.upper()}", tmp_path)
    assert [one.read_bytes() for one in (tmp_path / "others").iterdir() if "clip" in one.name] == [
        WEIGHTS
    ]


@pytest.mark.parametrize(
    ("where", "complaint"),
    [
        ("/clip.onnx", "add #sha256="),
        ("/clip.onnx#md5=0", "64 hexadecimal digits"),
        (f"/clip.onnx#sha256={'0' * 64}", f"has the sha256 {SHA256}"),
        (f"/gone.onnx#sha256={SHA256}", "answers 404"),
    ],
)
def test_what_is_not_the_model_is_refused_and_leaves_nothing(
    shelf: Shelf, tmp_path: Path, where: str, complaint: str
) -> None:
    with pytest.raises(ModelError, match=complaint):
        have(f"{shelf.url}{where}", tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_address_where_nobody_answers_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be had: ConnectError"):
        have(f"http://127.0.0.1:9/clip.onnx#sha256={SHA256}", tmp_path)


def test_what_an_address_keeps_secret_is_not_told(shelf: Shelf, tmp_path: Path) -> None:
    secret = shelf.url.replace("//", "//me:s3cret@")
    with pytest.raises(ModelError) as caught:
        have(f"{secret}/clip.onnx?token=s3cret#sha256={'0' * 64}", tmp_path)
    assert "s3cret" not in str(caught.value)
    assert "/clip.onnx has the sha256" in str(caught.value)


def test_a_folder_that_keeps_nothing_is_said_in_one_sentence(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "others").write_text("in the way")
    with pytest.raises(ModelError, match="cannot keep a model"):
        have(f"{shelf.url}/clip.onnx#sha256={SHA256}", tmp_path)


def test_a_file_may_be_named_by_its_hash_too(tmp_path: Path) -> None:
    file = tmp_path / "my#1.onnx"
    file.write_bytes(WEIGHTS)
    assert have("", tmp_path) is None
    assert have(str(file), tmp_path) == file
    assert have(f"{file}#sha256={SHA256}", tmp_path) == file
    with pytest.raises(ModelError, match="has the sha256"):
        have(f"{file}#sha256={'0' * 64}", tmp_path)
    with pytest.raises(ModelError, match="no such file"):
        have(str(tmp_path / "none.onnx"), tmp_path)
