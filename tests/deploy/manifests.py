"""Compose and Kubernetes read into one form: what runs, with which words and files."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.code import ROOT

Document = dict[str, Any]
OVERLAYS = ("local", "production")
#: Production, and the components that an operator may add to it.
EVERYTHING = "everything"
ADDED = ("cloud", "pooler")
KUBECTL = Path(sys.executable).with_name("kubectl")
WORKLOADS = ("Deployment", "StatefulSet", "Job")


@dataclass
class Running:
    """One container: what it is told, and which files it finds."""

    name: str
    image: str
    env: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    command: list[str] = field(default_factory=list)


def render(folder: Path) -> list[Document]:
    """Raises ``CalledProcessError`` for what kustomize refuses."""
    found = subprocess.run(
        [str(KUBECTL), "kustomize", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "HOME": str(folder)},
    )
    return [document for document in yaml.safe_load_all(found.stdout) if document]


def of_kind(documents: list[Document], *kinds: str) -> list[Document]:
    return [one for one in documents if one["kind"] in kinds]


def name_of(document: Document) -> str:
    return str(document["metadata"]["name"])


def pod_of(workload: Document) -> Document:
    pod: Document = workload["spec"]["template"]["spec"]
    return pod


def running(documents: list[Document]) -> list[Running]:
    maps = {name_of(one): one["data"] for one in of_kind(documents, "ConfigMap")}
    return [
        _container(container, pod_of(workload), maps)
        for workload in of_kind(documents, *WORKLOADS)
        for container in pod_of(workload)["containers"]
    ]


def _container(container: Document, pod: Document, maps: Mapping[str, Document]) -> Running:
    env: dict[str, str] = {}
    for source in container.get("envFrom", []):
        env |= maps[source["configMapRef"]["name"]]
    env |= {one["name"]: str(one["value"]) for one in container.get("env", [])}
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    files = {
        f"{mount['mountPath']}/{path}"
        for mount in container.get("volumeMounts", [])
        if mount["name"] in volumes
        for path in _paths(volumes[mount["name"]])
    }
    command = [*container.get("command", []), *container.get("args", [])]
    return Running(container["name"], container["image"], env, files, command)


def _paths(volume: Document) -> set[str]:
    sources = [source["secret"] for source in volume.get("projected", {}).get("sources", [])]
    if "secret" in volume:
        sources.append(volume["secret"])
    return {item["path"] for source in sources for item in source.get("items", [])}


def compose(told: Mapping[str, str] | None = None) -> Document:
    """The file with its variables filled in: their defaults, or what is ``told``."""
    text = _filled((ROOT / "docker-compose.yml").read_text(), told or {})
    whole: Document = yaml.safe_load(text)
    return whole


def _filled(text: str, told: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, sign, other = found["name"], found["sign"], found["other"] or ""
        if sign == ":+":
            return other if told.get(name) else ""
        return told.get(name) or other

    return re.sub(r"\$\{(?P<name>\w+)(?:(?P<sign>:[-+])(?P<other>[^}]*))?\}", value, text)


def environment_of(service: Document) -> dict[str, str]:
    told = service.get("environment") or {}
    return {name: "" if value is None else str(value) for name, value in told.items()}
