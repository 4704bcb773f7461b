"""Where the Chromium of the page's tests comes from: installed, or got from Debian's packages."""

import os
import shutil
from pathlib import Path

from services.embedded.debian import PROGRAMS, has_apt, install, unpack
from services.embedded.errors import CannotStart

#: Chromium without the browser around it: nobody looks, and a page costs a quarter of the time.
PACKAGE = "chromium-headless-shell"
NAMES = (PACKAGE, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"the page's tests need Chromium: please install it (on Debian: apt install {PACKAGE})"
UNPACKED = PROGRAMS / "chromium"
FONTS = """\
<?xml version="1.0"?>
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Liberation Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias>
</fontconfig>
"""
START = """\
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")
for folder in "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu; do
    LD_LIBRARY_PATH="$folder:$folder/pulseaudio:${LD_LIBRARY_PATH:-}"
done
export LD_LIBRARY_PATH FONTCONFIG_FILE="$root/fonts.conf"
exec "$root/usr/lib/chromium/chromium-headless-shell" --no-sandbox "$@"
"""


def find() -> Path | None:
    """An installed Chromium, else the start script of one that we unpacked."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    script = UNPACKED / "start"
    return script if script.exists() else None


def obtain() -> str:
    """Make sure that there is one, and say how."""
    if found := find():
        return str(found)
    if not has_apt():
        raise CannotStart(MISSING)
    if os.geteuid() == 0:
        install(PACKAGE, "fonts-liberation")
        return f"installed the package {PACKAGE}"
    unpack(UNPACKED, [PACKAGE, "fonts-liberation"])
    _write_start(UNPACKED)
    return f"unpacked the package {PACKAGE} into {UNPACKED}"


def _write_start(root: Path) -> None:
    """Chromium with the libraries and fonts beside it.

    Its sandbox needs a helper that belongs to root; it only ever opens pages of ours.
    """
    (root / "fonts.conf").write_text(FONTS)
    script = root / "start"
    script.write_text(START)
    script.chmod(0o755)
