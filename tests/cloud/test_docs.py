"""What the provider pages say is so: policies parse and are small, settings exist."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from services.common.cloud.settings import BatchSettings, OpenAISettings, RekognitionSettings
from services.common.settings import StoreSettings
from services.search.settings import BudgetSettings

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "providers").glob("*.md"))
GROUPS: dict[str, type[BaseModel]] = {
    "OPENAI": OpenAISettings,
    "REKOGNITION": RekognitionSettings,
    "STORE": StoreSettings,
    "BUDGET": BudgetSettings,
    "BATCH": BatchSettings,
}


@pytest.mark.parametrize("page", [*PAGES, DOCS / "costs.md"], ids=lambda page: page.stem)
def test_every_setting_on_a_page_exists(page: Path) -> None:
    named = re.findall(r"IMGCAP_([A-Z]+)__([A-Z_]+)", page.read_text())
    for group, name in named:
        assert name.lower() in GROUPS[group].model_fields, f"IMGCAP_{group}__{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_policies_parse_and_allow_no_more_than_they_name(page: Path) -> None:
    for text in re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL):
        policy = json.loads(text)
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                assert "*" not in action
                assert action != "s3:DeleteBucket"


@pytest.mark.parametrize("name", ["openai", "rekognition"])
def test_a_page_says_what_is_needed_sent_and_paid_and_how_to_turn_it_off(name: str) -> None:
    text = (DOCS / "providers" / f"{name}.md").read_text()
    for title in ("Turn it on", "Rights", "What is sent", "What it costs", "Turn it off"):
        assert f"## {title}" in text
