"""The gateway: the public door. Takes photos in, hands answers out."""

import resource
import time
from functools import partial
from threading import Event as Flag
from threading import Thread

from services.common import tracing
from services.common.killpoint import arm
from services.common.process import stop_on_signals
from services.common.server import serve_until
from services.common.telemetry import configure_logs
from services.gateway.app import create_app
from services.gateway.protocol import PatientProtocol
from services.gateway.settings import Settings

#: Seconds that uploads on their way may take; with what closes after them it stays below 25.
GRACE = 14
#: Connections, spooled photos, S3: far below the limit of any machine, far above the usual 1024.
OPEN_FILES = 16_384


def main() -> None:
    settings = Settings()
    configure_logs("gateway", settings.log_level, settings.log_format)
    tracing.start("gateway", settings.traces, public=True)
    arm(settings.crash_at)
    leaving, stop = stop_on_signals(), Flag()
    _raise_open_files()
    Thread(target=_leave, args=[leaving, stop, settings.drain], name="leave", daemon=True).start()
    serve(settings, stop, leaving)


def serve(settings: Settings, stop: Flag, leaving: Flag) -> None:
    serve_until(
        stop,
        create_app(settings, stop, leaving),
        settings.host,
        settings.port,
        leaving=leaving,
        grace=GRACE,
        http=partial(PatientProtocol, deadlines=settings.deadlines),
        ws="none",
        timeout_keep_alive=settings.deadlines.idle,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )


def _leave(leaving: Flag, stop: Flag, drain: float) -> None:
    """Be unready for a while before closing, so that a load balancer looks elsewhere first."""
    leaving.wait()
    time.sleep(drain)
    stop.set()


def _raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
