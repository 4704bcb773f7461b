"""Starts the parts in order, keeps them running, and stops them in the opposite order."""

import asyncio
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic

from services.embedded.errors import CannotStart
from services.embedded.journal import Journal
from services.embedded.parts import NotReady, Part
from services.embedded.processes import die_with_parent, kill_group, send
from services.embedded.watch import Watch

PAUSE = 0.1
#: A part that lived this long has earned a quick restart.
STEADY = 20.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 15.0
#: Before it was ever ready, a part may die this often, or take this long.
DEATHS = 3
PATIENCE = 180.0
REMINDER = 10.0
LAST_LINES = 20


@asynccontextmanager
async def pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """What a process writes, and the end that it gets; whoever starts it closes that one.

    Not asyncio's own pipe, which would keep ``wait`` waiting for every grandchild that holds it.
    """
    ours, theirs = os.pipe()
    output = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(ours, "rb")
    )
    try:
        yield output, theirs
    finally:
        transport.close()


class Keeper:
    """One part: its process, its log, and its restarts."""

    def __init__(self, part: Part, journal: Journal, watch: Watch) -> None:
        self.part, self.journal, self.watch = part, journal, watch
        self.began, self.ready = asyncio.Event(), asyncio.Event()
        self.stopping = False
        self.process: asyncio.subprocess.Process | None = None
        self.last: deque[str] = deque(maxlen=LAST_LINES)
        self.reason = "no word from it yet"

    async def keep(self) -> None:
        """Run it until it is told to stop; raises if it never became ready."""
        delay, deaths = FIRST_DELAY, 0
        while not self.stopping:
            born = monotonic()
            await asyncio.to_thread(self.part.prepare)
            status = await self._live()
            if self.stopping:
                return
            deaths += 1
            if deaths >= DEATHS and not self.ready.is_set():
                raise CannotStart(self._complaint(f"ended {deaths} times before it was ready"))
            delay = FIRST_DELAY if monotonic() - born > STEADY else min(delay * 2, LONGEST_DELAY)
            self.journal.write(self.part.name, f"ended ({_why(status)}); again in {delay:g} s")
            await asyncio.sleep(delay)

    async def stop(self) -> None:
        """Ask, wait, insist."""
        self.stopping = True
        process = self.process
        if process is None or process.returncode is not None:
            return
        send(process.pid, self.part.stops_on)
        try:
            await asyncio.wait_for(process.wait(), self.part.grace)
        except TimeoutError:
            self.journal.write(self.part.name, f"did not stop in {self.part.grace:g} s; killed")
            kill_group(process.pid)
            await process.wait()

    def kill(self) -> None:
        self.stopping = True
        if self.process:
            kill_group(self.process.pid)

    async def _live(self) -> int:
        """From start to end of one process."""
        async with pipe() as (output, theirs):
            process = await self._spawn(theirs)
            self.watch.add(process.pid, tier=self.part.stop_tier, stops_on=self.part.stops_on)
            pump = asyncio.create_task(self._pump(output))
            waiting = asyncio.create_task(self._wait_ready(process))
            try:
                return await process.wait()
            finally:
                waiting.cancel()
                kill_group(process.pid)
                self.watch.remove(process.pid)
                self.part.tidy()
                with suppress(TimeoutError):
                    await asyncio.wait_for(pump, 2)

    async def _spawn(self, output: int) -> asyncio.subprocess.Process:
        try:
            command = self.part.command(self.part.stops_on)
            self.process = await asyncio.create_subprocess_exec(
                *command.argv,
                cwd=command.folder,
                env={**os.environ, **command.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(self.part.stops_on),
            )
        finally:
            os.close(output)
        return self.process

    async def _wait_ready(self, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            try:
                await asyncio.to_thread(self.part.ask)
                await asyncio.to_thread(self.part.furnish)
                if self.ready.is_set():
                    self.journal.say(f"{self.part.name} is ready again")
                self.ready.set()
                return
            except NotReady as reason:
                self.reason = str(reason)
            except Exception as error:
                self.reason = str(error)
            await asyncio.sleep(PAUSE)

    async def _pump(self, output: asyncio.StreamReader) -> None:
        """Lines of any length, none of them able to stop the log."""
        rest = b""
        while chunk := await output.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._hear(line)
        if rest:
            self._hear(rest)

    def _hear(self, raw: bytes) -> None:
        line = raw.decode(errors="replace").rstrip()
        self.last.append(line)
        self.journal.keep(self.part.name, line)
        if self.part.shows(line):
            self.journal.write(self.part.name, line)

    def _complaint(self, what: str) -> str:
        return "\n".join([f"{self.part.name} {what}; its last words:", *self.last])


class Supervisor:
    """All parts together."""

    def __init__(self, parts: Sequence[Part], journal: Journal, watch: Watch) -> None:
        self.journal = journal
        self.keepers = [Keeper(part, journal, watch) for part in parts]
        self._stop = asyncio.Event()
        self._signals = 0
        self._tasks: list[asyncio.Task[None]] = []

    def handle_signals(self) -> None:
        """The first asks, the second insists."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        self._signals += 1
        self._stop.set()
        if self._signals > 1:
            self.journal.say("killing everything")
            for keeper in self.keepers:
                keeper.kill()

    async def start(self) -> bool:
        """Each part as soon as what it needs is ready; False if it was told to stop meanwhile."""
        self._tasks = [asyncio.create_task(self._begin(keeper)) for keeper in self.keepers]
        ready = asyncio.gather(*(self._until_ready(keeper) for keeper in self.keepers))
        try:
            return await self._or_stop(ready, self._tasks)
        finally:
            ready.cancel()
            await asyncio.gather(ready, return_exceptions=True)

    async def _begin(self, keeper: Keeper) -> None:
        for other in self.keepers:
            if other.part.name in keeper.part.needs:
                await other.ready.wait()
        if keeper.stopping:
            return
        self.journal.say(f"starting {keeper.part.name}")
        keeper.began.set()
        await keeper.keep()

    async def run(self) -> None:
        """Until a signal comes, or a part cannot go on."""
        await self._or_stop(self._stop.wait(), self._tasks)

    async def stop(self) -> None:
        """The highest tier first, each only when the one above it is gone."""
        for keeper in self.keepers:
            keeper.stopping = True
        for tier in sorted({keeper.part.stop_tier for keeper in self.keepers}, reverse=True):
            group = [keeper for keeper in self.keepers if keeper.part.stop_tier == tier]
            await asyncio.gather(*(keeper.stop() for keeper in group))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_ready(self, keeper: Keeper) -> None:
        await keeper.began.wait()
        name, began = keeper.part.name, monotonic()
        while not keeper.ready.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(keeper.ready.wait(), REMINDER)
                break
            if monotonic() - began > PATIENCE:
                raise CannotStart(f"{name} was not ready in {PATIENCE:g} s: {keeper.reason}")
            self.journal.say(f"still waiting for {name} ({keeper.reason[:200]})")
        self.journal.say(f"{name} ready after {monotonic() - began:.1f} s")

    async def _or_stop(
        self, wanted: Awaitable[object], running: Sequence[asyncio.Task[None]]
    ) -> bool:
        """Wait for ``wanted`` or a signal, whichever comes first; a part that gives up raises."""
        goal = asyncio.ensure_future(wanted)
        stop = asyncio.create_task(self._stop.wait())
        try:
            pending = {goal, stop, *running}
            while not (goal.done() or stop.done()):
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            return not stop.done()
        finally:
            stop.cancel()


def _why(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    return f"signal {signal.Signals(-status).name}"
