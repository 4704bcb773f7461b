"""Where the Chromium of the page's tests comes from: installed, or got from Debian's packages."""

import os
import shutil
from pathlib import Path

from services.embedded.debian import has_apt, install, unpack
from services.embedded.errors import CannotStart

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "the tests of the page need Chromium: please install it (on Debian: apt install chromium)"


def find(folder: Path) -> Path | None:
    """An installed Chromium, else the start script of one unpacked under ``folder``."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    script = folder / "chromium" / "start"
    return script if script.exists() else None


def obtain(folder: Path) -> str:
    """Make sure that there is one, and say how."""
    if found := find(folder):
        return str(found)
    if not has_apt():
        raise CannotStart(MISSING)
    if os.geteuid() == 0:
        install("chromium", "fonts-liberation")
        return "installed the package chromium"
    root = folder / "chromium"
    unpack(root, ["chromium", "fonts-liberation"])
    _write_start(root)
    return f"unpacked the package chromium into {root}"


def _write_start(root: Path) -> None:
    """Chromium with the libraries beside it; its sandbox needs an installed helper or a kernel."""
    script = root / "start"
    script.write_text(
        "#!/bin/sh\n"
        'root=$(dirname "$(readlink -f "$0")")\n'
        'export LD_LIBRARY_PATH="$(echo "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu'
        " | tr ' ' ':')\"\n"
        'export FONTCONFIG_PATH="$root/etc/fonts"\n'
        'exec "$root/usr/lib/chromium/chromium" --no-sandbox "$@"\n'
    )
    script.chmod(0o755)
