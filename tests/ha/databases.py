"""A PostgreSQL with a streaming replica on one machine, to kill the one and promote the other."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psycopg

from services.embedded.database import Database
from services.embedded.home import Home
from services.embedded.node import Command
from services.embedded.ports import LOOPBACK
from services.search.migrate import migrate
from tests.neighbours import HASTE


class Replica(Database):
    """Starts as a copy of another server, and follows it."""

    def __init__(self, home: Home, primary: Database) -> None:
        super().__init__(home, settings=HASTE)
        self.primary = primary

    def address(self, database: str, role: str) -> str:
        password = self.primary.home.secret(f"database_{role}")
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def furnish(self) -> None:
        """What the primary has, it has."""

    def promote(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            assert admin.execute("SELECT pg_promote(true, 20)").fetchone() == (True,)

    def _create(self) -> None:
        draft = self.folder / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        tool = Path(Database.command(self.primary).argv[0]).with_name("pg_basebackup")
        words = ["-d", self.primary.admin_url, "-D", str(draft), "-R", "-X", "stream", "-c", "fast"]
        command = self.as_account(Command([str(tool), *words], self.folder))
        subprocess.run(command.argv, cwd=self.folder, env=dict(os.environ), check=True)
        draft.rename(self.cluster)


@dataclass(frozen=True)
class Pair:
    """``name`` is a migrated database on both."""

    primary: Database
    replica: Replica
    name: str

    @property
    def url(self) -> str:
        """Of both; whoever connects says which of them it wants."""
        password = self.primary.home.secret(f"database_{self.primary.role}")
        hosts = f"{LOOPBACK}:{self.primary.port},{LOOPBACK}:{self.replica.port}"
        return f"postgresql://{self.primary.role}:{password}@{hosts}/{self.name}"

    @property
    def url_for_writing(self) -> str:
        return f"{self.url}?target_session_attrs=read-write"

    @property
    def replica_url(self) -> str:
        return self.replica.address(self.name, self.replica.role)

    def hold_back(self) -> None:
        """From now on the replica gets everything and shows nothing of it."""
        self._tell_replica("SELECT pg_wal_replay_pause()")

    def let_go(self) -> None:
        self._tell_replica("SELECT pg_wal_replay_resume()")

    def _tell_replica(self, statement: str) -> None:
        with psycopg.connect(self.replica.admin_url, autocommit=True) as admin:
            admin.execute(statement.encode())


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """The replica is synchronous: what is acknowledged is on both."""
    with Database(Home(folder / "primary"), settings=HASTE) as primary:
        with psycopg.connect(primary.url) as db:
            migrate(db)
        with Replica(Home(folder / "replica"), primary) as replica:
            _make_synchronous(primary)
            yield Pair(primary, replica, primary.role)


def _make_synchronous(primary: Database, within: float = 20.0) -> None:
    deadline = monotonic() + within
    with psycopg.connect(primary.admin_url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        admin.execute("SELECT pg_reload_conf()")
        state = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        while admin.execute(state).fetchone() is None:
            assert monotonic() < deadline, "the replica does not follow"
            sleep(0.05)
