"""A model of your own instead of ours: a file, or an address from which it is got once.

``/models/clip.onnx``, ``https://models.example/clip.onnx#sha256=…``. What comes over a network
must be named by its hash, and is kept under it; a file may be.
"""

import hashlib
import os
import re
import tempfile
import time
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag, urlsplit

import httpx
import structlog

from services.common.models import ModelError

log = structlog.get_logger(__name__)

LARGEST = 4 * 2**30  # bytes
SECONDS = 3600.0  # for all of it; a minute without a byte is the end of patience
SILENCE = 60.0
CHUNK = 2**20
KEPT = "others"


def have(where: str, models: Path) -> Path | None:
    """The file itself; None for an empty setting. Raises ``ModelError`` that says what is wrong."""
    if not where:
        return None
    bare, fragment = urldefrag(where) if is_address(where) else _split(where)
    sha256 = _sha256_of(fragment)
    if not is_address(where):
        return _checked(Path(bare), sha256)
    if not sha256:
        raise ModelError(f"{_shown(bare)}: add #sha256=… to say which file you mean")
    name = PurePosixPath(urlsplit(bare).path).name or "model"
    path = models / KEPT / f"{sha256[:16]}-{re.sub(r'[^A-Za-z0-9._-]', '-', name)[-100:]}"
    if path.is_file() and digest(path) == sha256:
        return path
    _get(bare, sha256, path)
    return path


def is_address(where: str) -> bool:
    return where.startswith(("http://", "https://"))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _split(where: str) -> tuple[str, str]:
    """A file's name may hold a #; only the hash at its end is none of it."""
    bare, mark, sha256 = where.rpartition("#sha256=")
    return (bare, f"sha256={sha256}") if mark else (where, "")


def _sha256_of(fragment: str) -> str:
    found = re.fullmatch(r"sha256=([0-9a-f]{64})", fragment.lower())
    if fragment and not found:
        raise ModelError(
            "a model's address or path: after # comes sha256= and 64 hexadecimal digits"
        )
    return found[1] if found else ""


def _checked(path: Path, sha256: str) -> Path:
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file")
    if sha256 and (found := digest(path)) != sha256:
        raise ModelError(f"{path} has the sha256 {found}, not {sha256}")
    return path


def _get(address: str, sha256: str, path: Path) -> None:
    """Whole and right, or not at all, also when two processes get it at once."""
    shown = _shown(address)
    log.info("getting a model", address=shown)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".get-", delete=False) as new:
            part = Path(new.name)
            try:
                found = _stream(address, part)
                if found != sha256:
                    raise ModelError(f"{shown} has the sha256 {found}, not {sha256}")
                part.chmod(0o644)
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"{path.parent} cannot keep a model: {error.strerror}") from error
    log.info("got a model", path=str(path), bytes=path.stat().st_size)


def _shown(address: str) -> str:
    """Without the password and the token that it may carry."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _stream(address: str, part: Path) -> str:
    shown = _shown(address)
    deadline, taken, sha = time.monotonic() + SECONDS, 0, hashlib.sha256()
    try:
        with (
            httpx.stream("GET", address, timeout=SILENCE, follow_redirects=True) as answer,
            part.open("wb") as file,
        ):
            if not answer.is_success:
                raise ModelError(f"{shown} answers {answer.status_code}")
            for chunk in answer.iter_bytes(CHUNK):
                taken += len(chunk)
                if taken > LARGEST or time.monotonic() > deadline:
                    raise ModelError(f"{shown} is too large, or too slow: {taken} bytes so far")
                sha.update(chunk)
                file.write(chunk)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ModelError(f"{shown} cannot be had: {type(error).__name__}") from error
    return sha.hexdigest()
