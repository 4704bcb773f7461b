"""The dashboard and the alerts ask for what the running services really tell, and nothing else."""

import json
import re
from collections.abc import Iterator
from time import sleep
from typing import Any

import httpx
import psycopg
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.chaos.client import photo
from tests.chaos.conserved import World
from tests.system.pipeline import ORDER, ROOT, Pipeline
from tests.system.promql import complaints, series

MONITORING = ROOT / "deploy" / "monitoring"
DASHBOARD = MONITORING / "grafana" / "dashboards" / "imgcap.json"
RULES = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = json.loads(DASHBOARD.read_text())["panels"]
ASKED = [
    *((panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]),
    *((rule["alert"], rule["expr"]) for rule in RULES),
]


@pytest.fixture(scope="module")
def exposed(pipeline: Pipeline, world: tuple[World, str]) -> dict[str, frozenset[str]]:
    """Every name that a scrape brings, with its labels, after a day in small."""
    with httpx.Client(base_url=pipeline.gateway, timeout=20) as client:
        for number, body in enumerate((photo(1, 5), b"no photo")):
            client.post(f"/api/photos?filename={number}.jpg", content=body, headers=IMAGE)
        client.get("/api/search", params={"q": "animal"})
        while client.get("/api/status").json()["photos"].get("ready") != 1:
            sleep(0.1)
    with psycopg.connect(world[0].database) as db:
        db.execute("INSERT INTO provider (name, state) VALUES ('openai', 'down')")
    names: dict[str, frozenset[str]] = {}
    for name in ORDER:
        text = httpx.get(f"{pipeline.url(name)}/metrics", timeout=10).text
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                names[sample.name] = names.get(sample.name, frozenset()) | set(sample.labels)
    return names


IMAGE = {"Content-Type": "image/jpeg"}


@pytest.mark.parametrize(("where", "expression"), ASKED, ids=[f"{one[0]}" for one in ASKED])
def test_what_is_asked_for_is_told(
    exposed: dict[str, frozenset[str]], where: str, expression: str
) -> None:
    assert list(series(expression)), where
    assert complaints(expression, exposed) == []


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("max(imgcap_unfinished_oldest_minutes)", "nobody tells imgcap_unfinished_oldest_minutes"),
        ("sum by (colour) (imgcap_photos)", "imgcap_photos has no label colour"),
        ('imgcap_queue_messages{name="parked"}', "imgcap_queue_messages has no label name"),
        ("rate(imgcap_uploads[5m])", "nobody tells imgcap_uploads"),
        ("imgcap_photos / on (unit) imgcap_budget_dollars", "imgcap_photos has no label unit"),
    ],
)
def test_a_planted_fault_is_found(
    exposed: dict[str, frozenset[str]], planted: str, found: str
) -> None:
    assert found in complaints(planted, exposed)


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        list(series("sum by (imgcap_photos"))


def test_labels_stay_few(pipeline: Pipeline, exposed: dict[str, frozenset[str]]) -> None:
    """No photo, owner or word ever becomes a label: each value is kept for ever."""
    assert exposed
    for name in ORDER:
        text = httpx.get(f"{pipeline.url(name)}/metrics", timeout=10).text
        ours = [line for line in text.splitlines() if line.startswith("imgcap_")]
        assert len(ours) < 600
        assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", "".join(ours))
        assert "animal" not in "".join(ours)


def headings() -> Iterator[str]:
    text = (ROOT / "docs" / "operations" / "runbook.md").read_text()
    for title in re.findall(r"^## (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_it_means_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["annotations"]["summary"].endswith(".")
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page == "docs/operations/runbook.md"
    assert anchor in set(headings())


def test_every_process_is_scraped_and_prometheus_reads_the_rules() -> None:
    told = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    assert {one["job_name"] for one in told["scrape_configs"]} == set(ORDER)
    assert [file.rpartition("/")[2] for file in told["rule_files"]] == ["alerts.yml"]
    source = yaml.safe_load(
        (MONITORING / "grafana/provisioning/datasources/imgcap.yml").read_text()
    )["datasources"][0]["uid"]
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source}


def test_panels_do_not_overlap_and_have_their_own_ids() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in PANELS)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
