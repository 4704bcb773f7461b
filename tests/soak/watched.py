"""What is measured of a running product: each process with its children, and its neighbours."""

import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.soak.flat import Course
from tests.system.pipeline import Pipeline

READ = {
    "oldest unfinished": b"SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8"
    b" FROM photo WHERE status = 'queued'",
    "database connections": b"SELECT count(*) FROM pg_stat_activity"
    b" WHERE backend_type = 'client backend'",
}


@dataclass
class Watched:
    pipeline: Pipeline
    database: str
    broker_port: int
    began: float = field(default_factory=time.monotonic)
    _times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def look(self) -> None:
        to_broker = 0
        for name in self.pipeline.names:
            memory, handles, sockets = self._process(self.pipeline.pid(name))
            self._note(f"{name} memory", memory)
            self._note(f"{name} handles", handles)
            to_broker += sockets
        self._note("broker connections", to_broker)
        with psycopg.connect(self.database, connect_timeout=10) as db:
            for name, query in READ.items():
                row = db.execute(query).fetchone()
                assert row
                self._note(name, float(row[0]))

    def courses(self) -> list[Course]:
        return [Course(name, self._times[name], self._values[name]) for name in self._times]

    def _process(self, pid: int) -> tuple[float, float, int]:
        parent = psutil.Process(pid)
        memory = handles = 0.0
        sockets = 0
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                memory += process.memory_full_info().uss
                handles += process.num_fds()
                sockets += sum(
                    bool(one.raddr) and one.raddr.port == self.broker_port
                    for one in process.net_connections("tcp")
                    if one.status == psutil.CONN_ESTABLISHED
                )
        return memory, handles, sockets

    def _note(self, name: str, value: float) -> None:
        self._times[name].append(time.monotonic() - self.began)
        self._values[name].append(value)
