"""One project of Docker Compose, apart from any that is there, with the files as they are."""

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from tests.deploy.code import ROOT
from tests.ports import free_port

PATIENCE = 600  # seconds for a machine that is busy with something else


@dataclass
class Stack:
    project: str
    port: int = field(default_factory=free_port)

    def compose(self, *words: str, seconds: float = PATIENCE) -> str:
        return self._run(["docker", "compose", "--project-name", self.project, *words], seconds)

    def docker(self, *words: str) -> str:
        return self._run(["docker", *words], PATIENCE)

    def fails(self, *words: str) -> bool:
        try:
            self.docker(*words)
        except AssertionError:
            return True
        return False

    def _run(self, command: list[str], seconds: float) -> str:
        told = {**os.environ, "IMGCAP_PORT": str(self.port), "IMGCAP_VERSION": "test"}
        found = subprocess.run(  # what it says is worth more than that it failed
            command,
            cwd=ROOT,
            env=told,
            text=True,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        shown = " ".join(command[:6])
        assert found.returncode == 0, f"{shown}: {found.stdout[-2000:]}{found.stderr[-2000:]}"
        return found.stdout

    def containers(self, *, every: bool = False) -> dict[str, dict[str, Any]]:
        """What `docker inspect` says, by the container's name in the project."""
        ids = self.compose("ps", "--quiet", *(["--all"] if every else [])).split()
        found = json.loads(self.docker("inspect", *ids)) if ids else []
        return {one["Name"].removeprefix(f"/{self.project}-"): one for one in found}

    def kill(self, name: str) -> None:
        """As a crash; started again at once, for Docker takes a kill for somebody's wish."""
        self.docker("kill", "--signal", "KILL", f"{self.project}-{name}")
        self.docker("start", f"{self.project}-{name}")

    def wait_until_well(self, name: str, seconds: float = 180) -> float:
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            state = self.containers()[name]["State"]
            if state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy":
                return time.monotonic() - began
            time.sleep(1)
        raise AssertionError(f"{name} was not well again after {seconds:.0f} s")
