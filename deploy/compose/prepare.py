"""Makes what `docker compose up` needs at its first start: random secrets, a file for each reader.

Runs once before everything else, as root without a network and without any right but chown. The
secrets themselves stay in a volume that nothing else mounts; what others get is written anew at
each start, so that a release may ask for another file.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

from services.common.rights import PUBLISHES, rights_of
from services.common.topology import Topology

#: Who reads the files, by the user that the image runs as.
READERS = {
    "gateway": 10001,
    "tagger": 10001,
    "embedder": 10001,
    "search": 10001,
    "rabbitmq": 999,
    "postgres": 999,
    "redis": 999,
    "seaweedfs": 1000,
    "grafana": 472,
}
SERVICES = tuple(PUBLISHES)
#: The stores of SeaweedFS trust whoever reaches them, unless these are set.
SIGNED = ("signing", "signing.read", "filer_signing", "filer_signing.read")


class Keys:
    """Random words by name, made at their first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> str:
        path = self.folder / name
        if not path.exists():
            draft = path.with_suffix(".new")
            draft.write_text(secrets.token_urlsafe(32))
            draft.chmod(0o600)
            draft.replace(path)
        return path.read_text()


def files(keys: Keys) -> dict[str, dict[str, str]]:
    """What each reader finds in its folder."""
    shared = {
        "store_access_key": keys["store_access"],
        "store_secret_key": keys["store_secret"],
        "internal_token": keys["internal_token"],
        "event_keys": f"first:{keys['events']}",
    }
    found = {
        service: {
            **shared,
            "broker_url": f"amqp://{service}:{keys[f'broker_{service}']}@rabbitmq:5672/",
        }
        for service in SERVICES
    }
    found["gateway"]["redis_url"] = f"redis://:{keys['redis']}@redis:6379/0"
    found["search"]["database_url"] = f"postgresql://imgcap:{keys['database']}@postgres/imgcap"
    found["grafana"] = {"admin_password": keys["grafana"]}
    found["postgres"] = {"password": keys["database"]}
    found["redis"] = {"redis.conf": redis_conf(keys["redis"])}
    found["rabbitmq"] = {"definitions.json": definitions(keys, Topology())}
    found["seaweedfs"] = {"s3.json": identities(keys), "security.toml": signing(keys)}
    return found


def redis_conf(password: str) -> str:
    """Counts for limits: small, short-lived, not worth a disk."""
    lines = [f"requirepass {password}", 'save ""', "appendonly no", "maxmemory 64mb"]
    return "\n".join([*lines, "maxmemory-policy volatile-ttl", ""])


def definitions(keys: Keys, topology: Topology, *, monitor: bool = False) -> str:
    """One user for each service, who may do what it must and no more, and no guest.

    ``monitor``: one more, who may see how long the queues are.
    """
    users = [_user(service, keys) for service in SERVICES]
    permissions, topics = [], []
    if monitor:
        users.append(_user("monitor", keys) | {"tags": ["monitoring"]})
        nothing = {"configure": "^$", "write": "^$", "read": "^$"}
        permissions.append({"user": "monitor", "vhost": "/"} | nothing)
    for service in SERVICES:
        rights, where = rights_of(service, topology), {"user": service, "vhost": "/"}
        plain = {"configure": rights.configure, "write": rights.write, "read": rights.read}
        permissions.append(where | plain)
        topic = {"write": rights.topic_write, "read": rights.topic_read}
        topics.append(where | {"exchange": topology.exchange} | topic)
    return json.dumps(
        {
            "vhosts": [{"name": "/"}],
            "users": users,
            "permissions": permissions,
            "topic_permissions": topics,
        }
    )


def _user(name: str, keys: Keys) -> dict[str, object]:
    return {
        "name": name,
        "password_hash": rabbit_hash(keys[f"broker_{name}"]),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def rabbit_hash(password: str) -> str:
    """Salted by the password itself, so that the same file is written at each start."""
    salt = hashlib.sha256(b"salt" + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def identities(keys: Keys) -> str:
    pair = {"accessKey": keys["store_access"], "secretKey": keys["store_secret"]}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return json.dumps(
        {"identities": [{"name": "imgcap", "credentials": [pair], "actions": actions}]}
    )


def signing(keys: Keys) -> str:
    return "".join(f'[jwt.{name}]\nkey = "{keys[f"store_{name}"]}"\n' for name in SIGNED)


def write(folder: Path, name: str, text: str, user: int) -> None:
    """Whole or not at all; for one reader only."""
    draft = folder / f".{name}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(text)
    os.chown(draft, user, user)
    draft.replace(folder / name)


def main(root: Path) -> None:
    keys = Keys(root / "keys")
    for reader, own in files(keys).items():
        for name, text in own.items():
            write(root / reader, name, text, READERS[reader])
    # A fresh volume belongs to root; these run as somebody else.
    os.chown(root / "photos", READERS["seaweedfs"], READERS["seaweedfs"])
    os.chown(root / "models", READERS["tagger"], READERS["tagger"])
    print("the secrets are in their places", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
