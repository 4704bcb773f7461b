"""What stands before several of a kind: connections in turn, to those that say they are ready."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from threading import Event as Flag
from threading import Thread
from types import TracebackType
from typing import Self

import httpx

from services.embedded.ports import LOOPBACK

#: Seconds between two looks at /readyz, as a load balancer in a hurry takes them.
LOOK_EVERY = 0.1
#: Looks without any answer until somebody counts as gone; whoever says no is out at once.
SILENT = 3
#: Of a new connection, a look apart.
TRIES = 20


class Front:
    """A TCP proxy on loopback. ``backends`` are ports by name; ``port`` is what people know."""

    def __init__(self, port: int, backends: Mapping[str, int]) -> None:
        self.port, self.backends = port, dict(backends)
        self.ready: tuple[str, ...] = ()
        self.turned_away = 0
        self._silent = dict.fromkeys(self.backends, SILENT)
        self._turns = count()
        self._begun, self._stop = Flag(), asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name=f"front-{port}", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._begun.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass_on, LOOPBACK, self.port)
        async with server, httpx.AsyncClient(timeout=4, trust_env=False) as client:
            watching = [asyncio.create_task(self._watch(client, name)) for name in self.backends]
            self._begun.set()
            await self._stop.wait()
            for watch in watching:
                watch.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def _watch(self, client: httpx.AsyncClient, name: str) -> None:
        while True:
            ready = await self._is_ready(client, name)
            self.ready = tuple(
                one for one in self.backends if (ready if one == name else one in self.ready)
            )
            await asyncio.sleep(LOOK_EVERY)

    async def _is_ready(self, client: httpx.AsyncClient, name: str) -> bool:
        try:
            answer = await client.get(f"http://{LOOPBACK}:{self.backends[name]}/readyz")
        except httpx.TimeoutException:
            self._silent[name] += 1
            return self._silent[name] < SILENT
        except httpx.HTTPError:
            self._silent[name] = SILENT
            return False
        self._silent[name] = 0 if answer.status_code == 200 else SILENT
        return answer.status_code == 200

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """To another where one does not take the connection; somebody is ready soon."""
        for _ in range(TRIES):
            if self.ready:
                name = self.ready[next(self._turns) % len(self.ready)]
                with suppress(OSError):
                    inner, outer = await asyncio.open_connection(LOOPBACK, self.backends[name])
                    await asyncio.gather(_pump(reader, outer), _pump(inner, writer))
                    return
            await asyncio.sleep(LOOK_EVERY)
        self.turned_away += 1
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side has said all; then the other hears that too."""
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.close()
