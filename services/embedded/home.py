"""The folder of one installation: its ports, its secrets, and a folder for each neighbour."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from services.embedded.errors import CannotStart
from services.embedded.ports import Ports


class Home:
    """``data/``, or a temporary folder in the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(f"cannot make the folder {self.folder}: {error.strerror}") from error
        self.ports = Ports(self.folder / "ports.json")

    def secret(self, name: str) -> str:
        """A random word, made at its first use and readable by its owner only."""
        folder = self.folder / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / name
        if not file.exists():
            write_private(file, secrets.token_urlsafe(24))
        return file.read_text()

    def made_at(self, name: str) -> datetime:
        """When a secret was made."""
        return datetime.fromtimestamp((self.folder / "secrets" / name).stat().st_mtime, UTC)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else can ever read, and that is whole or absent."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    draft.replace(file)
