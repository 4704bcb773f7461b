"""What the supervisor runs: a neighbour or a service, and how to ask whether it is ready."""

import http.client
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import digits
from typing import Protocol

from services.embedded.node import Command, Node
from services.embedded.ports import LOOPBACK

#: Services finish what they have in hand within 25 s.
SERVICE_GRACE = 28.0


class NotReady(Exception):
    """Why not, in the service's own words."""


class Part(Protocol):
    """One process under supervision."""

    @property
    def name(self) -> str: ...
    @property
    def needs(self) -> frozenset[str]:
        """The parts that must be ready before this one starts."""
        ...

    @property
    def stop_tier(self) -> int:
        """A part stops when all parts of higher tiers are gone."""
        ...

    @property
    def stops_on(self) -> int: ...
    @property
    def grace(self) -> float: ...

    def prepare(self) -> None: ...

    def command(self, death: int) -> Command:
        """``death``: the signal that the process gets when the supervisor is gone."""
        ...

    def ask(self) -> None:
        """Raises while it is not ready."""
        ...

    def furnish(self) -> None: ...

    def tidy(self) -> None:
        """After each end of the process."""
        ...

    def shows(self, line: str) -> bool: ...


@dataclass(frozen=True)
class Neighbour:
    """A broker, database or store of our own: it needs nobody, and stops last."""

    node: Node
    needs: frozenset[str] = frozenset()
    stop_tier: int = 0

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def stops_on(self) -> int:
        return self.node.stops_on

    @property
    def grace(self) -> float:
        return self.node.grace

    def prepare(self) -> None:
        self.node.prepare()

    def command(self, death: int) -> Command:
        return self.node.as_account(self.node.command(), death)

    def ask(self) -> None:
        self.node.ask()

    def furnish(self) -> None:
        self.node.furnish()

    def tidy(self) -> None:
        self.node.tidy()

    def shows(self, line: str) -> bool:
        return self.node.shows(line)


@dataclass(frozen=True)
class Service:
    """One of our four, asked at its `/readyz`."""

    name: str
    port: int
    needs: frozenset[str]
    stop_tier: int
    environment: Mapping[str, str] = field(default_factory=dict)
    host: str = LOOPBACK
    stops_on: int = signal.SIGTERM
    grace: float = SERVICE_GRACE

    def prepare(self) -> None:
        """A service needs nothing before it starts."""

    def command(self, death: int) -> Command:  # noqa: ARG002 - set in the child itself
        environment = {
            "PYTHONUNBUFFERED": "1",
            "IMGCAP_HOST": self.host,
            "IMGCAP_PORT": str(self.port),
            **self.environment,
        }
        argv = [sys.executable, "-m", f"services.{self.name.rstrip(digits)}"]
        return Command(argv, Path(os.getcwd()), environment)

    def ask(self) -> None:
        host = LOOPBACK if self.host in {"0.0.0.0", "::", ""} else self.host
        connection = http.client.HTTPConnection(host, self.port, timeout=3)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            text = answer.read(1000).decode(errors="replace").strip()
        finally:
            connection.close()
        if answer.status != http.HTTPStatus.OK:
            raise NotReady(text or f"status {answer.status}")

    def furnish(self) -> None:
        """A service brings its own schema and queues."""

    def tidy(self) -> None:
        """A service writes nowhere else."""

    def shows(self, line: str) -> bool:
        return bool(line)
