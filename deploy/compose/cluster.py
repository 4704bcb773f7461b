"""Random secrets for `kubectl apply --kustomize`, a folder for each Secret and a file for each key.

What is there already stays as it is: run it again after an upgrade, and only what is new is made.
Put keys of your own into the files (the bucket's, say) before you apply.
"""

import os
import sys
from pathlib import Path

from deploy.compose.prepare import SERVICES, Keys, definitions, identities, redis_conf, signing
from deploy.compose.provider_keys import NAMES
from services.common.topology import Topology

#: Of the overlays: KEDA asks from a namespace of its own, where a short name leads nowhere.
NAMESPACE = "imgcap"
DATABASE = "postgresql://imgcap:{password}@{host}/imgcap"


def secrets_of(keys: Keys) -> dict[str, dict[str, str]]:
    password = keys["database"]
    found = {
        f"broker-{service}": {
            "broker_url": f"amqp://{service}:{keys[f'broker_{service}']}@rabbitmq:5672/"
        }
        for service in SERVICES
    }
    found |= {
        "broker-monitor": {
            "host": f"http://monitor:{keys['broker_monitor']}@rabbitmq.{NAMESPACE}.svc:15672/"
        },
        "inside": {
            "internal_token": keys["internal_token"],
            "event_keys": f"first:{keys['events']}",
        },
        "store": {
            "store_access_key": keys["store_access"],
            "store_secret_key": keys["store_secret"],
        },
        "database": {
            "username": "imgcap",
            "password": password,
            "database_url": DATABASE.format(password=password, host="postgres-rw"),
            "database_read_url": DATABASE.format(password=password, host="postgres-ro"),
        },
        "redis": {
            "redis_url": f"redis://:{keys['redis']}@redis:6379/0",
            "redis.conf": redis_conf(keys["redis"]),
        },
        "rabbitmq": {"definitions.json": definitions(keys, Topology(), monitor=True)},
        "seaweedfs": {"s3.json": identities(keys), "security.toml": signing(keys)},
        # Yours, for the component `cloud`; empty until you write them.
        "providers": dict.fromkeys(NAMES, ""),
    }
    return found


def main(folder: Path) -> None:
    os.umask(0o077)
    (folder / "keys").mkdir(parents=True, exist_ok=True)
    made = 0
    for secret, files in secrets_of(Keys(folder / "keys")).items():
        (folder / secret).mkdir(exist_ok=True)
        for name, text in files.items():
            if not (folder / secret / name).exists():
                (folder / secret / name).write_text(text)
                made += 1
    print(f"{made} files were made in {folder}; keep them from others and out of git")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
