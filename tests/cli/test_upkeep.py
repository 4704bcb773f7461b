"""`imgcap doctor`, `audit` and `reconcile`: what an operator is told, and the exit code."""

from pathlib import Path
from typing import Any

import pika
import pytest

from services.common.settings import StoreSettings
from services.common.topology import Topology
from tests.cli.conftest import Gateway, Imgcap, Said
from tests.cli.test_reading import STATUS

WELL: dict[str, Any] = {
    "/readyz": {},
    "/api/status": STATUS
    | {
        "queues": {name: {"ready": 0, "consumers": 1} for name in ("tagger", "embedder", "search")}
        | {"parked": {"ready": 0, "consumers": 0}}
    },
}


@pytest.fixture
def doctor(imgcap: Imgcap, gateway: Gateway, store: StoreSettings) -> Any:
    def ask(**answers: Any) -> Said:
        gateway.answers = {**WELL, "/api/status": WELL["/api/status"] | answers}
        assert store.secret_key
        assert store.access_key
        return imgcap(
            "doctor",
            IMGCAP_URL=gateway.url,
            IMGCAP_SEARCH_URL=gateway.url,
            IMGCAP_STORE__ENDPOINT=store.endpoint,
            IMGCAP_STORE__BUCKET=store.bucket,
            IMGCAP_STORE__ACCESS_KEY=store.access_key.get_secret_value(),
            IMGCAP_STORE__SECRET_KEY=store.secret_key.get_secret_value(),
        )

    return ask


def test_when_all_is_well_the_doctor_says_so(doctor: Any, store: StoreSettings) -> None:
    said = doctor()
    assert said.code == 0
    assert "✗" not in said.out
    for what in (
        "gateway: ",
        "clock: within 1 s",
        "search: ",
        "broker: ",
        f"bucket {store.bucket}",
    ):
        assert what in said.out


@pytest.mark.parametrize(
    ("answers", "text", "fix", "code"),
    [
        ({"queues": None}, "✗ broker: away", "start RabbitMQ", 1),
        (
            {"queues": {"tagger": {"ready": 7, "consumers": 0}}},
            "✗ tagger: nobody consumes its queue",
            "start services.tagger",
            1,
        ),
        (
            {"queues": {"parked": {"ready": 2, "consumers": 0}}},
            "! parked: 2 events that nobody could handle",
            "imgcap parked list",
            0,
        ),
        (
            {"oldest_unfinished_seconds": 7200},
            "! waiting: a photo waits for 2.0 h",
            "its reason",
            0,
        ),
        ({"photos": {"failed": 3}}, "! photos: 3 failed", "retry-failed", 0),
    ],
    ids=["broker", "tagger", "parked", "waiting", "failed"],
)
def test_the_doctor_says_what_is_wrong_and_what_to_do(
    doctor: Any, answers: dict[str, Any], text: str, fix: str, code: int
) -> None:
    said = doctor(**answers)
    assert said.code == code
    assert text in said.out
    assert fix in said.out


def test_the_doctor_knows_the_database_and_the_disk(doctor: Any) -> None:
    versions = {"postgresql": "16.4", "pgvector": "0.8.1", "schema": "0240_traces"}
    said = doctor(versions=versions)
    assert "✓ database: PostgreSQL 16.4, pgvector 0.8.1, schema 0240_traces" in said.out
    assert " GB free at " in said.out
    assert "✓ store's rights: " in said.out
    said = doctor(versions=versions | {"pgvector": "0.7.4"})
    assert "! database: " in said.out
    assert "ALTER EXTENSION vector UPDATE" in said.out


def test_who_is_trusted_as_a_service_asks_search_for_all_galleries(
    imgcap: Imgcap, gateway: Gateway, tmp_path: Path
) -> None:
    """As in a container: no key of anybody's, and secrets are files."""
    token = tmp_path / "internal_token"
    token.write_text("a word of ours\n")
    house = WELL["/api/status"] | {"photos": {"failed": 3}, "warnings": [], "budgets": []}
    gateway.answers = {"/readyz": {}, "/internal/v1/house": house}
    said = imgcap(
        "doctor",
        IMGCAP_URL=gateway.url,
        IMGCAP_SEARCH_URL=gateway.url,
        IMGCAP_INTERNAL_TOKEN_FILE=str(token),
    )
    assert "! photos: 3 failed" in said.out
    assert "GET /internal/v1/house" in gateway.requests
    token.unlink()
    assert "which cannot be read" in imgcap("doctor").err


@pytest.mark.parametrize(
    ("state", "mark", "code"), [("well", "✓", 0), ("down", "!", 0), ("paused", "✗", 1)]
)
def test_the_doctor_tells_how_the_workers_found_a_provider(
    doctor: Any, state: str, mark: str, code: int
) -> None:
    said = doctor(providers=[{"name": "openai-vision", "state": state, "text": "refuses the key"}])
    assert f"{mark} provider openai-vision: " in said.out
    assert said.code == code


def test_the_doctor_says_why_photos_failed_and_how_long_the_others_take(doctor: Any) -> None:
    failures = [{"code": "undecodable", "text": "cut short", "photos": 3}]
    said = doctor(
        photos={"failed": 3}, failures=failures, oldest_unfinished_seconds=7200, backlog_seconds=600
    )
    assert "3 failed: 3 undecodable" in said.out
    assert "all are done in 10.0 min" in said.out


def test_the_doctor_asks_the_broker_itself(imgcap: Imgcap, broker_url: str, scope: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        Topology(scope).declare(connection.channel())
    well = imgcap("doctor", IMGCAP_BROKER__URL=broker_url, IMGCAP_BROKER__SCOPE=scope)
    assert "✓ broker's door: RabbitMQ " in well.out
    wrong = broker_url.replace("//imgcap:", "//imgcap:not")
    refused = imgcap("doctor", IMGCAP_BROKER__URL=wrong, IMGCAP_BROKER__SCOPE=scope)
    assert "✗ broker's door: it refuses us" in refused.out
    assert "not" + broker_url.partition("imgcap:")[2][:6] not in refused.out
    away = imgcap("doctor", IMGCAP_BROKER__URL="amqp://a:b@127.0.0.1:9/")
    assert "✗ broker's door: AMQPConnectionError" in away.out


def test_the_doctor_looks_on_when_nobody_answers(imgcap: Imgcap) -> None:
    said = imgcap(
        "doctor",
        "--json",
        IMGCAP_URL="http://127.0.0.1:9",
        IMGCAP_SEARCH_URL="http://127.0.0.1:9",
        IMGCAP_STORE__ENDPOINT="http://127.0.0.1:9",
        IMGCAP_STORE__ACCESS_KEY="a",
        IMGCAP_STORE__SECRET_KEY="b",
    )
    assert said.code == 1
    states = {finding["what"]: finding["state"] for finding in said.json}
    assert [states[what] for what in ("gateway", "search", "gallery", "store", "models")] == [
        *["ill"] * 4,
        "look",
    ]


def audit(imgcap: Imgcap, gateway: Gateway, *words: str, **found: Any) -> Said:
    clean = {"photos": 3, "objects": 12, "orphans": [], "missing": [], "fixed": 0}
    gateway.answers = {"/internal/v1/audit": clean | found}
    return imgcap("audit", *words, IMGCAP_SEARCH_URL=gateway.url)


def test_an_audit_that_finds_nothing_is_well(imgcap: Imgcap, gateway: Gateway) -> None:
    said = audit(imgcap, gateway)
    assert (said.code, gateway.requests) == (0, ["POST /internal/v1/audit?fix=false"])
    assert said.out == "3 photos, 12 objects\nnothing missing, nothing left over\n"


def test_an_audit_tells_what_it_finds(imgcap: Imgcap, gateway: Gateway) -> None:
    said = audit(imgcap, gateway, orphans=["photos/x/1"], missing=["photos/y/1"])
    assert said.code == 1
    assert "bytes that belong to no photo: photos/x/1" in said.out
    assert "photos without their bytes: photos/y/1" in said.out


def test_an_audit_that_mends_is_well_again(imgcap: Imgcap, gateway: Gateway) -> None:
    said = audit(imgcap, gateway, "--fix", orphans=["photos/x/1"], fixed=1)
    assert (said.code, gateway.requests) == (0, ["POST /internal/v1/audit?fix=true"])
    assert "1 will be gone" in said.out


def test_the_record_is_rebuilt_only_when_it_is_said_from_what(
    imgcap: Imgcap, gateway: Gateway
) -> None:
    gateway.answers = {"/internal/v1/reconcile": {"rebuilt": 5}}
    assert imgcap("reconcile", IMGCAP_SEARCH_URL=gateway.url).code == 2
    assert gateway.requests == []
    said = imgcap("reconcile", "--from-bucket")
    assert (said.code, said.out.startswith("5 photos rebuilt")) == (0, True)
