"""A service may import common and itself, and nothing else of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.common.topology import SUBSCRIPTIONS

SERVICES = Path(__file__).parents[2] / "services"
MODULES = sorted(path for path in SERVICES.rglob("*.py") if path.parent != SERVICES)


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SERVICES)))
def test_arrows_point_to_common(module: Path) -> None:
    home = module.relative_to(SERVICES).parts[0]
    for name in imported(module):
        if name.startswith("services."):
            assert name.split(".")[1] in {home, "common"}, f"{module.name} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SERVICES)))
def test_a_module_opens_by_saying_why_it_exists(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text()))


def test_every_queue_has_a_service() -> None:
    assert set(SUBSCRIPTIONS) <= {path.name for path in SERVICES.iterdir()}
