"""What docs/operations/backup.md promises: back up, lose everything, restore, find every photo."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from services.common.settings import StoreSettings
from services.embedded.broker import Broker
from services.embedded.database import Database, binaries
from services.embedded.home import Home
from services.embedded.store import Store
from tests.chaos.client import photo
from tests.neighbours import HASTE, bucket_on, copy_of_template, scope_on
from tests.system.conftest import IMPATIENT
from tests.system.pipeline import ROOT, Pipeline
from tests.system.provider import Provider

SEED, PHOTOS = 31, 5
TOKEN = "IMGCAP_INTERNAL_TOKEN"
#: The product is started three times.
pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Backup:
    """A dump, a copy of the bucket, a copy of the whole server, and what was in the gallery."""

    dump: Path
    bucket: dict[str, tuple[bytes, str]]
    base: Path
    photos: dict[str, set[str]]
    deleted: str
    asked: int


@contextmanager
def product(
    folder: Path, broker: Broker, database: str, store: StoreSettings, provider: Provider
) -> Iterator[Pipeline]:
    with (
        scope_on(broker.url) as scope,
        Pipeline(
            folder,
            broker_url=broker.url,
            database_url=database,
            store=store,
            environment={**IMPATIENT, **provider.environment, "IMGCAP_BROKER__SCOPE": scope},
        ) as pipeline,
    ):
        yield pipeline


def ask(client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
    """As page and command do: whoever is asked for patience has it."""
    deadline = monotonic() + 120
    while (answer := client.request(method, path, **more)).status_code == 503:
        assert monotonic() < deadline, answer.text
        sleep(0.5)
    return answer


def gallery(pipeline: Pipeline) -> dict[str, set[str]]:
    """The tags of every photo that is ready, once none is on its way."""
    deadline = monotonic() + 120
    with httpx.Client(base_url=pipeline.gateway, timeout=20) as client:
        while set(counts := ask(client, "GET", "/api/status").json()["photos"]) - {"ready"}:
            assert monotonic() < deadline, counts
            sleep(0.2)
        found = ask(client, "GET", "/api/photos", params={"limit": 200}).json()["photos"]
        details = [ask(client, "GET", f"/api/photos/{one['id']}").json() for one in found]
    return {one["id"]: {tag["text"] for tag in one["tags"]} for one in details}


def assert_found_with_their_bytes(pipeline: Pipeline, backup: Backup) -> None:
    """Each by a word of its own, and each with the bytes that were sent."""
    with httpx.Client(base_url=pipeline.gateway, timeout=20) as client:
        for of, tags in backup.photos.items():
            for word in tags:
                hits = ask(client, "GET", "/api/search", params={"q": word, "limit": 200})
                assert of in [hit["id"] for hit in hits.json()["photos"]], word
            for form in ("original", "display", "thumb"):
                assert ask(client, "GET", f"/api/photos/{of}/{form}").status_code == 200
        assert ask(client, "GET", f"/api/photos/{backup.deleted}").status_code == 404


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider().serving() as own:
        yield own


@pytest.fixture(scope="module")
def backup(
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    provider: Provider,
    tmp_path_factory: pytest.TempPathFactory,
) -> Backup:
    """Made of a running product; afterwards its database and its bucket are gone."""
    folder = tmp_path_factory.mktemp("backup")
    with (
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        product(folder / "services", broker_node, database, store, provider) as pipeline,
    ):
        deleted = lived_in(pipeline)
        photos = gallery(pipeline)
        dump = folder / "imgcap.dump"
        admin = database_node.address(urlsplit(database).path[1:], "postgres")
        run("pg_dump", "--format=custom", f"--file={dump}", admin)
        into = [f"--pgdata={folder / 'base'}", "--wal-method=stream", "--checkpoint=fast"]
        run("pg_basebackup", *into, f"--dbname={database_node.admin_url}")
        copied = objects(store_node, store.bucket)
    asked = sum(provider.ledger.asked.values())
    return Backup(dump, copied, folder / "base", photos, deleted, asked)


def lived_in(pipeline: Pipeline) -> str:
    """Photos, a person's own tag, and one photo that was thrown away."""
    with httpx.Client(base_url=pipeline.gateway, timeout=20) as client:
        sent = [
            ask(
                client,
                "POST",
                f"/api/photos?filename={number}.jpg",
                content=photo(number, SEED),
                headers={"Content-Type": "image/jpeg"},
            ).json()["photos"][0]["id"]
            for number in range(PHOTOS)
        ]
        gallery(pipeline)
        tag: dict[str, Any] = {"add": [{"kind": "user", "text": "grandmother"}], "remove": []}
        tagged = ask(client, "PATCH", f"/api/photos/{sent[0]}/tags", json=tag)
        assert tagged.status_code == 200
        assert ask(client, "DELETE", f"/api/photos/{sent[1]}").status_code == 204
        deadline = monotonic() + 30
        while "deleting" in ask(client, "GET", "/api/status").json()["photos"]:
            assert monotonic() < deadline
            sleep(0.1)
    return str(sent[1])


def run(program: str, *words: str, **environment: str) -> None:
    done = subprocess.run(
        [str(binaries("18") / program), *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def objects(store: Store, bucket: str) -> dict[str, tuple[bytes, str]]:
    client = store.client()
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    answers = {one["Key"]: client.get_object(Bucket=bucket, Key=one["Key"]) for one in listed}
    return {key: (one["Body"].read(), one["ContentType"]) for key, one in answers.items()}


@contextmanager
def restored_bucket(store: Store, kept: Mapping[str, tuple[bytes, str]]) -> Iterator[StoreSettings]:
    with bucket_on(store) as settings:
        client = store.client()
        for key, (body, content_type) in kept.items():
            client.put_object(Bucket=settings.bucket, Key=key, Body=body, ContentType=content_type)
        yield settings


@contextmanager
def empty_database(node: Database) -> Iterator[str]:
    """As the page says: made by the superuser, owned by the role."""
    name = f"test_{uuid4().hex[:8]}"
    names = {"name": sql.Identifier(name), "role": sql.Identifier(node.role)}
    with psycopg.connect(node.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {name} OWNER {role}").format(**names))
    yield node.address(name, node.role)
    with psycopg.connect(node.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def test_dump_and_bucket_bring_everything_back(
    backup: Backup,
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    provider: Provider,
    tmp_path: Path,
) -> None:
    assert len(backup.photos) == PHOTOS - 1
    with (
        empty_database(database_node) as database,
        restored_bucket(store_node, backup.bucket) as store,
    ):
        name = urlsplit(database).path[1:]
        admin = database_node.address(name, "postgres")
        run("pg_restore", "--no-comments", "--exit-on-error", f"--dbname={admin}", str(backup.dump))
        with product(tmp_path, broker_node, database, store, provider) as pipeline:
            assert gallery(pipeline) == backup.photos
            assert any("grandmother" in tags for tags in backup.photos.values())
            assert_found_with_their_bytes(pipeline, backup)
    assert sum(provider.ledger.asked.values()) == backup.asked


def test_the_record_is_rebuilt_from_the_bucket_and_nothing_is_paid_again(
    backup: Backup,
    broker_node: Broker,
    database_node: Database,
    store_node: Store,
    provider: Provider,
    tmp_path: Path,
) -> None:
    with (
        empty_database(database_node) as database,
        restored_bucket(store_node, backup.bucket) as store,
        product(tmp_path, broker_node, database, store, provider) as pipeline,
    ):
        token = pipeline.environment[TOKEN]
        told = subprocess.run(
            [sys.executable, "-m", "services.cli", "reconcile", "--from-bucket"],
            cwd=ROOT,
            env={**os.environ, TOKEN: token, "IMGCAP_SEARCH_URL": pipeline.url("search")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert told.stdout.startswith(f"{PHOTOS - 1} photos rebuilt")
        seen = gallery(pipeline)
        # What a person said of a photo is in the database alone: that is what a dump is for.
        assert seen == {of: tags - {"grandmother"} for of, tags in backup.photos.items()}
        audited = httpx.post(
            f"{pipeline.url('search')}/internal/v1/audit",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
        ).json()
        assert (audited["missing"], audited["orphans"]) == ([], [])
    assert sum(provider.ledger.asked.values()) == backup.asked


def test_a_copy_of_the_server_starts_with_every_row(
    backup: Backup, database_node: Database, tmp_path: Path
) -> None:
    copy = Database(Home(tmp_path), settings=HASTE)
    for name in ("database_imgcap", "database_postgres"):
        copy.home.secret(name)
        (tmp_path / "secrets" / name).write_text(database_node.home.secret(name))
    copy.folder.mkdir(parents=True, exist_ok=True)
    backup.base.rename(copy.cluster)
    with copy, psycopg.connect(copy.admin_url) as admin:
        names = [name for (name,) in admin.execute("SELECT datname FROM pg_database")]
        rows = []
        for name in names:
            if name.startswith("test_"):
                with psycopg.connect(copy.address(name, "postgres")) as db:
                    found = db.execute("SELECT photo_id::text FROM photo WHERE status = 'ready'")
                    rows.append({of for (of,) in found})
    assert set(backup.photos) in rows
