"""Where everything is: told by the environment, or found beside a running `make run`.

`make run` keeps its ports, its keys and its address in a folder, ``data/``; reading them there
makes the command work beside it without a single setting.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.cli.gateway import Door
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.common.settings import BrokerSettings, StoreSettings

GATEWAY = "http://127.0.0.1:8000"
SEARCH = "http://127.0.0.1:9001"
BROKER_USER = "imgcap"


@dataclass(frozen=True)
class Places:
    """``folder`` is where `make run` keeps what it made, if it ever ran."""

    environment: Mapping[str, str]
    folder: Path

    @property
    def gateway(self) -> str:
        return self.environment.get("IMGCAP_URL") or self._running() or GATEWAY

    @property
    def search(self) -> str:
        port = self._port("search")
        found = f"http://127.0.0.1:{port}" if port else SEARCH
        return self.environment.get("IMGCAP_SEARCH_URL") or found

    @property
    def internal_token(self) -> str:
        """What search knows a service by; of two the first."""
        told = self.environment.get("IMGCAP_INTERNAL_TOKEN", "") or self._secret("internal")
        return told.partition(",")[0].strip()

    @property
    def api_key(self) -> str:
        """For a gallery with accounts."""
        return self.environment.get("IMGCAP_API_KEY", "").strip()

    @property
    def models(self) -> Path:
        return Path(self.environment.get("IMGCAP_MODELS") or self.folder / "models")

    @property
    def broker(self) -> "BrokerSettings":
        """Raises ``Trouble`` when no broker is known."""
        from services.common.settings import BrokerSettings

        url = self.environment.get("IMGCAP_BROKER__URL") or self._own_broker()
        if not url:
            raise Trouble(
                "no broker is known: set IMGCAP_BROKER__URL, or go where `make run` was started"
            )
        scope = self.environment.get("IMGCAP_BROKER__SCOPE", "")
        return BrokerSettings.model_validate({"url": url, "scope": scope})

    @property
    def store(self) -> "StoreSettings | None":
        """None when nothing says where the store is."""
        from services.common.settings import StoreSettings

        prefix = "IMGCAP_STORE__"
        told = {
            name.removeprefix(prefix).lower(): value
            for name, value in self.environment.items()
            if name.startswith(prefix)
        }
        if not told and (port := self._port("store_s3")):
            told = {
                "endpoint": f"http://127.0.0.1:{port}",
                "access_key": self._secret("store_access"),
                "secret_key": self._secret("store_secret"),
            }
        return StoreSettings.model_validate(told) if told else None

    def _own_broker(self) -> str:
        port = self._port("broker")
        secret = self._secret("broker") if port else ""
        return f"amqp://{BROKER_USER}:{secret}@127.0.0.1:{port}/" if secret else ""

    def _running(self) -> str:
        """The address in the lock of a run that is alive."""
        pid, _, address = self._read(self.folder / "lock").partition(" ")
        return address if pid.isdigit() and _is_alive(int(pid)) else ""

    def _port(self, name: str) -> int | None:
        try:
            port = json.loads(self._read(self.folder / "ports.json") or "{}").get(name)
        except (ValueError, AttributeError):
            return None
        return port if isinstance(port, int) else None

    def _secret(self, name: str) -> str:
        return self._read(self.folder / "secrets" / name)

    def _read(self, file: Path) -> str:
        try:
            return file.read_text().strip()
        except PermissionError as error:
            raise Trouble(f"{file} belongs to another account: ask as its owner") from error
        except (OSError, UnicodeDecodeError):
            return ""


def search_door() -> Door:
    """Search itself, for what only whoever keeps imgcap may ask."""
    where = places()
    return Door(where.search, "IMGCAP_SEARCH_URL", token=where.internal_token)


def told(where: Places) -> dict[str, Any]:
    """Of all galleries, for whom search takes for a service; else of the one that the key opens."""
    if where.internal_token:
        with Door(where.search, "IMGCAP_SEARCH_URL", token=where.internal_token) as door:
            house: dict[str, Any] = door.ask("GET", "/internal/v1/house")
        return house
    with Door(where.gateway, "IMGCAP_URL", token=where.api_key) as door:
        status: dict[str, Any] = door.ask("GET", "/api/status")
    return status


def places() -> Places:
    return Places(with_files(os.environ), Path(os.environ.get("IMGCAP_DATA") or "data"))


def with_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Where a container's secrets are files, their content stands under the plain name.

    Raises ``Trouble`` for a file that cannot be read.
    """
    found = dict(environment)
    for name, path in environment.items():
        plain = name.removesuffix("_FILE")
        if name.startswith("IMGCAP_") and plain != name and path and plain not in environment:
            try:
                found[plain] = Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise Trouble(f"{name} names {path}, which cannot be read") from error
    return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
