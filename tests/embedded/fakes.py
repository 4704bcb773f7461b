"""A part that is a few lines of shell, and a supervisor of such parts as a process of its own."""

import asyncio
import io
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.embedded.journal import Journal
from services.embedded.node import Command
from services.embedded.supervisor import Supervisor
from services.embedded.watch import Watch

#: Writes when it lives and when it is asked to stop; has a child as every real part has.
OBEDIENT = """
    sleep 1000 & echo $! >> {folder}/pids; echo $$ >> {folder}/pids
    trap 'echo "{name} stops" >> {folder}/story; exit 0' TERM
    echo "{name} starts" >> {folder}/story; touch {folder}/{name}.ready
    while :; do sleep 0.05; done
"""
STUBBORN = OBEDIENT.replace("exit 0", ":")
SHORT_LIVED = "echo {name} lives >> {folder}/story; touch {folder}/{name}.ready; sleep 0.1; exit 3"


@dataclass(frozen=True)
class Fake:
    """Ready when its file is there."""

    name: str
    folder: Path
    script: str = OBEDIENT
    needs: frozenset[str] = frozenset()
    stop_tier: int = 0
    stops_on: int = signal.SIGTERM
    grace: float = 3.0

    def prepare(self) -> None:
        (self.folder / f"{self.name}.ready").unlink(missing_ok=True)

    def command(self, death: int) -> Command:  # noqa: ARG002 - the supervisor sees to it
        script = self.script.format(name=self.name, folder=self.folder)
        return Command(["/bin/sh", "-c", script], self.folder)

    def ask(self) -> None:
        if not (self.folder / f"{self.name}.ready").exists():
            raise ConnectionError("not there yet")

    def furnish(self) -> None:
        with (self.folder / "story").open("a") as story:
            story.write(f"{self.name} furnished\n")

    def tidy(self) -> None:
        (self.folder / f"{self.name}.ready").unlink(missing_ok=True)

    def shows(self, line: str) -> bool:
        return "secret" not in line


def chain(folder: Path) -> list[Fake]:
    """Three parts, each of which needs the one before."""
    return [
        Fake("database", folder),
        Fake("search", folder, needs=frozenset({"database"}), stop_tier=1),
        Fake("gateway", folder, needs=frozenset({"search"}), stop_tier=2),
    ]


def story(folder: Path) -> list[str]:
    file = folder / "story"
    return file.read_text().splitlines() if file.exists() else []


def pids(folder: Path) -> list[int]:
    file = folder / "pids"
    return [int(word) for word in file.read_text().split()] if file.exists() else []


async def supervise(parts: Sequence[Fake], seconds: float, journal: Journal | None = None) -> bool:
    """Start, live for a while, stop; says whether all became ready."""
    watch = Watch()
    supervisor = Supervisor(parts, journal or Journal(io.StringIO()), watch)
    try:
        started = await supervisor.start()
        await asyncio.sleep(seconds)
        return started
    finally:
        await supervisor.stop()
        watch.close()


async def _main(folder: Path, kind: str) -> None:
    watch = Watch()
    parts = [Fake("tagger", folder, STUBBORN)] if kind == "stubborn" else chain(folder)
    supervisor = Supervisor(parts, Journal(), watch)
    supervisor.handle_signals()
    if await supervisor.start():
        (folder / "all.ready").touch()
        await supervisor.run()
    await supervisor.stop()
    watch.close()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), sys.argv[2]))
