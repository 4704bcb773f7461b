"""PostgreSQL refuses to run as root and no neighbour needs to: as root they get an account.

A checkout may lie under a folder that only root may enter. Rather than open that folder to
everybody, a neighbour keeps one capability of root: to walk through folders.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import CannotStart

NAME = "imgcap"
#: Any of these lets a process pass a folder that is closed to others; the first is the smaller.
PASSES = {"dac_read_search": 2, "dac_override": 1}
PR_CAPBSET_READ = 23
USERADD = (
    *("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
    *("--shell", "/usr/sbin/nologin", NAME),
)


@dataclass(frozen=True)
class Account:
    """Who a neighbour runs as, when we are root."""

    uid: int
    gid: int

    def take(self, folder: Path) -> None:
        """Make the account the owner of a folder and of all that is in it."""
        if folder.stat().st_uid == self.uid:
            return
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)
        os.chown(folder, self.uid, self.gid)

    def run(self, argv: Sequence[str], paths: Iterable[Path], death: int) -> list[str]:
        """The same command as this account; ``death``: the signal it gets when we are gone."""
        setpriv = shutil.which("setpriv")
        if not setpriv:
            raise CannotStart("this system has no setpriv: please run this as an ordinary user")
        prefix = [setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if death:
            prefix.append(f"--pdeathsig={signal.Signals(death).name.removeprefix('SIG')}")
        if not all(self.reaches(path) for path in paths):
            # Without the secure bit, access(2) would still say no: it forgets capabilities.
            prefix += ["--securebits=+no_setuid_fixup"]
            prefix += [f"--inh-caps=+{_pass()}", f"--ambient-caps=+{_pass()}"]
        return [*prefix, "--", *argv]

    def reaches(self, path: Path) -> bool:
        """True when every folder above ``path`` lets this account through."""
        return all(self._passes(folder.stat()) for folder in path.resolve().parents)

    def _passes(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & 0o100)
        return bool(folder.st_mode & (0o010 if folder.st_gid == self.gid else 0o001))


def account() -> Account | None:
    """The account for our neighbours when we are root (made at its first use), else None."""
    if os.geteuid() != 0:
        return None
    known = _look_up(NAME)
    if not known:
        if shutil.which("useradd"):
            subprocess.run(USERADD, check=False, capture_output=True)
        known = _look_up(NAME) or _look_up("nobody")
    if not known:
        raise CannotStart(f"cannot make the account {NAME}: please run this as an ordinary user")
    return known


def _look_up(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _pass() -> str:
    prctl = ctypes.CDLL(None).prctl
    for name, number in PASSES.items():
        if prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1:
            return name
    raise CannotStart(
        "this folder is closed to other accounts and this root may not open it: "
        "please move the checkout, or run this as an ordinary user"
    )
