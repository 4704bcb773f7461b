"""Where a RabbitMQ server comes from: installed, or got from the system's packages."""

import os
import re
import shutil
from pathlib import Path

from services.embedded.debian import PROGRAMS, has_apt, install, unpack
from services.embedded.errors import CannotStart

PACKAGE = "rabbitmq-server"
#: Where Debian and Ubuntu put the server; the one in their PATH changes to a fixed user and folder.
DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
UNPACKED = PROGRAMS / "rabbitmq"
#: Of all that the package depends on, what the server itself runs with.
NEEDED = (
    r"rabbitmq-server|erlang-.*|"
    r"lib(ssl|crypto|sctp|tinfo|ncurses|stdc|gcc|systemd|zstd|z|elixir|lzma|gcrypt|lz4|cap|gpg).*"
)
FIXED_ROOT = re.compile(r"^( *ROOTDIR=)/usr/lib/erlang$", re.MULTILINE)
MISSING = (
    "there is no RabbitMQ: please install it (on Debian: apt install rabbitmq-server; "
    "on a Mac: brew install rabbitmq), or set IMGCAP_BROKER__URL to a broker of yours"
)


def search() -> Path | None:
    """The start script of an installed RabbitMQ, else of one that we unpacked."""
    for script in (DEBIAN, UNPACKED / DEBIAN.relative_to("/")):
        if os.access(script, os.X_OK):
            return script
    other = shutil.which(PACKAGE)
    return Path(other) if other else None


def find_server() -> Path:
    found = search()
    if not found:
        raise CannotStart(MISSING)
    return found


def obtain() -> str:
    """Make sure that there is one, and say how."""
    if search():
        return "found"
    if not has_apt():
        raise CannotStart(MISSING)
    if os.geteuid() == 0:
        install(PACKAGE)
        return f"installed the package {PACKAGE}"
    unpack(UNPACKED, [PACKAGE], NEEDED)
    _let_erlang_move(UNPACKED)
    return f"unpacked the package {PACKAGE} into {UNPACKED}"


def _let_erlang_move(root: Path) -> None:
    """Its start scripts name the place where it was meant to be; ours comes by ERL_ROOTDIR."""
    folder = root / "usr/lib/erlang"
    for script in (folder / "bin/erl", *folder.glob("erts-*/bin/erl")):
        if script.is_file():
            text = script.read_text()
            script.write_text(FIXED_ROOT.sub(r"\1${ERL_ROOTDIR:-/usr/lib/erlang}", text))


def root_of(server: Path) -> Path:
    """``/``, or where the packages were unpacked."""
    below = DEBIAN.relative_to("/").parts
    return Path(*server.parts[: -len(below)]) if server.parts[-len(below) :] == below else Path("/")
