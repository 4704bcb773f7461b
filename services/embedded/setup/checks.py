"""Everything that can be said about the code without running it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.embedded.setup.packages import PYTHON, ROOT
from services.embedded.setup.page import install, node

ARROWS = "tests/common/test_arrows.py"


def check() -> int:
    """All checks, also after one that failed; the status says how many did."""
    environment = node()
    install(environment)
    python = [str(PYTHON), "-m"]
    checks: list[tuple[str, Sequence[str], Path]] = [
        ("lint", [*python, "ruff", "check", "."], ROOT),
        ("form", [*python, "ruff", "format", "--check", "."], ROOT),
        ("types", [*python, "mypy"], ROOT),
        ("page", ["npm", "run", "--silent", "check"], ROOT / "web"),
        ("arrows", [*python, "pytest", "-q", ARROWS], ROOT),
    ]
    return sum(_fails(title, argv, folder, environment) for title, argv, folder in checks)


def _fails(title: str, argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> bool:
    print(f"— {title}", flush=True)
    return subprocess.run(argv, cwd=folder, env={**os.environ, **environment}).returncode != 0
