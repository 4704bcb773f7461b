"""`python -m services`: everything on one machine, until Ctrl-C."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from time import monotonic

from services.embedded.errors import CannotStart
from services.embedded.home import Home
from services.embedded.journal import Journal
from services.embedded.lock import Lock, running
from services.embedded.plan import Plan, plan
from services.embedded.supervisor import Supervisor
from services.embedded.watch import Watch

ROOT = Path(__file__).resolve().parents[1]
#: `python -m services --then COMMAND …` runs a command once everything is ready.
THEN = "--then"


def main() -> int:
    logging.basicConfig(level=logging.CRITICAL)  # probes fail until they do not; no need to say so
    os.chdir(ROOT)
    folder = Path(os.environ.get("IMGCAP_DATA") or "data").resolve()
    command = sys.argv[sys.argv.index(THEN) + 1 :] if THEN in sys.argv else []
    try:
        if command and (address := running(folder)):
            return asyncio.run(_follow_up(command, address))
        return _run(folder, command)
    except CannotStart as error:
        print(f"imgcap: {error}", file=sys.stderr)
        return 1


def _run(folder: Path, command: list[str]) -> int:
    began = monotonic()
    home = Home(folder)
    lock = Lock(home.folder)
    journal = Journal(sys.stdout, home.folder / "logs")
    try:
        ready = plan(home, ROOT)
        watch = Watch(keep=[lock.handle])
        try:
            return asyncio.run(_supervise(ready, journal, watch, lock, command, began))
        finally:
            watch.close()
    finally:
        lock.release()
        journal.close()


async def _supervise(
    ready: Plan, journal: Journal, watch: Watch, lock: Lock, command: list[str], began: float
) -> int:
    supervisor = Supervisor(ready.parts, journal, watch)
    supervisor.handle_signals()
    after: asyncio.Task[int] | None = None
    try:
        for note in ready.notes:
            journal.say(note)
        if await supervisor.start():
            lock.tell(ready.address)
            journal.say(f"ready after {monotonic() - began:.1f} s: {ready.address}")
            journal.say("Ctrl-C stops everything; your photos stay in the data folder")
            if command:
                after = asyncio.create_task(_follow_up(command, ready.address))
            await supervisor.run()
    finally:
        ended = monotonic()
        journal.say("stopping")
        if after:
            after.cancel()
        await supervisor.stop()
        journal.say(f"stopped in {monotonic() - ended:.1f} s")
    return 0


async def _follow_up(command: list[str], address: str) -> int:
    """Tell the command where the gateway is, and let it write to our terminal."""
    environment = {**os.environ, "IMGCAP_URL": address}
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        if process.returncode is None:
            process.terminate()
        raise


if __name__ == "__main__":
    sys.exit(main())
