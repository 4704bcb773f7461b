"""Whether a provider is worth asking: after too many failures it rests, and one call probes it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Literal

import structlog
from prometheus_client import Counter, Gauge

from services.common.cloud.failing import DOWN, PAUSING
from services.common.errors import Refuse, TryAgain

log = structlog.get_logger(__name__)

State = Literal["well", "down", "paused"]
Report = Callable[[str, State, str, str], None]

BREAKER = Gauge("imgcap_provider_open", "1 while a provider is not asked.", ["provider"])
FAILURES = Counter("imgcap_provider_failures", "Calls that failed.", ["provider", "code"])
ANSWERS = Counter("imgcap_provider_answers", "Calls that were answered.", ["provider"])

FAILURES_UNTIL_DOWN = 5
#: Seconds until one photo may try again: an outage ends by itself, a pause by a person.
PROBE_DOWN, PROBE_PAUSED = 30.0, 120.0


def nobody_listens(_: str, __: State, ___: str, ____: str) -> None:
    """For those who have no search to tell."""


@dataclass
class Breaker:
    """One for each provider and process; ``report`` hears of every change of its state, and of
    every call that finds it still unwell: what nobody has said for minutes is not believed."""

    name: str
    report: Report = nobody_listens
    clock: Callable[[], float] = time.monotonic
    state: State = field(default="well", init=False)
    code: str = field(default="", init=False)
    text: str = field(default="", init=False)
    _failures: int = field(default=0, init=False)
    _probe_at: float = field(default=0.0, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        BREAKER.labels(self.name).set(0)

    def admit(self) -> None:
        """Raises ``TryAgain`` while the provider rests; one caller at a time may probe it."""
        with self._lock:
            if self.state == "well":
                return
            wait = self._probe_at - self.clock()
            if wait <= 0:
                self._probe_at = self.clock() + self._pause()
                return
        after = timedelta(seconds=wait)
        raise TryAgain(self.text, code=self.code, counts=False, after=after)

    def succeeded(self) -> None:
        ANSWERS.labels(self.name).inc()
        with self._lock:
            self._failures = 0
            changed = self.state != "well"
            self.state, self.code, self.text = "well", "", ""
        if changed:
            self._tell(changed)

    def failed(self, error: TryAgain | Refuse) -> None:
        FAILURES.labels(self.name, error.code).inc()
        with self._lock:
            before = self.state
            if error.code in PAUSING:
                self._open("paused", error)
            elif error.code in DOWN:
                self._failures += 1
                if self._failures >= FAILURES_UNTIL_DOWN or before != "well":
                    self._open("down", error)
            else:
                self._failures = 0
            opened, changed = self.state != "well", before != self.state
        if opened:
            self._tell(changed)

    def _open(self, state: State, error: TryAgain | Refuse) -> None:
        self.state, self.code, self.text = state, error.code, str(error)
        self._probe_at = self.clock() + self._pause()

    def _pause(self) -> float:
        return PROBE_PAUSED if self.state == "paused" else PROBE_DOWN

    def _tell(self, changed: bool) -> None:
        BREAKER.labels(self.name).set(self.state != "well")
        if changed:
            log.warning("provider", provider=self.name, state=self.state, code=self.code)
        self.report(self.name, self.state, self.code, self.text)
