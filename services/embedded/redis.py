"""Where the Redis of the tests comes from: installed, or got from Debian's packages."""

import os
import shutil
from pathlib import Path

from services.embedded.debian import PROGRAMS, has_apt, install, unpack
from services.embedded.errors import CannotStart

NAME = "redis-server"
#: The program itself is in here, and may be installed without the other.
TOOLS = "redis-tools"
MISSING = "the tests of the limits need Redis: please install it (on Debian: apt install redis)"
UNPACKED = PROGRAMS / "redis"
START = """\
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")
for folder in "$root"/usr/lib/*-linux-gnu "$root"/lib/*-linux-gnu; do
    LD_LIBRARY_PATH="$folder:${LD_LIBRARY_PATH:-}"
done
export LD_LIBRARY_PATH
exec "$root/usr/bin/redis-server" "$@"
"""


def find() -> Path | None:
    """An installed Redis, else the start script of one that we unpacked."""
    if found := shutil.which(NAME):
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
        install(NAME)
        return f"installed the package {NAME}"
    unpack(UNPACKED, [NAME, TOOLS])
    script = UNPACKED / "start"
    script.write_text(START)
    script.chmod(0o755)
    return f"unpacked the package {NAME} into {UNPACKED}"
