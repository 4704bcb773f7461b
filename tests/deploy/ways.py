"""Network policies read as a cluster reads them: who may speak to whom, at which port."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from tests.deploy.code import SERVICES
from tests.deploy.manifests import Document, name_of, of_kind, running

NAME = "app.kubernetes.io/name"


def closed_ways(documents: list[Document]) -> Iterator[str]:
    """Ways that a service is told to go and a policy closes; and whether all else is closed."""
    rules = of_kind(documents, "NetworkPolicy")
    if not any(_denies_all(rule) for rule in rules):
        yield "nothing denies what is not allowed"
    targets = {name_of(one): one["spec"]["selector"] for one in of_kind(documents, "Service")}
    for source, host, port in wanted_ways(documents):
        labels = targets.get(host)
        if labels is None:
            continue  # an operator makes that Service; its pods' labels are in its own policy
        if not allowed(rules, "Egress", {NAME: source}, labels, port):
            yield f"{source} may not go to {host}:{port}"
        if not allowed(rules, "Ingress", labels, {NAME: source}, port):
            yield f"{host}:{port} does not let {source} in"


def wanted_ways(documents: list[Document]) -> set[tuple[str, str, int]]:
    """From the environment, and from what secrets hold: broker, database, Redis."""
    ways = {(service, "rabbitmq", 5672) for service in SERVICES}
    ways |= {("search", "postgres-rw", 5432), ("migration", "postgres-rw", 5432)}
    ways.add(("gateway", "redis", 6379))
    for one in running(documents):
        for value in one.env.values():
            where = urlsplit(value)
            if where.scheme == "http" and where.hostname and where.port:
                ways.add((one.name, where.hostname, where.port))
    return {way for way in ways if way[0] != way[1]}


def allowed(
    rules: list[Document], way: str, here: dict[str, str], there: dict[str, str], port: int
) -> bool:
    side = "to" if way == "Egress" else "from"
    for rule in rules:
        spec = rule["spec"]
        if way not in spec["policyTypes"] or not chooses(spec["podSelector"], here):
            continue
        for opening in spec.get(way.lower(), []):
            peers = opening.get(side)
            near = peers is None or any(
                chooses(peer["podSelector"], there) for peer in peers if "podSelector" in peer
            )
            named = [one["port"] for one in opening.get("ports", [])]
            if near and (not named or port in named):
                return True
    return False


def chooses(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(
        labels.get(term["key"]) in term["values"] for term in selector.get("matchExpressions", [])
    )


def _denies_all(rule: Document) -> bool:
    spec = rule["spec"]
    closed = not spec.get("ingress") and not spec.get("egress")
    return closed and not spec["podSelector"] and {*spec["policyTypes"]} == {"Ingress", "Egress"}
