"""Secrets that a test run made or gave away, and every log in which one of them stands."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.auth.castle import PASSWORD

#: Half of a pair that is no secret: it stands in every address that is signed for a browser.
PUBLIC = {"store_access"}
#: What tests give to the product by hand.
GIVEN = {"the password of people": PASSWORD}


def secrets_below(folder: Path) -> dict[str, str]:
    """What every installation below ``folder`` keeps in its folder of secrets."""
    found = {
        str(file.relative_to(folder)): file.read_text()
        for file in folder.rglob("secrets/*")
        if file.is_file() and file.name not in PUBLIC
    }
    return {**found, **GIVEN}


def logs_below(folder: Path) -> Iterator[Path]:
    """Logs for people. The journals of stores are numbered, and hold what is stored."""
    for file in folder.rglob("*.log"):
        if file.is_file() and not file.stem.isdigit():
            yield file


def spellings(secret: str) -> tuple[bytes, ...]:
    """As it is, as addresses quote it, as HTTP's and SASL's oldest schemes send it."""
    plain = secret.encode()
    return plain, quote(secret, safe="").encode(), base64.b64encode(plain).rstrip(b"=")


def leaks(folder: Path) -> list[str]:
    secrets = {name: spellings(secret) for name, secret in secrets_below(folder).items()}
    return [
        f"{log.relative_to(folder)} tells {name}"
        for log in logs_below(folder)
        for name, spelt in secrets.items()
        if any(one in log.read_bytes() for one in spelt)
    ]
