"""Each neighbour is real, private, keeps what it was given, and can be hurt on purpose."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pika
import psycopg
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPConnectionError, AMQPError

from services.embedded.account import Account
from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.home import Home
from services.embedded.store import Store
from tests.embedded import lives

ROOT = Path(__file__).parents[2]
LOOPBACK = "0100007F"
NOBODY = Account(65534, 65534)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with lives.broker_life(Home(tmp_path_factory.mktemp("own"))) as broker:
        yield broker


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with lives.database_life(Home(tmp_path_factory.mktemp("own"))) as database:
        yield database


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with lives.store_life(Home(tmp_path_factory.mktemp("own"))) as store:
        yield store


def test_a_killed_broker_keeps_its_messages(broker: Broker) -> None:
    broker.kill()
    assert lives.take(broker.start(), "photos") == b"kept"


def test_a_stopped_broker_keeps_its_messages(broker: Broker) -> None:
    lives.publish(broker, "photos", b"again")
    broker.stop()
    assert lives.take(broker.start(), "photos") == b"again"


def test_the_broker_refuses_guests_and_wrong_passwords(broker: Broker) -> None:
    for login in ("guest:guest", f"{broker.user}:wrong"):
        url = f"amqp://{login}@127.0.0.1:{broker.port}/"
        with pytest.raises(AMQPConnectionError):
            pika.BlockingConnection(pika.URLParameters(url))


def test_the_broker_listens_on_loopback_only(broker: Broker) -> None:
    assert lives.listens_on(broker.pid) == {LOOPBACK}


def test_a_frozen_broker_answers_nobody_and_thaws(broker: Broker) -> None:
    broker.freeze()
    with pytest.raises(AMQPConnectorException, match="Timeout"):
        broker.ask()
    broker.thaw()
    broker.ask()


def test_a_wiped_broker_starts_empty(broker: Broker) -> None:
    broker.kill()
    broker.wipe()
    broker.start()
    with (
        pika.BlockingConnection(pika.URLParameters(broker.url)) as connection,
        pytest.raises(AMQPError, match="NOT_FOUND"),
    ):
        connection.channel().queue_declare("photos", passive=True)


def test_a_killed_database_keeps_what_was_committed(database: Database) -> None:
    database.kill()
    assert lives.run(database.start(), b"SELECT count(*) FROM photo") == [(1,)]


def test_the_database_knows_vectors_in_every_new_database(database: Database) -> None:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("CREATE DATABASE another")
    with psycopg.connect(database.address("another", "postgres")) as other:
        other.execute("SELECT '[1,2]'::halfvec(2) <=> '[2,1]'::halfvec(2)")


def test_the_services_role_is_no_superuser(database: Database) -> None:
    found = lives.run(database, b"SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    assert found == [(False,)]


def test_the_database_refuses_a_wrong_password(database: Database) -> None:
    url = database.url.replace(database.home.secret("database_imgcap"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_the_database_listens_on_loopback_only(database: Database) -> None:
    assert lives.listens_on(database.pid) == {LOOPBACK}


def test_a_frozen_database_answers_nobody_and_thaws(database: Database) -> None:
    database.freeze()
    with pytest.raises(psycopg.OperationalError):
        database.ask()
    database.thaw()
    database.ask()


def test_a_process_number_that_belongs_to_a_stranger_now_does_not_stop_the_database(
    database: Database,
) -> None:
    database.kill()
    record = database.cluster / "postmaster.pid"
    lines = record.read_text().splitlines()
    record.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    database.start()


def test_a_wiped_database_starts_empty(database: Database) -> None:
    database.stop()
    database.wipe()
    database.start()
    with pytest.raises(psycopg.errors.UndefinedTable):
        lives.run(database, b"SELECT * FROM photo")


def test_a_killed_store_keeps_its_objects(store: Store) -> None:
    store.kill()
    store.start()
    assert store.client().get_object(Bucket=store.bucket, Key="photo")["Body"].read() == b"kept"


def test_the_store_refuses_strangers(store: Store) -> None:
    stranger = boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        config=Config(signature_version=UNSIGNED, s3={"addressing_style": "path"}),
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.get_object(Bucket=store.bucket, Key="photo")


def test_no_part_of_the_store_shows_a_photo_to_those_without_a_key(store: Store) -> None:
    import urllib.error
    import urllib.request

    url = f"http://127.0.0.1:{store.ports['filer']}/buckets/{store.bucket}/photo"
    with pytest.raises(urllib.error.HTTPError, match="401") as refusal:
        urllib.request.urlopen(url)
    refusal.value.close()


def test_the_store_listens_on_loopback_only(store: Store) -> None:
    assert lives.listens_on(store.pid) == {LOOPBACK}


def test_a_wiped_store_starts_empty(store: Store) -> None:
    store.stop()
    store.wipe()
    store.start()
    assert "Contents" not in store.client().list_objects_v2(Bucket=store.bucket)


def test_no_neighbour_runs_as_root(broker: Broker, database: Database, store: Store) -> None:
    assert 0 not in {lives.owner(node.pid) for node in (broker, database, store)}


def test_an_ordinary_user_can_run_them_all(tmp_path: Path) -> None:
    """When the tests run as root, "nobody" is that user; else we are."""
    argv, folder = [sys.executable, "-m", "tests.embedded.lives", str(tmp_path / "home")], tmp_path
    if os.geteuid() == 0:
        os.chown(folder, NOBODY.uid, NOBODY.gid)
        argv = NOBODY.run(argv, [Path(sys.executable), folder / "home", ROOT / "tests"], 0)
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:3] == ["broker lived", "database lived", "store lived"], (
        done.stderr
    )
