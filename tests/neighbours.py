"""The real broker, database and store of a test run: each started when first needed, once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pika
import psycopg
from psycopg import sql
from pydantic import SecretStr

from services.common.settings import StoreSettings
from services.common.topology import Topology
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.home import Home
from services.embedded.store import Store

TEMPLATE = "template_imgcap"
#: A test's database may forget everything when the machine loses power; never when it is killed.
HASTE = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "100",
}
#: Every bucket takes a volume of its own, so that many small ones must fit on the disk.
SMALL_VOLUMES = 32


def a_broker(folder: Path) -> Broker:
    return Broker(Home(folder))


def a_database(folder: Path) -> Database:
    return Database(Home(folder), settings=HASTE)


def a_store(folder: Path) -> Store:
    return Store(Home(folder), volume_megabytes=SMALL_VOLUMES)


def store_settings(store: Store, bucket: str | None = None) -> StoreSettings:
    """What a service must be told to use this store."""
    return StoreSettings(
        endpoint=store.endpoint,
        bucket=bucket or store.bucket,
        region=store.region,
        access_key=SecretStr(store.access_key),
        secret_key=SecretStr(store.secret_key),
    )


@contextmanager
def scope_on(url: str) -> Iterator[str]:
    """A prefix for exchange and queues; what was declared under it is gone afterwards."""
    scope = f"{uuid4().hex[:8]}."
    yield scope
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        Topology(scope).erase(connection.channel())


@contextmanager
def bucket_on(store: Store) -> Iterator[StoreSettings]:
    """An empty bucket, removed with all that is in it."""
    bucket = f"test-{uuid4().hex[:8]}"
    client = store.client()
    client.create_bucket(Bucket=bucket)
    yield store_settings(store, bucket)
    # SeaweedFS removes a bucket together with its objects.
    client.delete_bucket(Bucket=bucket)


def make_template(database: Database) -> None:
    """A migrated database that every test gets a copy of."""
    from services.search.migrate import migrate

    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        name, owner = sql.Identifier(TEMPLATE), sql.Identifier(database.role)
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    with psycopg.connect(database.address(TEMPLATE, database.role)) as template:
        migrate(template)


@contextmanager
def copy_of_template(database: Database) -> Iterator[str]:
    """The address of a fresh database."""
    name = f"test_{uuid4().hex[:8]}"
    names = {"name": sql.Identifier(name), "role": sql.Identifier(database.role)}
    create = sql.SQL("CREATE DATABASE {name} TEMPLATE {template} OWNER {role}")
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(create.format(template=sql.Identifier(TEMPLATE), **names))
    yield database.address(name, database.role)
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
