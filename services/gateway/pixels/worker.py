"""One child process as the gateway sees it: started, asked, killed."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.gateway.pixels import cage, frames
from services.gateway.pixels.frames import Nonsense

COMMAND = (sys.executable, "-m", "services.gateway.pixels.child")
START_SECONDS = 30.0  # 0.2 on an idle machine
BUFFER = 2**20  # a whole display in one go
# Which refusal a sudden end stands for. The kernel's own SIGKILL means that memory ran out.
LAST_WORDS = {-signal.SIGXCPU: "timeout", -signal.SIGKILL: "out-of-memory"}


@dataclass(frozen=True)
class Limits:
    memory_bytes: int
    cpu_seconds: float
    wall_seconds: float
    photos: Path


class Ended(Exception):
    """The child ended instead of answering; ``code`` is the refusal that this amounts to."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Child:
    """A running child. After any exception from ``ask`` it must be killed: its pipe is unknown."""

    def __init__(self, child: Process) -> None:
        self._child = child
        self.asked = 0
        #: What this machine's kernel could not take from it (see ``seal``).
        self.unsealed: tuple[str, ...] = ()

    @classmethod
    async def start(cls, limits: Limits) -> "Child":
        """A child that has loaded everything and waits for a photo."""
        child = cls(
            await asyncio.create_subprocess_exec(
                *COMMAND,
                *(str(os.getpid()), str(limits.memory_bytes), str(limits.cpu_seconds)),
                str(limits.photos),
                stdin=PIPE,
                stdout=PIPE,
                env=cage.environment(os.environ),
                start_new_session=True,
                limit=BUFFER,
            )
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                header, _ = await child._receive()
            if header.get("ready") is not True:
                raise Nonsense("not ready")
            child.unsealed = tuple(header.get("unsealed", ()))
        except BaseException:
            await child.kill()
            raise
        return child

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        out = self._child.stdout
        return self._child.returncode is None and out is not None and not out.at_eof()

    async def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Raises ``Ended`` or ``Nonsense``. The caller sets the time limit."""
        self.asked += 1
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(frames.pack(request))
            await self._child.stdin.drain()
            return await self._receive()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Ended(LAST_WORDS.get(await self._child.wait(), "undecodable")) from error

    async def _receive(self) -> tuple[dict[str, Any], list[bytes]]:
        out = self._child.stdout
        assert out is not None
        length = frames.header_length(await out.readexactly(frames.LENGTH.size))
        header, lengths = frames.unpack_header(await out.readexactly(length))
        return header, [await out.readexactly(part) for part in lengths]

    async def kill(self) -> None:
        """At once, and waits until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        if self._child.stdin is not None:
            self._child.stdin.close()
        await self._child.wait()
