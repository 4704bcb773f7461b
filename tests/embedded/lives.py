"""A life of each neighbour, also to be run as a process of another account."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pika
import psycopg

from services.embedded.broker import Broker
from services.embedded.database import Database
from services.embedded.home import Home
from services.embedded.node import Node
from services.embedded.store import Store

#: Root's own neighbours run as an account, and that account is never root.
LINE = "Uid:"
#: RabbitMQ 3.10 writes down every half second which quorum queues there are. One that was killed
#: before that finds the queue again but never a leader for it.
SETTLED = 1.5


def owner(pid: int) -> int:
    """The account that a process runs as."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith(LINE)).split()[1])


def listens_on(pid: int) -> set[str]:
    """The addresses on which a process listens, as the kernel writes them."""
    ours = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in ours:
                found.add(fields[1].rpartition(":")[0])
    return found


def publish(broker: Broker, queue: str, body: bytes) -> None:
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2))


def take(broker: Broker, queue: str) -> bytes:
    """A quorum queue elects a leader after a start, so the first look may come too early."""
    deadline = monotonic() + 10
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        while monotonic() < deadline:
            method, _, body = channel.basic_get(queue, auto_ack=True)
            if method:
                return bytes(body)
            sleep(0.05)
    raise AssertionError(f"nothing came to {queue}")


def run(database: Database, statement: bytes) -> list[tuple[object, ...]]:
    with psycopg.connect(database.url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def broker_life(home: Home) -> Broker:
    broker = Broker(home).start()
    publish(broker, "photos", b"kept")
    sleep(SETTLED)
    return broker


def database_life(home: Home) -> Database:
    database = Database(home).start()
    run(database, b"CREATE TABLE photo AS SELECT '[1,2,3]'::vector(3) AS place")
    return database


def store_life(home: Home) -> Store:
    store = Store(home).start()
    store.client().put_object(Bucket=store.bucket, Key="photo", Body=b"kept")
    return store


def main(folder: Path) -> None:
    """Start, use, stop each; the first thing that is wrong ends it with a traceback."""
    lives: list[Callable[[Home], Node]] = [broker_life, database_life, store_life]
    for life in lives:
        node = life(Home(folder))
        assert owner(node.pid) == os.geteuid()
        node.stop()
        print(f"{node.name} lived", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
