"""How long no queue has had work that waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Calm:
    """A queue that has just run dry proves nothing: workers have the last of it in their hands,
    and the broker tells nobody what is not acknowledged yet. One that stays dry does.
    """

    idle: Callable[[], bool]
    _since: float | None = field(default=None, init=False)

    def seconds(self) -> float:
        """Asks; counts from the first of the answers that no other has contradicted since."""
        now = time.monotonic()
        if not self.idle():
            self._since = None
        elif self._since is None:
            self._since = now
        return 0.0 if self._since is None else now - self._since

    def forget(self) -> None:
        """Nobody looks any more: what is idle now may not stay so."""
        self._since = None
