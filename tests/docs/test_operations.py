"""The pages for operators name commands, settings and alerts that exist."""

import re
from pathlib import Path

import pytest
import typer
import yaml

from services.cli.__main__ import app
from tests.docs.tables import ROOT, settings, targets

PAGES = sorted((ROOT / "docs" / "operations").glob("*.md"))
RUNBOOK = (ROOT / "docs" / "operations" / "runbook.md").read_text()
INCIDENTS = re.findall(r"^## ([^\n]+)\n\n(.+?)(?=\n\n## |\Z)", RUNBOOK, re.M | re.S)
#: At the start of what is typed, or behind what runs it elsewhere.
TYPED = re.compile(r"^(?:.* (?:exec \w+|--) )?imgcap ([a-z]+(?: [a-z]+)?)", re.M)
THIS = Path(__file__).name
COMMAND = typer.main.get_command(app)


def commands() -> set[str]:
    """As they are typed: ``doctor``, ``parked list``."""
    known = set()
    for name, command in getattr(COMMAND, "commands", {}).items():
        known.add(name)
        known |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    return known


def code(page: Path) -> str:
    text = page.read_text()
    return "\n".join(re.findall(r"`([^`\n]+)`", text) + re.findall(r"```sh\n(.*?)```", text, re.S))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    for words in TYPED.findall(code(page)):
        known = commands()
        assert words in known or words.split()[0] in known, words
    for target in re.findall(r"\bmake ([a-z0-9-]+)", code(page)):
        assert f"`make {target}`" in targets(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_a_page_names_exist(page: Path) -> None:
    files = [ROOT / "docker-compose.yml", *(ROOT / "tests").rglob("*.py")]
    known = settings() + "".join(file.read_text() for file in files if file.name != THIS)
    for name in set(re.findall(r"\bIMGCAP_[A-Z_]+[A-Z]", page.read_text())):
        assert name in known, name


def test_there_are_at_least_ten_incidents_and_each_says_see_check_do() -> None:
    assert len(INCIDENTS) >= 10
    for title, text in INCIDENTS:
        order = [text.find(f"**{part}**") for part in ("You see", "Check", "Do")]
        assert order == sorted(order), title
        assert -1 not in order, title


def test_every_alert_is_named_where_it_leads() -> None:
    told = yaml.safe_load((ROOT / "deploy" / "monitoring" / "alerts.yml").read_text())
    anchors = [
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title, _ in INCIDENTS
    ]
    sections = dict(zip(anchors, (text for _, text in INCIDENTS), strict=True))
    for rule in told["groups"][0]["rules"]:
        anchor = rule["annotations"]["runbook_url"].partition("#")[2]
        assert f"`{rule['alert']}`" in sections[anchor], rule["alert"]
