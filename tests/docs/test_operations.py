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
ELSEWHERE = r"docker .*(?:exec \w+|run(?: --?\w+| [A-Z_]+)*) |kubectl .*-- |\S*/"
TYPED = re.compile(rf"^(?:{ELSEWHERE})?imgcap ([a-z]+(?: [a-z]+)?)", re.M)
#: In a container: which one.
INSIDE = re.compile(r"\bexec (?:deployment/)?(\w+) (?:-- )?imgcap\b")
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
def test_options_that_a_page_names_exist(page: Path) -> None:
    for line in code(page).splitlines():
        for words in TYPED.findall(line):
            known = options(words.split())
            typed = line.partition(words)[2]
            assert set(re.findall(r"(?<= )--[a-z-]+", typed)) <= known, line


def options(words: list[str]) -> set[str]:
    """Those of a command, or of a command of a group."""
    group = getattr(COMMAND, "commands", {})
    command = group[words[0]]
    inner = getattr(command, "commands", {})
    if len(words) > 1 and words[1] in inner:
        command = inner[words[1]]
    return {name for parameter in command.params for name in parameter.opts}


def test_the_command_is_where_a_page_says_that_it_is() -> None:
    """One image holds it, and compose has a container of that image for it."""
    named = {name for page in PAGES for name in INSIDE.findall(page.read_text())}
    assert named == {"search"}
    recipe = (ROOT / "services" / "Dockerfile").read_text()
    assert "services/cli/imgcap" in recipe.partition("FROM image AS search")[2]
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["imgcap"]
    assert (service["image"].split(":")[0], service["entrypoint"][-1]) == (
        "imgcap/search",
        "imgcap",
    )


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
