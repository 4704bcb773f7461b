"""Network policies read as a cluster reads them: who may speak to whom, at which port."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.deploy.manifests import WORKLOADS, Document, name_of, of_kind, pod_of, running

NAME = "app.kubernetes.io/name"
SPACE = "kubernetes.io/metadata.name"
Labels = Mapping[str, str]
#: Ports that an address need not name.
USUAL = {"amqp": 5672, "postgresql": 5432, "redis": 6379, "http": 80}


def closed_ways(documents: list[Document]) -> Iterator[str]:
    """Ways that a service is told to go and a policy closes; and whether all else is closed."""
    rules = of_kind(documents, "NetworkPolicy")
    if not any(_denies_all(rule) for rule in rules):
        yield "nothing denies what is not allowed"
    targets = hosts(documents)
    for source, host, port in sorted(wanted_ways(documents)):
        labels = targets.get(host)
        if labels is None:
            yield f"{source}: nobody is at {host}"
            continue
        if not allowed(rules, "Egress", {NAME: source}, labels, port):
            yield f"{source} may not go to {host}:{port}"
        if not allowed(rules, "Ingress", labels, {NAME: source}, port):
            yield f"{host}:{port} does not let {source} in"
    yield from _closed_to_keda(documents, rules, targets)


def hosts(documents: list[Document]) -> dict[str, Labels]:
    """The pods behind each name: of our Services, and of those that operators make."""
    found = {name_of(one): one["spec"]["selector"] for one in of_kind(documents, "Service")}
    for one in of_kind(documents, "RabbitmqCluster"):
        found[name_of(one)] = {NAME: name_of(one)}
    for one in of_kind(documents, "Cluster"):
        for way in ("rw", "ro"):
            found[f"{name_of(one)}-{way}"] = {"cnpg.io/cluster": name_of(one)}
    for one in of_kind(documents, "Pooler"):
        found[name_of(one)] = {"cnpg.io/poolerName": name_of(one)}
    return found


def wanted_ways(documents: list[Document]) -> set[tuple[str, str, int]]:
    """Every address in an environment, and in the secrets that a pod mounts."""
    told = [(one.name, value) for one in running(documents) for value in one.env.values()]
    told += [
        (name_of(workload), text)
        for workload in of_kind(documents, *WORKLOADS)
        for text in _mounted(workload, secrets_in(documents))
    ]
    return {(name, *way) for name, text in told for way in _addresses(text) if way[0] != name}


def secrets_in(documents: list[Document]) -> dict[str, dict[str, str]]:
    return {
        name_of(one): {key: b64decode(value).decode() for key, value in one["data"].items()}
        for one in of_kind(documents, "Secret")
    }


def _mounted(workload: Document, secrets: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for volume in pod_of(workload).get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            chosen = source["secret"]
            kept = secrets.get(chosen["name"], {})
            yield from (kept[item["key"]] for item in chosen["items"] if item["key"] in kept)


def _addresses(text: str) -> Iterator[tuple[str, int]]:
    for part in text.split(","):
        where = urlsplit(part.strip())
        if where.scheme in USUAL and where.hostname:
            yield where.hostname, where.port or USUAL[where.scheme]


def _closed_to_keda(
    documents: list[Document], rules: list[Document], targets: Mapping[str, Labels]
) -> Iterator[str]:
    """KEDA asks from its own namespace, so that only a whole name leads it here."""
    for trigger in of_kind(documents, "TriggerAuthentication"):
        for target in trigger["spec"]["secretTargetRef"]:
            text = secrets_in(documents).get(target["name"], {}).get(target["key"], "")
            for host, port in _addresses(text):
                short, _, rest = host.partition(".")
                if rest != f"{trigger['metadata']['namespace']}.svc" or short not in targets:
                    yield f"KEDA finds nobody at {host}"
                elif not allowed(rules, "Ingress", targets[short], {SPACE: "keda"}, port):
                    yield f"{host}:{port} does not let KEDA in"


def allowed(rules: list[Document], way: str, here: Labels, there: Labels, port: int) -> bool:
    """``there`` are a pod's labels, or its namespace's."""
    side = "to" if way == "Egress" else "from"
    selector = "namespaceSelector" if SPACE in there else "podSelector"
    for rule in rules:
        spec = rule["spec"]
        if way not in spec["policyTypes"] or not chooses(spec["podSelector"], here):
            continue
        for opening in spec.get(way.lower(), []):
            peers = opening.get(side)
            near = peers is None or any(
                chooses(peer[selector], there) for peer in peers if peer.keys() == {selector}
            )
            named = [one["port"] for one in opening.get("ports", [])]
            if near and (not named or port in named):
                return True
    return False


def chooses(selector: Mapping[str, Any], labels: Labels) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(
        labels.get(term["key"]) in term["values"] for term in selector.get("matchExpressions", [])
    )


def _denies_all(rule: Document) -> bool:
    spec = rule["spec"]
    closed = not spec.get("ingress") and not spec.get("egress")
    return closed and not spec["podSelector"] and {*spec["policyTypes"]} == {"Ingress", "Egress"}
