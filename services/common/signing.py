"""Events carry a signature, so that whoever reaches the broker still cannot speak for a service.

HMAC-SHA256 over the event's name and body, in a header beside it, with the name of the key. The
first key signs, all of them verify: a new key is added at the end, moved to the front once every
process knows it, and the old one taken out when the queues have run empty.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import SecretStr

from services.common.errors import Refuse

HEADER = "imgcap-signature"
KEY = re.compile(r"^[A-Za-z0-9_.-]{1,32}:[\x21-\x2b\x2d-\x7e]{16,200}$")


@dataclass(frozen=True)
class Signing:
    """Without keys nothing is signed and nothing is asked."""

    keys: tuple[tuple[str, bytes], ...] = ()
    unsigned_until: datetime | None = None

    def __repr__(self) -> str:
        return f"Signing({', '.join(name for name, _ in self.keys)})"

    @classmethod
    def of(cls, keys: SecretStr | None, unsigned_until: datetime | None = None) -> "Signing":
        """Raises ``ValueError`` for what is no list of ``name:secret``."""
        texts = [text.strip() for text in (keys.get_secret_value() if keys else "").split(",")]
        if any(text and not KEY.match(text) for text in texts):
            raise ValueError(
                "event keys are name:secret with commas between, each secret of 16 or more"
            )
        pairs = [text.partition(":") for text in texts if text]
        if len({name for name, _, _ in pairs}) < len(pairs):
            raise ValueError("two event keys have the same name")
        return cls(tuple((name, secret.encode()) for name, _, secret in pairs), unsigned_until)

    def headers(self, name: str, body: bytes) -> dict[str, str]:
        if not self.keys:
            return {}
        key_name, secret = self.keys[0]
        return {HEADER: f"{key_name}:{_sum(secret, name, body)}"}

    def verify(self, name: str, body: bytes, headers: Mapping[str, Any] | None) -> None:
        """Raises ``Refuse`` for an event that nobody of ours has sent."""
        if not self.keys:
            return
        signature = (headers or {}).get(HEADER)
        if signature is None:
            if self.unsigned_until and datetime.now(UTC) < self.unsigned_until:
                return
            raise Refuse(f"{name!r} is not signed", code="unsigned-event")
        key_name, _, claimed = str(signature).partition(":")
        secret = dict(self.keys).get(key_name)
        expected = _sum(secret or b"", name, body)
        if secret is None or not hmac.compare_digest(claimed.encode(), expected.encode()):
            raise Refuse(f"{name!r} is not signed by a key of ours", code="forged-event")


def _sum(secret: bytes, name: str, body: bytes) -> str:
    return hmac.digest(secret, name.encode() + b"\n" + body, sha256).hex()


def carried(headers: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of a message's headers goes with it wherever it is put."""
    return {HEADER: headers[HEADER]} if headers and HEADER in headers else {}


#: How it is without keys.
UNSIGNED = Signing()
