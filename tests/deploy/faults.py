"""What schemas cannot know: whether manifests and code speak of the same things."""

import importlib.util
import re
from collections.abc import Iterator

from services.common.inside import OPEN
from tests.deploy.code import ENDS_WITHIN, FILE, PORT, SERVICES, WORKERS, secrets_of, variables
from tests.deploy.manifests import (
    WORKLOADS,
    Document,
    Running,
    name_of,
    of_kind,
    pod_of,
    running,
)
from tests.deploy.ways import NAME, closed_ways, hosts, wanted_ways

#: Without these no service gets past a broker, a store or another service.
NEEDED = {"IMGCAP_BROKER__URL", "IMGCAP_BROKER__EVENT_KEYS", "IMGCAP_INTERNAL_TOKEN"}
#: What only the command knows, which is in search's image.
COMMAND = {"IMGCAP_URL"}
NEEDED_BY = {"search": {"IMGCAP_DATABASE__URL"}, "gateway": {"IMGCAP_REDIS_URL"}}


def all_faults(documents: list[Document]) -> list[str]:
    checks = (words, secrets, commands, ports, probes, queues, rights, ends, selectors, closed_ways)
    return [fault for check in checks for fault in check(documents)]


def service_of(one: Running) -> str | None:
    return one.name if one.name in SERVICES else None


def words_of(one: Running) -> Iterator[str]:
    """Names that no service knows, and secrets that anybody could read in a listing."""
    everybody = {name for service in SERVICES for name in variables(service)} | COMMAND
    hidden = {name for service in SERVICES for name in secrets_of(service)}
    for name, value in one.env.items():
        plain = name.removesuffix(FILE)
        if name.startswith("IMGCAP_") and plain not in everybody:
            yield f"{one.name}: no service knows {name}"
        if name in hidden and value:
            yield f"{one.name}: {name} is a secret and no file"
        if name.endswith(FILE) and plain in everybody and value and value not in one.files:
            yield f"{one.name}: {name} names {value}, which is not there"
    service = service_of(one)
    if service:
        told = {name.removesuffix(FILE) for name, value in one.env.items() if value}
        for name in sorted((NEEDED | NEEDED_BY.get(service, set())) - told):
            yield f"{one.name}: is not told {name}"
        declares = one.env.get("IMGCAP_BROKER__DECLARES")
        if declares != ("true" if service == "search" else "false"):
            yield f"{one.name}: IMGCAP_BROKER__DECLARES is {declares}"


def words(documents: list[Document]) -> Iterator[str]:
    for one in running(documents):
        yield from words_of(one)


def secrets(documents: list[Document]) -> Iterator[str]:
    """Every key that a volume or a trigger names is in a Secret that is made."""
    made = {name_of(one): one.get("data", {}).keys() for one in of_kind(documents, "Secret")}
    for workload in of_kind(documents, *WORKLOADS):
        for volume in pod_of(workload).get("volumes", []):
            sources = [one["secret"] for one in volume.get("projected", {}).get("sources", [])]
            sources += [volume["secret"]] if "secret" in volume else []
            for source in sources:
                name = source.get("name") or source["secretName"]
                keys = {item["key"] for item in source.get("items", [])}
                if name not in made or not keys <= made[name]:
                    yield f"{name_of(workload)}: no secret {name} with {sorted(keys)}"
    for trigger in of_kind(documents, "TriggerAuthentication"):
        for target in trigger["spec"]["secretTargetRef"]:
            if target["key"] not in made.get(target["name"], ()):
                yield f"{name_of(trigger)}: no secret {target['name']} with {target['key']}"


def commands(documents: list[Document]) -> Iterator[str]:
    for one in running(documents):
        yield from command_of(one)


def command_of(one: Running) -> Iterator[str]:
    for module in re.findall(r"-m (services[\w.]+)", " ".join(one.command)):
        found = importlib.util.find_spec(module)
        if found is not None and found.submodule_search_locations is not None:
            found = importlib.util.find_spec(f"{module}.__main__")
        if found is None:
            yield f"{one.name}: there is no module {module}"


def ports(documents: list[Document]) -> Iterator[str]:
    """Every address leads to a port of a Service, and every service listens on its own."""
    offered = {
        (name_of(one), port["port"])
        for one in of_kind(documents, "Service")
        for port in one["spec"]["ports"]
    }
    operated = hosts(documents).keys() - {name for name, _ in offered}
    for source, host, port in sorted(wanted_ways(documents)):
        if (host, port) not in offered and host not in operated:
            yield f"{source}: nobody is at {host}:{port}"
    for workload in of_kind(documents, "Deployment"):
        for container in pod_of(workload)["containers"]:
            listens = {port["containerPort"] for port in container.get("ports", [])}
            if container["name"] in SERVICES and listens != {PORT}:
                yield f"{container['name']}: listens on {PORT}, not on {sorted(listens)}"


def probes(documents: list[Document]) -> Iterator[str]:
    wanted = {"startupProbe": "healthz", "livenessProbe": "healthz", "readinessProbe": "readyz"}
    for workload in of_kind(documents, "Deployment"):
        for container in pod_of(workload)["containers"]:
            if container["name"] not in SERVICES:
                continue
            for probe, path in wanted.items():
                asked = container.get(probe, {}).get("httpGet", {}).get("path")
                if asked != f"/{path}" or asked not in OPEN:
                    yield f"{container['name']}: {probe} asks {asked}"


def queues(documents: list[Document]) -> Iterator[str]:
    """Where KEDA scales, it scales every worker, by that worker's queue."""
    scaled = of_kind(documents, "ScaledObject")
    if scaled and {name_of(one) for one in scaled} != set(WORKERS):
        yield f"scaled are {sorted(map(name_of, scaled))}, workers are {sorted(WORKERS)}"
    for one in scaled:
        spec, name = one["spec"], name_of(one)
        if spec["scaleTargetRef"]["name"] != name:
            yield f"{name}: scales {spec['scaleTargetRef']['name']}"
        if spec.get("minReplicaCount", 0) < 1:
            yield f"{name}: may vanish"
        for trigger in spec["triggers"]:
            metadata = trigger["metadata"]
            if metadata.get("queueName") != name or metadata.get("protocol") != "http":
                yield f"{name}: looks at {metadata}"


def rights(documents: list[Document]) -> Iterator[str]:
    """Pod Security "restricted", and of our own pods a little more."""
    for workload in of_kind(documents, *WORKLOADS):
        yield from restricted(name_of(workload), pod_of(workload))
        yield from hardened(name_of(workload), pod_of(workload))
    for cluster in of_kind(documents, "RabbitmqCluster"):
        override = cluster["spec"].get("override", {}).get("statefulSet", {})
        pod = override.get("spec", {}).get("template", {}).get("spec", {})
        yield from restricted(name_of(cluster), pod)
        if "setup-container" not in {one["name"] for one in pod.get("initContainers", [])}:
            yield f"{name_of(cluster)}: its first container is as the operator likes"


def restricted(name: str, pod: Document) -> Iterator[str]:
    whole = pod.get("securityContext", {})
    if not (whole.get("runAsNonRoot") and whole.get("runAsUser", 0) > 0):
        yield f"{name}: may be root"
    if whole.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield f"{name}: any system call"
    if any("hostPath" in volume for volume in pod.get("volumes", [])):
        yield f"{name}: sees the host's files"
    for container in [*pod.get("initContainers", []), *pod.get("containers", [])]:
        own = container.get("securityContext", {})
        if own.get("runAsUser", 1) == 0:
            yield f"{name}: {container['name']} is root"
        if own.get("allowPrivilegeEscalation") is not False:
            yield f"{name}: may gain rights"
        if own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"{name}: keeps capabilities"


def hardened(name: str, pod: Document) -> Iterator[str]:
    if pod.get("automountServiceAccountToken") is not False:
        yield f"{name}: gets a token for the API server"
    for container in pod["containers"]:
        limits = container.get("resources", {})
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{name}: may write to its root"
        if {"cpu", "memory"} - limits.get("requests", {}).keys():
            yield f"{name}: requests no cpu or no memory"
        if "memory" not in limits.get("limits", {}):
            yield f"{name}: has no limit of memory"


def ends(documents: list[Document]) -> Iterator[str]:
    drains = {one.name: float(one.env.get("IMGCAP_DRAIN", 0)) for one in running(documents)}
    for workload in of_kind(documents, "Deployment"):
        name = name_of(workload)
        grace = pod_of(workload).get("terminationGracePeriodSeconds", 30)
        if name in SERVICES and grace <= ENDS_WITHIN + drains[name]:
            yield f"{name}: is killed after {grace} s, before it has ended"


def selectors(documents: list[Document]) -> Iterator[str]:
    """Services, budgets and autoscalers each point at a workload that is there."""
    pods = {
        name_of(one): one["spec"]["template"]["metadata"]["labels"]
        for one in of_kind(documents, "Deployment", "StatefulSet")
    }
    pods |= {name_of(one): {NAME: name_of(one)} for one in of_kind(documents, "RabbitmqCluster")}
    for one in of_kind(documents, "Service", "PodDisruptionBudget"):
        chosen = one["spec"]["selector"]
        chosen = chosen.get("matchLabels", chosen)
        if not any(chosen.items() <= labels.items() for labels in pods.values()):
            yield f"{one['kind']} {name_of(one)}: chooses nobody"
    for one in of_kind(documents, "HorizontalPodAutoscaler", "ScaledObject"):
        if one["spec"]["scaleTargetRef"]["name"] not in pods:
            yield f"{one['kind']} {name_of(one)}: scales nobody"
    budgets = {name_of(one) for one in of_kind(documents, "PodDisruptionBudget")}
    several = {*SERVICES, *map(name_of, of_kind(documents, "RabbitmqCluster"))}
    for name in sorted(several - budgets):
        yield f"{name}: has no PodDisruptionBudget"
