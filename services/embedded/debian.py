"""Programs from Debian's or Ubuntu's own packages: installed by root, unpacked by anybody else.

Uses the standard library only, because the set-up calls it before there is a virtual environment.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.embedded.errors import CannotStart

#: Seconds that a slow mirror may take for one step.
PATIENCE = 900
POLICY = Path("/usr/sbin/policy-rc.d")
INSTALLED = Path("/var/lib/dpkg/status")
#: What is unpacked belongs to the checkout, as the virtual environment does, not to the photos.
PROGRAMS = Path(__file__).resolve().parents[2] / "data" / "programs"


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def install(*packages: str) -> None:
    """Install as root. A service in a package is not started: we start our own."""
    quiet = ["apt-get", "--quiet", "--quiet", "-o", "Dpkg::Use-Pty=0"]
    with _no_services():
        _run([*quiet, "update"])
        _run([*quiet, "install", "--yes", "--no-install-recommends", *packages])


def unpack(folder: Path, packages: Sequence[str], wanted: str = ".*") -> None:
    """Unpack packages, and what they need and this system lacks, into a folder that may move.

    ``wanted`` limits what comes along: a package that only its own installation script needs
    is of no use here.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    archives = draft / "archives"
    archives.mkdir(parents=True)
    options = _own_lists(draft / "apt")
    _run(["apt-get", *options, "--quiet", "--quiet", "update"])
    names = [*packages, *_lacking(options, packages, wanted)]
    _run(["apt-get", *options, "--quiet", "--quiet", "download", *dict.fromkeys(names)], archives)
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(draft)])
    shutil.rmtree(archives)
    shutil.rmtree(draft / "apt")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def _lacking(options: Sequence[str], packages: Sequence[str], wanted: str) -> list[str]:
    """What apt itself would install; asking needs no root."""
    status = ["-o", f"Dir::State::status={INSTALLED}"]
    asked = ["apt-get", *options, *status, "--simulate", "--no-install-recommends", "install"]
    answer = _run([*asked, *packages])
    found = re.findall(r"^Inst (\S+)", answer, re.MULTILINE)
    return [name for name in found if re.fullmatch(wanted, name)]


def _own_lists(folder: Path) -> list[str]:
    """Options that let an ordinary user fetch package lists without touching the system's."""
    (folder / "lists" / "partial").mkdir(parents=True)
    pairs = {
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": os.devnull,
        "Dir::Cache": folder,
        "Debug::NoLocking": 1,
        "Acquire::Languages": "none",
    }
    # apt gives its rights away to an account that may not be able to enter this folder.
    pairs["APT::Sandbox::User"] = "root"
    return [word for name, value in pairs.items() for word in ("-o", f"{name}={value}")]


@contextmanager
def _no_services() -> Iterator[None]:
    """Debian's own switch that keeps a fresh package from starting its service."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _run(argv: Sequence[str], folder: Path | None = None) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
        output.seek(0)
        text = output.read()
    if done.returncode:
        last = "\n".join(text.splitlines()[-30:])
        raise CannotStart(f"{' '.join(argv[:1])} failed:\n{last}")
    return text
