"""A neighbour: one process out of one folder, to be started, asked, stopped, killed, frozen."""

import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import ClassVar, Self

from services.embedded.account import Account, account
from services.embedded.errors import CannotStart
from services.embedded.home import Home
from services.embedded.processes import descendants, kill_group, send, wait_gone
from services.embedded.watch import watch

#: Neighbours are the lowest tier: they stop when nobody needs them any more.
TIER = 0
PAUSE = 0.05
LAST_LINES = 15
#: After a kill the system may need a moment to let go of what it held.
TRIES = 3


@dataclass(frozen=True)
class Command:
    """What to run."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


class Node(ABC):
    """What the broker, the database and the store have in common."""

    name: ClassVar[str]
    stops_on: ClassVar[int] = signal.SIGTERM
    #: Seconds to stop by itself before it is killed.
    grace: ClassVar[float] = 20.0

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.folder / self.name
        self.log = home.folder / "logs" / f"{self.name}.log"
        self.account: Account | None = account()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what must exist before the process starts; harmless when it exists already."""

    @abstractmethod
    def command(self) -> Command:
        """The process itself, in the foreground."""

    @abstractmethod
    def ask(self) -> None:
        """One real request; raises while the neighbour is not ready."""

    def furnish(self) -> None:  # noqa: B027 - most have nothing to furnish
        """Make what must exist once it answers; harmless when it exists already."""

    def tidy(self) -> None:  # noqa: B027 - nor to tidy
        """Remove what a process that ended, perhaps by force, left outside its folder."""

    def shows(self, line: str) -> bool:
        """Whether a line of its log is worth a person's attention."""
        return bool(line)

    def as_account(self, command: Command, death: int = 0) -> Command:
        """The command as it must be run when we are root."""
        if not self.account:
            return command
        paths = [self.folder / "in", Path(command.argv[0])]
        argv = self.account.run(command.argv, paths, death)
        return Command(argv, command.folder, command.environment)

    def own_folder(self) -> None:
        """The folder exists, and nobody but the neighbour may look into it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        if self.account:
            self.account.take(self.folder)
        elif not os.access(self.folder, os.W_OK):
            raise CannotStart(f"{self.folder} belongs to another account: was it made by root?")

    def give(self, file: Path) -> None:
        """A file that we wrote becomes the neighbour's."""
        if self.account:
            os.chown(file, self.account.uid, self.account.gid)

    # From here on: what tests and chaos do. The supervisor starts the same commands by itself.

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process, f"the {self.name} was never started"
        return self._process.pid

    def start(self, within: float = 60.0) -> Self:
        """Start it and wait until it answers."""
        self.prepare()
        deadline, tries = monotonic() + within, 0
        while True:
            if not self.running:
                tries += 1
                self._spawn()
            try:
                self.ask()
                break
            except Exception as error:
                if monotonic() > deadline or (tries == TRIES and not self.running):
                    self.kill()
                    raise CannotStart(self.complaint(within)) from error
            sleep(PAUSE)
        self.furnish()
        return self

    def stop(self) -> None:
        """Ask it to stop, and insist when it does not."""
        if self._process is None:
            return
        self.thaw()
        send(self.pid, self.stops_on)
        try:
            self._process.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.kill()
        self._bury()

    def kill(self) -> None:
        """SIGKILL, as a power cut would do it: the process and all that it started."""
        family = [self.pid, *descendants(self.pid)]
        for pid in family:
            send(pid, signal.SIGKILL)
        assert self._process
        self._process.wait()
        wait_gone(family, within=5)
        self._bury()

    def freeze(self) -> None:
        """It keeps its connections and answers nobody."""
        for pid in [self.pid, *descendants(self.pid)]:
            send(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in [*descendants(self.pid), self.pid]:
            send(pid, signal.SIGCONT)

    def wipe(self) -> None:
        """Lose everything that it ever kept."""
        assert not self.running, f"stop or kill the {self.name} before you wipe it"
        shutil.rmtree(self.folder, ignore_errors=True)

    def complaint(self, within: float) -> str:
        """What to tell a person when it does not come up."""
        last = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"the {self.name} did not answer within {within:g} s:", *last])

    def _spawn(self) -> None:
        if self._process:
            self._bury()
        command = self.as_account(self.command())
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command.argv,
                cwd=command.folder,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        watch().add(self._process.pid, tier=TIER, stops_on=self.stops_on)

    def _bury(self) -> None:
        if self._process and self._process.poll() is not None:
            kill_group(self._process.pid)
            watch().remove(self._process.pid)
            self.tidy()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
