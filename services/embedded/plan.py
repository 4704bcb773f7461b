"""From the environment to the parts that must run and what each of them is told."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from services.common.rights import DECLARES, PUBLISHES
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.errors import CannotStart
from services.embedded.home import Home
from services.embedded.known import unknown
from services.embedded.parts import Neighbour, Part, Service
from services.embedded.ports import LOOPBACK, is_free, is_open, public_port
from services.embedded.store import Store

PUBLIC_PORT = 8000
MOST_TAGGERS = 16
UNSIGNED_GRACE = timedelta(hours=1)
EVERYWHERE = {"0.0.0.0", "::", ""}


@dataclass(frozen=True)
class Plan:
    """What to run, where people will find it, and what they should be told."""

    parts: tuple[Part, ...]
    address: str
    notes: tuple[str, ...]


def plan(home: Home, root: Path, environment: Mapping[str, str] = os.environ) -> Plan:
    """Whatever the environment names already is used; the rest is ours."""
    notes = list(unknown(environment))
    neighbours: list[Neighbour] = []
    common = {
        **_store(home, environment, neighbours, notes),
        "IMGCAP_INTERNAL_TOKEN": environment.get("IMGCAP_INTERNAL_TOKEN")
        or home.secret("internal"),
        "IMGCAP_MODELS": environment.get("IMGCAP_MODELS") or str(home.folder / "models"),
        "IMGCAP_WEB": environment.get("IMGCAP_WEB") or str(root / "web" / "dist"),
        "IMGCAP_LOG_FORMAT": environment.get("IMGCAP_LOG_FORMAT") or "pretty",
    }
    broker = _broker(home, environment, neighbours, notes)
    database = _database(home, environment, neighbours, notes)
    host = environment.get("IMGCAP_HOST") or LOOPBACK
    port = _public_port(host, environment, notes)
    services, told = _services(home, common, broker, database, environment)
    needs = frozenset({"search", "store"})
    gateway = Service("gateway", port, needs, 3, {**told, **broker["gateway"]}, host)
    address = f"http://{'localhost' if host in EVERYWHERE | {LOOPBACK} else host}:{port}"
    return Plan((*neighbours, *services, gateway), address, tuple(notes))


def _services(
    home: Home,
    common: Mapping[str, str],
    broker: Mapping[str, Mapping[str, str]],
    database: Mapping[str, str],
    environment: Mapping[str, str],
) -> tuple[list[Service], dict[str, str]]:
    """Search, embedder, taggers, and what all are told; only search learns of the database."""
    search, embedder = home.ports.take("search"), home.ports.take("embedder")
    told = {
        **common,
        "IMGCAP_SEARCH_URL": f"http://{LOOPBACK}:{search}",
        "IMGCAP_EMBEDDER_URL": f"http://{LOOPBACK}:{embedder}",
        "IMGCAP_LOOK_URL": f"http://{LOOPBACK}:{home.ports.take('tagger')}",
    }
    services = [
        # Neither waits for the broker, the slowest to start: they find it when it is there.
        Service("embedder", embedder, frozenset(), 2, {**told, **broker["embedder"]}),
        Service(
            "search",
            search,
            frozenset({"database"}),
            1,
            {**told, **broker["search"], **database},
        ),
    ]
    tagger = {**told, **broker["tagger"]}
    for number in range(1, _count(environment) + 1):
        name = "tagger" if number == 1 else f"tagger{number}"
        needs = frozenset({"broker", "store"})
        services.append(Service(name, home.ports.take(name), needs, 2, tagger))
    return services, told


def _count(environment: Mapping[str, str]) -> int:
    text = environment.get("IMGCAP_TAGGERS", "1")
    if not text.isdigit() or not 1 <= int(text) <= MOST_TAGGERS:
        raise CannotStart(f"IMGCAP_TAGGERS is a number from 1 to {MOST_TAGGERS}, not {text!r}")
    return int(text)


def _broker(
    home: Home, environment: Mapping[str, str], neighbours: list[Neighbour], notes: list[str]
) -> dict[str, dict[str, str]]:
    """For each service: at a broker of ours every one is a user of its own."""
    if url := environment.get("IMGCAP_BROKER__URL"):
        _check("broker", "IMGCAP_BROKER__URL", url.split(","), 5672, notes)
        return {service: {"IMGCAP_BROKER__URL": url} for service in PUBLISHES}
    broker = Broker(home, environment.get("IMGCAP_BROKER__SCOPE", ""))
    neighbours.append(Neighbour(broker))
    keys, made = home.secret("events"), home.made_at("events")
    signing = {
        "IMGCAP_BROKER__EVENT_KEYS": environment.get("IMGCAP_BROKER__EVENT_KEYS")
        or f"first:{keys}",
        # What was in the queues of an older imgcap when the key was made is not signed.
        "IMGCAP_BROKER__UNSIGNED_UNTIL": environment.get("IMGCAP_BROKER__UNSIGNED_UNTIL")
        or (made + UNSIGNED_GRACE).isoformat(),
    }
    return {
        service: {
            **signing,
            "IMGCAP_BROKER__URL": broker.url_of(service),
            "IMGCAP_BROKER__DECLARES": str(service == DECLARES).lower(),
        }
        for service in PUBLISHES
    }


def _database(
    home: Home, environment: Mapping[str, str], neighbours: list[Neighbour], notes: list[str]
) -> dict[str, str]:
    if url := environment.get("IMGCAP_DATABASE__URL"):
        _check("database", "IMGCAP_DATABASE__URL", [url], 5432, notes)
        return {"IMGCAP_DATABASE__URL": url}
    database = Database(home)
    neighbours.append(Neighbour(database))
    return {"IMGCAP_DATABASE__URL": database.url}


def _store(
    home: Home, environment: Mapping[str, str], neighbours: list[Neighbour], notes: list[str]
) -> dict[str, str]:
    """No endpoint but keys means AWS, as everywhere."""
    own = {name: value for name, value in environment.items() if name.startswith("IMGCAP_STORE__")}
    if own.keys() & {"IMGCAP_STORE__ENDPOINT", "IMGCAP_STORE__ACCESS_KEY"}:
        if endpoint := own.get("IMGCAP_STORE__ENDPOINT"):
            _check("store", "IMGCAP_STORE__ENDPOINT", [endpoint], 80, notes)
        return own
    store = Store(home, bucket=own.get("IMGCAP_STORE__BUCKET", "imgcap"))
    neighbours.append(Neighbour(store))
    return {
        "IMGCAP_STORE__ENDPOINT": store.endpoint,
        "IMGCAP_STORE__BUCKET": store.bucket,
        "IMGCAP_STORE__REGION": store.region,
        "IMGCAP_STORE__ACCESS_KEY": store.access_key,
        "IMGCAP_STORE__SECRET_KEY": store.secret_key,
    }


def _check(what: str, variable: str, urls: list[str], port: int, notes: list[str]) -> None:
    """A neighbour of the user's own may come up later, so a silent one is only noted."""
    places = [urlsplit(url.strip()) for url in urls]
    known = [(place.hostname, place.port or port) for place in places if place.hostname]
    if known and not any(is_open(number, host) for host, number in known):
        where = ", ".join(f"{host}:{number}" for host, number in known)
        notes.append(f"the {what} of {variable} ({where}) does not answer yet; we go on trying")


def _public_port(host: str, environment: Mapping[str, str], notes: list[str]) -> int:
    """A port that was asked for is used or refused; the usual one gives way to the next."""
    if asked := environment.get("IMGCAP_PORT"):
        if not asked.isdigit() or not 0 < int(asked) < 65_536:
            raise CannotStart(f"IMGCAP_PORT is a number from 1 to 65535, not {asked!r}")
        if not is_free(int(asked), host):
            raise CannotStart(f"port {asked} is taken: please name another in IMGCAP_PORT")
        return int(asked)
    port = public_port(host, PUBLIC_PORT)
    if port != PUBLIC_PORT:
        notes.append(f"port {PUBLIC_PORT} is taken, so this is port {port}")
    return port
