"""What each service may do at the broker, and the commands that give it a user with no more.

``python -m services.common.rights [SCOPE]`` prints them for a broker of one's own.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.common.events import (
    Event,
    PhotoChanged,
    PhotoEmbedded,
    PhotoFailed,
    PhotoTagged,
    PhotoUploaded,
)
from services.common.topology import LIVE, PARKED, SUBSCRIPTIONS, Topology

NOTHING = "^$"
#: Names that the broker gives to queues that are one connection's alone.
OWN_QUEUES = r"amq\.gen.*"
PUBLISHES: Mapping[str, tuple[type[Event], ...]] = MappingProxyType(
    {
        "gateway": (PhotoUploaded,),
        "tagger": (PhotoTagged, PhotoFailed),
        "embedder": (PhotoEmbedded, PhotoFailed),
        "search": (PhotoUploaded, PhotoChanged),
    }
)
#: Search alone makes exchange and queues; everybody else waits until they are there.
DECLARES = "search"


@dataclass(frozen=True)
class Rights:
    """Regular expressions, as RabbitMQ takes them."""

    configure: str
    write: str
    read: str
    topic_write: str
    topic_read: str


def rights_of(service: str, topology: Topology) -> Rights:
    publishes = {event.name for event in PUBLISHES[service]}
    consumes = {service} & SUBSCRIPTIONS.keys()
    reads = [topology.queue(name) for name in consumes]
    if service in SUBSCRIPTIONS:
        publishes.add(PARKED)
    topic_write = _any(publishes)
    if service == DECLARES:
        # Dead letters go by the nameless exchange, and who declares that must be allowed to.
        queues = [topology.queue(name) for name in (*SUBSCRIPTIONS, PARKED)]
        every = [topology.exchange, *queues]
        bound = {event.name for events in SUBSCRIPTIONS.values() for event in events}
        return Rights(
            _any(every),
            _any([*every, "amq.default"]),
            _any([topology.exchange, *queues]),
            topic_write,
            _any({*bound, PARKED}),
        )
    if service == "gateway":
        own = f"^({OWN_QUEUES}|{re.escape(topology.exchange)})$"
        heard = _any(event.name for event in LIVE)
        return Rights(f"^{OWN_QUEUES}$", own, own, topic_write, heard)
    return Rights(NOTHING, _any([topology.exchange]), _any(reads), topic_write, NOTHING)


def _any(names: Iterable[str]) -> str:
    return f"^({'|'.join(sorted(re.escape(name) for name in names))})$"


def commands(topology: Topology) -> list[str]:
    """For rabbitmqctl; passwords are asked for."""
    lines = []
    for service in PUBLISHES:
        user, rights = f"imgcap-{service}", rights_of(service, topology)
        lines += [
            f"rabbitmqctl add_user {user}",
            f"rabbitmqctl set_permissions {user}"
            f" '{rights.configure}' '{rights.write}' '{rights.read}'",
            f"rabbitmqctl set_topic_permissions {user} {topology.exchange}"
            f" '{rights.topic_write}' '{rights.topic_read}'",
        ]
    return lines


if __name__ == "__main__":
    print("\n".join(commands(Topology("".join(sys.argv[1:2])))))
