"""``make sbom``: everything that imgcap is made of, as CycloneDX 1.6 JSON.

From the locks, not from what happens to be installed: Python packages and npm packages with their
hashes, the models and the wheels that they come out of, and the Debian packages that set-up asks
for, with the version of this machine where there is one.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from services.common.models import FILES

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run.txt", "models.txt")
DEBIAN = ("rabbitmq-server", "erlang-base")
PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)((?:.*\\\n)?(?:\s+--hash=.*\n?)*)", re.MULTILINE)
VERSION = SchemaVersion.V1_6


def python_packages() -> Iterator[Component]:
    for lock in LOCKS:
        for name, version, rest in PINNED.findall((ROOT / "requirements" / lock).read_text()):
            digests = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
            yield Component(
                type=ComponentType.LIBRARY,
                name=name,
                version=version,
                purl=PackageURL("pypi", None, name.lower(), version),
                hashes=[_sha256(digest) for digest in digests],
            )


def npm_packages() -> Iterator[Component]:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    for place, package in lock["packages"].items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        group, _, own = name.rpartition("/")
        algorithm, _, digest = package.get("integrity", "").partition("-")
        hashes = [HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())]
        yield Component(
            type=ComponentType.LIBRARY,
            name=own,
            group=group or None,
            version=package["version"],
            purl=PackageURL("npm", group or None, own, package["version"]),
            hashes=hashes if algorithm == "sha512" else [],
        )


def models() -> Iterator[Component]:
    for file in FILES:
        yield Component(
            type=ComponentType.MACHINE_LEARNING_MODEL
            if file.name.endswith(".onnx")
            else ComponentType.FILE,
            name=file.name,
            description=f"out of {file.member} of the wheel {file.wheel}",
            hashes=[_sha256(file.sha256)],
        )


def debian_packages() -> Iterator[Component]:
    for name in DEBIAN:
        version = _installed(name)
        yield Component(
            type=ComponentType.APPLICATION,
            name=name,
            version=version,
            purl=PackageURL("deb", "debian", name, version),
        )


def bill() -> str:
    """The document. Raises ``ValueError`` if it is none."""
    bom = Bom()
    ours = bom.metadata.component = Component(type=ComponentType.APPLICATION, name="imgcap")
    known: set[str] = set()
    for source in (python_packages, npm_packages, models, debian_packages):
        for component in source():
            reference = str(component.purl or component.name)
            if reference not in known:
                known.add(reference)
                component.bom_ref.value = reference
                bom.components.add(component)
    bom.register_dependency(ours, bom.components)
    text = str(make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=1))
    if fault := JsonStrictValidator(VERSION).validate_str(text):
        raise ValueError(f"this is no CycloneDX: {fault}")
    return text


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


def _installed(package: str) -> str | None:
    argv = ["dpkg-query", "--show", "--showformat", "${Version}", package]
    try:
        found = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return found.stdout.strip() or None


if __name__ == "__main__":
    sys.stdout.write(bill())
