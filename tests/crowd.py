"""How a whole run is shared among its workers: by files, what takes longest first."""

from pathlib import PurePath

import pytest
from xdist.scheduler import LoadScopeScheduling

#: Folders whose tests share a running product: on one worker, so that it is started once.
FAMILIES = ("web", "auth")
#: A file begun last is what all others wait for in the end, so these come first. What waits and
#: what computes take turns: beside each other they leave no core idle.
LONGEST = (
    "web",
    "chaos/test_conservation.py",
    "embedded/test_neighbours.py",
    "security/test_decode_fuzz.py",
    "system/test_killpoints.py",
    "quality/test_quality.py",
    "quality/search/test_search_quality.py",
    "gateway/test_kill_points.py",
    "ha/test_brokers.py",
    "system/test_backup.py",
    "auth",
)


class Shares(LoadScopeScheduling):  # type: ignore[misc]
    """In the order of the collection, which ``rank`` makes."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """What goes to a worker as a whole: a family, or a file."""
    file = PurePath(nodeid.split("::")[0]).relative_to("tests")
    return file.parts[0] if file.parts[0] in FAMILIES else str(file)


def rank(item: pytest.Item) -> int:
    share = share_of(item.nodeid)
    return LONGEST.index(share) if share in LONGEST else len(LONGEST)
