"""The users of our own RabbitMQ, as the file of definitions that it reads when it starts."""

import base64
import hashlib
import json
from collections.abc import Sequence

from services.common.rights import Rights

EVERYTHING = Rights(".*", ".*", ".*", ".*", ".*")
User = tuple[str, str, Rights, list[str]]
VHOST = "/"


def definitions(users: Sequence[User], exchange: str) -> str:
    """``users``: name, password, rights, tags. The same in, the same out: nothing to import."""
    content = {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": name,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": tags,
            }
            for name, password, _, tags in users
        ],
        "permissions": [
            {
                "user": name,
                "vhost": VHOST,
                "configure": rights.configure,
                "write": rights.write,
                "read": rights.read,
            }
            for name, _, rights, _ in users
        ],
        "topic_permissions": [
            {
                "user": name,
                "vhost": VHOST,
                "exchange": exchange,
                "write": rights.topic_write,
                "read": rights.topic_read,
            }
            for name, _, rights, _ in users
        ],
    }
    return json.dumps(content, indent=1)


def password_hash(password: str) -> str:
    """RabbitMQ's form: a salt of four bytes, then SHA-256 of salt and password.

    The salt comes from the password, which is 24 random bytes and no word of a dictionary.
    """
    salt = hashlib.sha256(b"salt of " + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
