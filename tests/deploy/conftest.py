"""The manifests with secrets of their own, as an operator would have them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.code import ROOT
from tests.deploy.manifests import ADDED, EVERYTHING, OVERLAYS, Document, render


@pytest.fixture(scope="session")
def k8s(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of k8s/ in which `bin/secrets` has run."""
    copy = tmp_path_factory.mktemp("deploy") / "k8s"
    shutil.copytree(ROOT / "k8s", copy, ignore=shutil.ignore_patterns("files"))
    command = [str(ROOT / "bin" / "secrets"), str(copy / "components" / "secrets" / "files")]
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=dict(os.environ))
    everything = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": ["../production"],
        "components": [f"../../components/{one}" for one in ADDED],
    }
    (copy / "overlays" / EVERYTHING).mkdir()
    (copy / "overlays" / EVERYTHING / "kustomization.yaml").write_text(yaml.safe_dump(everything))
    return copy


@pytest.fixture(scope="session")
def rendered(k8s: Path) -> dict[str, list[Document]]:
    return {overlay: render(k8s / "overlays" / overlay) for overlay in (*OVERLAYS, EVERYTHING)}
