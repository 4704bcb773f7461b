"""The same bytes of the same owner are the same photo, whoever sends them and however often."""

from uuid import NAMESPACE_OID, UUID, uuid5


def photo_id(owner: str, sha256: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{owner}\n{sha256}")
