"""docker-compose.yml says what the code says, opens one door, and gives nobody too much."""

import copy
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.compose import prepare, provider_keys
from tests.deploy.code import ENDS_WITHIN, FILE, PORT, ROOT, SERVICES
from tests.deploy.faults import command_of, words_of
from tests.deploy.manifests import Document, Running, compose, environment_of

PROFILES: dict[str, dict[str, str]] = {
    "none": {},
    **{
        profile: dict(
            line.split("=", 1)
            for line in (ROOT / "deploy" / "compose" / f"{profile}.env").read_text().splitlines()
            if line and not line.startswith("#")
        )
        for profile in ("cloud", "vision")
    },
}
#: They run once, before the rest, and make what the rest reads.
ONCE = {"secrets", "cloud"}


def as_running(name: str, service: Document, whole: Document) -> Running:
    files: set[str] = set()
    for volume in service.get("volumes", []):
        source, _, target = str(volume).partition(":")
        reader = source.removesuffix("-secrets")
        if reader != source and target.startswith("/run/secrets"):
            handed = prepare.files(prepare.Keys(whole["keys"]))[reader].keys()
            files |= {f"/run/secrets/{one}" for one in {*handed, *whole["handed"]}}
    image = str(service.get("image", ""))
    return Running(name, image, environment_of(service), files, list(service.get("command") or []))


def compose_faults(whole: Document) -> Iterator[str]:
    services: Document = whole["services"]
    for name, service in services.items():
        one = as_running(name, service, whole)
        yield from command_of(one)
        if name in SERVICES:
            yield from words_of(one)
            yield from _addresses(name, one, services)
        yield from _hardness(name, service)
    doors = {name: service["ports"] for name, service in services.items() if "ports" in service}
    if list(doors) != ["gateway"] and set(doors) - {"gateway", "grafana"}:
        yield f"published are {sorted(doors)}"
    if not all(str(port).startswith("127.0.0.1:") for ports in doors.values() for port in ports):
        yield "a port is open to other machines"
    for name, network in whole["networks"].items():
        if name not in ("door", "outside") and not (network or {}).get("internal"):
            yield f"the network {name} leads out of the house"


def _addresses(name: str, one: Running, services: Document) -> Iterator[str]:
    """Whoever is told an address shares a network with whoever is there."""
    own = set(services[name]["networks"])
    for variable, value in one.env.items():
        where = urlsplit(value)
        if where.scheme != "http" or where.hostname is None:
            continue
        if name == "search" and variable.startswith("IMGCAP_OPENAI__"):
            continue  # it tells people who is asked, and asks nobody
        there = services.get(where.hostname)
        if there is None or not own & set(there["networks"]):
            yield f"{name}: nobody is at {variable}={value}"
        elif where.hostname in SERVICES and where.port != PORT:
            yield f"{name}: {variable} is port {where.port}, not {PORT}"


def _hardness(name: str, service: Document) -> Iterator[str]:
    if service.get("cap_drop") != ["ALL"]:
        yield f"{name}: keeps capabilities"
    if service.get("read_only") is not True:
        yield f"{name}: may write to its root"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield f"{name}: may gain rights"
    ours = str(service.get("image", "")).startswith("imgcap/")
    user = str(service.get("user", "10001:10001" if ours else "0"))
    if name not in ONCE and user.split(":")[0] == "0":
        yield f"{name}: may be root"
    if name in ONCE and service.get("network_mode") != "none":
        yield f"{name}: is root and has a network"
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    if name not in {*ONCE, "bucket"} and not {"memory", "pids"} <= limits.keys():
        yield f"{name}: has no limit of memory or of processes"
    grace = int(str(service.get("stop_grace_period", "10s")).removesuffix("s"))
    if name in SERVICES and grace <= ENDS_WITHIN:
        yield f"{name}: is killed after {grace} s, before it has ended"


@pytest.fixture(params=PROFILES)
def whole(request: pytest.FixtureRequest, tmp_path: Any) -> Document:
    told = PROFILES[request.param]
    read = compose(told)
    read["keys"] = tmp_path
    read["handed"] = () if request.param == "none" else provider_keys.NAMES
    return read


def test_compose_says_what_the_code_says(whole: Document) -> None:
    assert list(compose_faults(whole)) == []


def test_who_depends_on_whom_is_there(whole: Document) -> None:
    services = whole["services"]
    for name, service in services.items():
        for needed in service.get("depends_on", {}):
            assert needed in services, name


def test_secrets_are_never_variables(whole: Document) -> None:
    words = ("PASSWORD", "TOKEN", "SECRET", "_KEY")
    for name, service in whole["services"].items():
        for variable, value in environment_of(service).items():
            if any(word in variable for word in words):
                assert variable.endswith(FILE), f"{name}: {variable}={value}"


def test_who_reads_a_secret_gets_it_and_nobody_else(tmp_path: Any) -> None:
    found = prepare.files(prepare.Keys(tmp_path))
    assert "database_url" in found["search"]
    assert all("database_url" not in found[name] for name in SERVICES if name != "search")
    urls = {found[name]["broker_url"] for name in SERVICES}
    assert len(urls) == len(SERVICES), "two services share a user at the broker"
    assert found == prepare.files(prepare.Keys(tmp_path)), "a second start made other secrets"


def _of(whole: Document, name: str) -> Document:
    service: Document = whole["services"][name]
    return service


FAULTS: dict[str, tuple[Callable[[Document], object], str]] = {
    "a word that nobody knows": (
        lambda all_: _of(all_, "tagger")["environment"].update(IMGCAP_THREAD="3"),
        "no service knows IMGCAP_THREAD",
    ),
    "a secret that nobody hands over": (
        lambda all_: _of(all_, "tagger")["environment"].update(
            IMGCAP_TAGGER_KEY_FILE="/run/secrets/tagger_key"
        ),
        "which is not there",
    ),
    "a port that nobody listens on": (
        lambda all_: _of(all_, "gateway")["environment"].update(
            IMGCAP_SEARCH_URL="http://search:9001"
        ),
        "port 9001",
    ),
    "a network that is not shared": (
        lambda all_: _of(all_, "search").update(networks=["record"]),
        "nobody is at",
    ),
    "a second door": (
        lambda all_: _of(all_, "rabbitmq").update(ports=["127.0.0.1:15672:15672"]),
        "published are",
    ),
    "a door for everybody": (
        lambda all_: _of(all_, "gateway").update(ports=["8000:8000"]),
        "open to other machines",
    ),
    "a way out": (lambda all_: all_["networks"].update(record={}), "leads out of the house"),
    "root": (lambda all_: _of(all_, "postgres").pop("user"), "may be root"),
    "capabilities": (lambda all_: _of(all_, "redis").pop("cap_drop"), "keeps capabilities"),
    "a root that can be written to": (
        lambda all_: _of(all_, "search").update(read_only=False),
        "may write to its root",
    ),
    "too little time to end": (
        lambda all_: _of(all_, "embedder").update(stop_grace_period="10s"),
        "before it has ended",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Any) -> None:
    plant, said = FAULTS[fault]
    whole = copy.deepcopy(compose())
    whole |= {"keys": tmp_path, "handed": ()}
    plant(whole)
    assert any(said in found for found in compose_faults(whole)), list(compose_faults(whole))
