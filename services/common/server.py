"""An HTTP server beside other threads: uvicorn that ends when a flag says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from time import sleep
from typing import Any

import uvicorn

from services.common.leaving import Leaving
from services.common.traced import traced


class QuietServer(uvicorn.Server):
    """Signals are the process's affair: the first asks everybody, the second insists."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve_until(
    stop: Flag,
    app: Any,
    host: str,
    port: int,
    *,
    leaving: Flag | None = None,
    drain: float = 0.0,
    **options: Any,
) -> None:
    """Serve on the caller's thread until ``drain`` seconds after ``stop``; requests may end.

    From ``leaving`` on (``stop``, where nobody says anything else) it is not ready any more.
    """
    config = uvicorn.Config(
        Leaving(traced(app), leaving or stop),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=options.pop("grace", 10),
        # uvicorn would believe X-Forwarded-For from loopback, where everything of ours is.
        **{"proxy_headers": False, **options},
    )
    server = QuietServer(config)

    def ask() -> None:
        stop.wait()
        sleep(drain)
        server.should_exit = True

    Thread(target=ask, name="stop-server", daemon=True).start()
    server.run()
    stop.set()
