"""The recipe of the images: linted, without a default, for every service."""

import re
import subprocess
import sys
from pathlib import Path

from tests.deploy.code import ROOT, SERVICES

RECIPE = ROOT / "services" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def lint(recipe: str) -> subprocess.CompletedProcess[str]:
    command = [str(HADOLINT), "--no-color", "-"]
    return subprocess.run(
        command, input=recipe, capture_output=True, text=True, timeout=60, check=False
    )


def test_hadolint_finds_nothing() -> None:
    found = lint(RECIPE.read_text())
    assert found.returncode == 0, found.stdout


def test_hadolint_would_find_something() -> None:
    assert "DL3025" in lint(RECIPE.read_text() + "\nCMD python -m services.search\n").stdout


def test_there_is_no_image_by_default_and_one_for_each_service() -> None:
    text = RECIPE.read_text()
    assert not re.search(r"^ARG SERVICE=", text, re.MULTILINE)
    assert re.search(r"^FROM \$\{SERVICE\}$", text, re.MULTILINE)
    stages = set(re.findall(r"^FROM image AS (\w+)$", text, re.MULTILINE))
    assert stages == set(SERVICES)
    for service in SERVICES:
        assert f'CMD ["python", "-m", "services.{service}"]' in text
        assert (ROOT / "requirements" / f"{service}.txt").exists()


def test_every_engine_can_read_it_without_a_registry() -> None:
    text = RECIPE.read_text()
    assert not re.search(r"^#\s*syntax", text, re.MULTILINE | re.IGNORECASE)
    assert "<<" not in text


def test_nobody_runs_as_root_and_everything_is_pinned() -> None:
    text = RECIPE.read_text()
    users = re.findall(r"^USER (.+)$", text, re.MULTILINE)
    assert users == ["10001:10001"], "Kubernetes asks for a number"
    installs = re.findall(r"^.*pip (?:--python \S+ )?install .*$", text, re.MULTILINE)
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_the_builder_gets_only_what_an_image_is_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    shown = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(?:--chmod=\d+ )?(.+)$", RECIPE.read_text(), re.MULTILINE)
    paths = {path for line in copied for path in line.split()[:-1]} - {"\\"}
    hidden = [path for path in paths if not any(f"{path}/".startswith(f"{one}/") for one in shown)]
    assert hidden == []
