"""The virtual environment and what is in it, from the hash-checked lock."""

import os
import re
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from services.embedded.debian import has_apt, install, unpack
from services.embedded.setup.steps import Failed, Progress, Stamp, fingerprint, run, step

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
NO_VENV = (
    "this Python cannot make virtual environments: please install the package for it "
    "(on Debian and Ubuntu: apt install python3-venv)"
)


def virtual_environment() -> None:
    """Made once, and again when its Python is gone or the folder was moved."""
    pip = VENV / "bin" / "pip"
    if PYTHON.exists() and pip.exists() and str(VENV) in pip.read_text():
        return
    with step("making the virtual environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        if find_spec("ensurepip"):
            run([sys.executable, "-m", "venv", VENV])
        elif not has_apt():
            raise Failed(NO_VENV)
        elif os.geteuid() == 0:
            install(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
            run([sys.executable, "-m", "venv", VENV])
        else:
            _without_ensurepip()


def _without_ensurepip() -> None:
    """Debian keeps pip in packages of its own; an ordinary user can at least read them."""
    with tempfile.TemporaryDirectory() as folder:
        unpack(Path(folder, "wheels"), ["python3-pip-whl", "python3-setuptools-whl"], "")
        wheels = list(Path(folder).rglob("pip-*.whl"))
        if not wheels:
            raise Failed(NO_VENV)
        run([sys.executable, "-m", "venv", "--without-pip", VENV])
        pip = wheels[0] / "pip"
        run([PYTHON, pip, "install", "--no-index", "--no-deps", wheels[0]])


def packages(lock: Path) -> None:
    """Everything in the lock, each file checked against its hash."""
    stamp = Stamp(STAMPS / "packages", fingerprint(lock))
    richer = Stamp(STAMPS / "packages", fingerprint(lock.with_name("dev.txt")))
    if stamp.current or richer.current:
        return
    with step(f"installing the packages of {lock.relative_to(ROOT)}") as progress:
        options = ["--require-hashes", "--no-deps", "--disable-pip-version-check"]
        argv = [PYTHON, "-m", "pip", "install", *options, "--progress-bar", "off", "-r", lock]
        run(argv, _Counter(progress, lock))
    stamp.set()


class _Counter:
    """Turns pip's many lines into "37 of 92"."""

    def __init__(self, progress: Progress, lock: Path) -> None:
        self.progress = progress
        self.total = len(re.findall(r"^[\w.-]+==", lock.read_text(), re.MULTILINE))
        self.seen = 0

    def __call__(self, line: str) -> None:
        if line.startswith(("Collecting ", "Requirement already", "Ignoring ")):
            self.seen += 1
            name = re.split(r"[=\s]", line.removeprefix("Collecting "))[0]
            self.progress.show(f"{min(self.seen, self.total)} of {self.total}: {name}")
        elif line.startswith("Installing collected"):
            self.progress.show(f"unpacking {self.seen}")


def project() -> None:
    """Our own package, for the `imgcap` command; without network and without a copy."""
    stamp = Stamp(STAMPS / "project", fingerprint(ROOT / "pyproject.toml"))
    if stamp.current and (VENV / "bin" / "imgcap").exists():
        return
    with step("installing imgcap itself"):
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
        run([PYTHON, "-m", "pip", "install", *options, "--editable", ROOT])
    stamp.set()
