"""Every overlay is what a cluster takes and what the code says; every planted fault is found."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.code import SERVICES
from tests.deploy.faults import all_faults
from tests.deploy.manifests import (
    EVERYTHING,
    OVERLAYS,
    Document,
    compose,
    name_of,
    of_kind,
    pod_of,
    running,
)
from tests.deploy.schemas import CUSTOM, NEWEST, OLDEST, misfits

Rendered = dict[str, list[Document]]
RENDERED = (*OVERLAYS, EVERYTHING)


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("overlay", RENDERED)
def test_a_cluster_takes_every_manifest(rendered: Rendered, overlay: str, version: str) -> None:
    assert [fault for one in rendered[overlay] for fault in misfits(one, version)] == []


@pytest.mark.parametrize("overlay", RENDERED)
def test_manifests_say_what_the_code_says(rendered: Rendered, overlay: str) -> None:
    assert all_faults(rendered[overlay]) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_runs_its_own_image(rendered: Rendered, overlay: str) -> None:
    images = {one.name: one.image.split(":")[0] for one in running(rendered[overlay])}
    assert {name: images.get(name) for name in SERVICES} == {
        name: f"imgcap/{name}" for name in SERVICES
    }
    built = {name: compose()["services"][name]["image"].split(":")[0] for name in SERVICES}
    assert built == {name: images[name] for name in SERVICES}


def test_neighbours_are_those_of_compose(rendered: Rendered) -> None:
    there = {name: service["image"] for name, service in compose()["services"].items()}
    here = {one.name: one.image for one in running(rendered["local"])}
    for neighbour in ("rabbitmq", "postgres", "seaweedfs", "redis"):
        assert here[neighbour] == there[neighbour]


def test_production_uses_every_operator_that_it_needs(rendered: Rendered) -> None:
    kinds = {one["kind"] for one in rendered["production"]}
    assert kinds >= CUSTOM.keys() - {"$defs", "Pooler"}
    assert not of_kind(rendered["production"], "StatefulSet"), "operators look after data"


def test_secrets_of_two_installations_differ_and_stay(k8s: Path, tmp_path: Path) -> None:
    script, mine = Path(__file__).parents[2] / "bin" / "secrets", tmp_path / "files"
    for _ in range(2):
        subprocess.run([str(script), str(mine)], check=True, capture_output=True, timeout=60)
    token = (mine / "inside" / "internal_token").read_text()
    other = k8s / "components" / "secrets" / "files" / "inside" / "internal_token"
    assert token != other.read_text()
    assert (mine / "inside" / "internal_token").stat().st_mode & 0o077 == 0
    users = json.loads((mine / "rabbitmq" / "definitions.json").read_text())["users"]
    assert {user["name"] for user in users} == {*SERVICES, "monitor"}


def one(documents: list[Document], kind: str, name: str) -> Any:
    return next(found for found in of_kind(documents, kind) if name_of(found) == name)


def container(documents: list[Document], name: str) -> Any:
    return pod_of(one(documents, "Deployment", name))["containers"][0]


def _forget(documents: list[Document], kind: str, name: str) -> None:
    documents.remove(one(documents, kind, name))


#: A fault, and a word of what must be said about it.
FAULTS: dict[str, tuple[Callable[[list[Document]], object], str]] = {
    "a word that nobody knows": (
        lambda all_: container(all_, "gateway")["env"].append(
            {"name": "IMGCAP_UPLOAD__MAXBYTES", "value": "1"}
        ),
        "no service knows IMGCAP_UPLOAD__MAXBYTES",
    ),
    "a password in the open": (
        lambda all_: container(all_, "search")["env"].append(
            {"name": "IMGCAP_DATABASE__URL", "value": "postgresql://a:b@c/d"}
        ),
        "is a secret and no file",
    ),
    "a secret that is not mounted": (
        lambda all_: pod_of(one(all_, "Deployment", "tagger"))["volumes"][0]["projected"][
            "sources"
        ].pop(),
        "which is not there",
    ),
    "a secret that nobody makes": (
        lambda all_: one(all_, "Secret", _secret(all_, "imgcap-inside"))["data"].pop("event_keys"),
        "no secret imgcap-inside",
    ),
    "a port that nobody listens on": (
        lambda all_: one(all_, "Service", "search")["spec"]["ports"][0].update(port=9001),
        "nobody is at search:9000",
    ),
    "a container with another port": (
        lambda all_: container(all_, "embedder")["ports"][0].update(containerPort=8000),
        "listens on 9000",
    ),
    "a probe of another path": (
        lambda all_: container(all_, "gateway")["readinessProbe"]["httpGet"].update(path="/ready"),
        "readinessProbe asks /ready",
    ),
    "a queue of another name": (
        lambda all_: one(all_, "ScaledObject", "tagger")["spec"]["triggers"][0]["metadata"].update(
            queueName="taggers"
        ),
        "taggers",
    ),
    "a worker that may vanish": (
        lambda all_: one(all_, "ScaledObject", "tagger")["spec"].update(minReplicaCount=0),
        "may vanish",
    ),
    "a worker that nobody scales": (
        lambda all_: _forget(all_, "ScaledObject", "embedder"),
        "workers are",
    ),
    "a container that may be root": (
        lambda all_: pod_of(one(all_, "Deployment", "redis"))["securityContext"].pop(
            "runAsNonRoot"
        ),
        "may be root",
    ),
    "a root that can be written to": (
        lambda all_: container(all_, "tagger")["securityContext"].update(
            readOnlyRootFilesystem=False
        ),
        "may write to its root",
    ),
    "no limit of memory": (
        lambda all_: container(all_, "gateway")["resources"].pop("limits"),
        "no limit of memory",
    ),
    "killed before it has ended": (
        lambda all_: pod_of(one(all_, "Deployment", "gateway")).update(
            terminationGracePeriodSeconds=25
        ),
        "before it has ended",
    ),
    "a module that is not there": (
        lambda all_: pod_of(one(all_, "Job", "migration"))["containers"][0].update(
            command=["python", "-m", "services.search.migrations"]
        ),
        "no module",
    ),
    "a way that is closed": (
        lambda all_: _forget(all_, "NetworkPolicy", "search-in"),
        "does not let",
    ),
    "a way out that is closed": (
        lambda all_: _forget(all_, "NetworkPolicy", "gateway-out"),
        "gateway may not go to search",
    ),
    "everything open": (
        lambda all_: _forget(all_, "NetworkPolicy", "default-deny"),
        "nothing denies",
    ),
    "a worker that makes queues": (
        lambda all_: container(all_, "tagger")["env"].append(
            {"name": "IMGCAP_BROKER__DECLARES", "value": "true"}
        ),
        "IMGCAP_BROKER__DECLARES is true",
    ),
    "a broker that is not let in": (
        lambda all_: _forget(all_, "NetworkPolicy", "rabbitmq-in"),
        "rabbitmq:5672 does not let",
    ),
    "a database that is out of reach": (
        lambda all_: _forget(all_, "NetworkPolicy", "postgres-out"),
        "search may not go to postgres-ro:5432",
    ),
    "a name that KEDA does not know": (
        lambda all_: one(all_, "TriggerAuthentication", "broker-monitor")["metadata"].update(
            namespace="photos"
        ),
        "KEDA finds nobody at rabbitmq.imgcap.svc",
    ),
    "a broker that is closed to KEDA": (
        lambda all_: _forget(all_, "NetworkPolicy", "rabbitmq-cluster"),
        "does not let KEDA in",
    ),
    "a broker's first container that is root": (
        lambda all_: _broker(all_)["initContainers"][0]["securityContext"].update(runAsUser=0),
        "setup-container is root",
    ),
    "brokers without a budget": (
        lambda all_: _forget(all_, "PodDisruptionBudget", "rabbitmq"),
        "rabbitmq: has no PodDisruptionBudget",
    ),
    "no budget": (
        lambda all_: _forget(all_, "PodDisruptionBudget", "search"),
        "has no PodDisruptionBudget",
    ),
}


def _broker(documents: list[Document]) -> Any:
    """The pod of the three brokers, as we would have it."""
    spec = one(documents, "RabbitmqCluster", "rabbitmq")["spec"]
    return spec["override"]["statefulSet"]["spec"]["template"]["spec"]


def _secret(documents: list[Document], start: str) -> str:
    names = map(name_of, of_kind(documents, "Secret"))
    return next(name for name in names if name.startswith(start))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(rendered: Rendered, fault: str) -> None:
    plant, said = FAULTS[fault]
    documents = copy.deepcopy(rendered[EVERYTHING])
    plant(documents)
    assert any(said in found for found in all_faults(documents)), all_faults(documents)


#: Where, and what is put there: each is what the API server or an operator would refuse.
MISFITS: dict[str, tuple[str, str, tuple[str | int, ...], Any]] = {
    "an unknown field": ("Deployment", "gateway", ("spec", "replica"), 2),
    "an unknown probe": ("Service", "search", ("spec", "ports", 0, "targetport"), 1),
    "a word for a number": ("ScaledObject", "tagger", ("spec", "maxReplicaCount"), "20"),
    "a field that KEDA has not": ("ScaledObject", "tagger", ("spec", "minReplicas"), 1),
    "a word that KEDA ignores": (
        "ScaledObject",
        "tagger",
        ("spec", "triggers", 0, "metadata", "queue"),
        "tagger",
    ),
    "no instances": ("Cluster", "postgres", ("spec", "instances"), 0),
    "a parameter that is no word": (
        "Cluster",
        "postgres",
        ("spec", "postgresql", "parameters", "max_connections"),
        200,
    ),
    "a pool of no kind": ("Pooler", "postgres-pooler", ("spec", "pgbouncer", "poolMode"), "all"),
    "a broker with a wrong field": ("RabbitmqCluster", "rabbitmq", ("spec", "replica"), 3),
    "a monitor of another field": (
        "PodMonitor",
        "imgcap",
        ("spec", "podMetricsEndpoints", 0, "targetPorts"),
        9000,
    ),
    "another version": ("RabbitmqCluster", "rabbitmq", ("apiVersion",), "rabbitmq.com/v1"),
}


@pytest.mark.parametrize("fault", MISFITS)
def test_what_a_cluster_refuses_is_refused_here(rendered: Rendered, fault: str) -> None:
    kind, name, path, value = MISFITS[fault]
    document = copy.deepcopy(one(rendered[EVERYTHING], kind, name))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert misfits(document) != []
