"""What a handler may say when it cannot finish."""

from datetime import timedelta


class TryAgain(Exception):
    """The world is at fault (rate limit, time-out, 5xx): the same event may succeed later.

    ``counts`` is False when the fault says nothing about this photo (a store that is down), so
    that an outage never uses up a photo's attempts. ``after`` is the earliest next try.
    """

    def __init__(
        self,
        text: str,
        *,
        code: str = "provider-unwell",
        counts: bool = True,
        after: timedelta | None = None,
    ) -> None:
        super().__init__(text)
        self.code, self.counts, self.after = code, counts, after


class Refuse(Exception):
    """The event or its photo is at fault: no later attempt can succeed."""

    def __init__(self, text: str, *, code: str = "refused") -> None:
        super().__init__(text)
        self.code = code
