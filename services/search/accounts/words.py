"""Passwords and tokens as they may be kept: argon2id for what people think of, SHA-256 for ours."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from services.common.problems import Problem

#: RFC 9106's second choice, halved in memory: 64 MiB would let four logins fill a small machine.
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
#: Hashing is made to be slow: more at once would take the machine from those who look at photos.
_AT_ONCE = BoundedSemaphore(2)
PATIENCE = 2.0
#: For names that nobody has, so that the time does not tell.
_NOBODYS = _HASHER.hash("nobody has this password")


class _Turn:
    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=PATIENCE):
            raise Problem(
                503, "busy", "too many sign in now; try again", headers={"Retry-After": "2"}
            )

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()


def hashed(password: str) -> str:
    with _Turn():
        return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def matches(kept: str | None, guess: str) -> bool:
    """Takes as long for nobody as for somebody."""
    with _Turn():
        try:
            right = _HASHER.verify(kept or _NOBODYS, guess.encode("utf-8", "surrogatepass"))
        except (Argon2Error, InvalidHashError):
            return False
    return right and kept is not None
