"""One installation runs once: a lock on its folder, with a word about who holds it."""

import fcntl
import os
from pathlib import Path
from time import monotonic, sleep

from services.embedded.errors import CannotStart
from services.embedded.processes import is_alive

#: Whoever was killed leaves a watcher that needs a moment to stop the rest.
PATIENCE = 30.0


class Lock:
    """Held until it is closed by us and by the watcher, which keeps it open too."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "lock"
        try:
            self.handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o644)
        except PermissionError as error:
            raise CannotStart(
                f"{folder} belongs to another account: run this as its owner, "
                "or name another folder in IMGCAP_DATA"
            ) from error
        self._acquire()
        self.tell("")

    def tell(self, address: str) -> None:
        """Say who we are to those who come later."""
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, f"{os.getpid()} {address}\n".encode(), 0)

    def release(self) -> None:
        os.ftruncate(self.handle, 0)
        os.close(self.handle)

    def _acquire(self) -> None:
        deadline = monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                holder = running(self.file.parent)
                if holder is not None or monotonic() > deadline:
                    where = f" at {holder}" if holder else ""
                    raise CannotStart(f"imgcap already runs on {self.file.parent}{where}") from None
                sleep(0.2)


def running(folder: Path) -> str | None:
    """The address of the imgcap that runs there ("" while it starts), or None."""
    try:
        pid, _, address = (folder / "lock").read_text().strip().partition(" ")
    except OSError:
        return None
    return address if pid and is_alive(int(pid)) else None
