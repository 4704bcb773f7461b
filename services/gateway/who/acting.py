"""For whom this request acts. Whatever is asked of search is asked for their gallery."""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar

from services.common.accounts import FIRST_GALLERY, Who

#: Everybody, where there are no accounts: one gallery and all rights.
LOCAL = Who(role="owner", gallery=FIRST_GALLERY, name="owner")
#: Nobody unless somebody was recognised: what forgets to ask sees an empty gallery.
NOBODY = Who(gallery="nobody")
ACTING: ContextVar[Who] = ContextVar("acting")


def acting() -> Who:
    return ACTING.get(NOBODY)


def gallery() -> str:
    return acting().gallery or NOBODY.gallery


class _Own(Mapping[str, str]):
    """``{"owner": …}`` of whoever asks, at the moment it is read."""

    def __getitem__(self, name: str) -> str:
        if name != "owner":
            raise KeyError(name)
        return gallery()

    def __iter__(self) -> Iterator[str]:
        return iter(("owner",))

    def __len__(self) -> int:
        return 1


OWN: Mapping[str, str] = _Own()
