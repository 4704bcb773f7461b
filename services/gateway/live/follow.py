"""Keeps open pages up to date whatever happens to the broker."""

import asyncio
from collections.abc import Callable

from services.gateway.live.hub import Hub

#: Seconds between two questions to search while the broker brings nothing.
EVERY = 2.0


async def follow(hub: Hub, hearing: Callable[[], int]) -> None:
    """While the broker is away, and once after it came back: ask search what has changed.

    Every change is a row's, so that nothing is lost; it only comes by the slower way. ``hearing``
    is 0 without a queue, and another number for every new one.
    """
    caught_up = 0
    while True:
        # Only what is asked for once there is a queue is all that came before it.
        queue = hearing()
        if not queue or queue != caught_up:
            told = await hub.catch_up()
            caught_up = queue if told else 0
        await asyncio.sleep(EVERY)
