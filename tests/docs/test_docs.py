"""What the docs say is what the code does."""

import re
from pathlib import Path

import pytest

from tests.docs.tables import ROOT, TABLES, written
from tests.docs.words import PATH, words

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_the_docs_is_what_the_code_says(name: str) -> None:
    file, table = TABLES[name]
    text = (ROOT / file).read_text()
    assert written(text, name, table()) == text, "run: python -m tests.docs"


def test_the_pages_words_are_those_of_the_gateway() -> None:
    assert (ROOT / PATH).read_text() == words(), "run: python -m tests.docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not link.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / link).exists(), link


def test_the_readme_can_be_read_in_one_sitting() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=str)
def test_a_decision_is_one_page(page: Path) -> None:
    text = page.read_text()
    assert len(text.splitlines()) <= 45
    assert "**Decision.**" in text
