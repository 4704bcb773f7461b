"""How big the derivatives are: a whole fraction of the photo wherever one is near the target."""

from typing import NamedTuple

DISPLAY_SIDE = 2000
DISPLAY_LEAST, DISPLAY_MOST = 1600, 2048  # any whole fraction in here is as good as 2000
THUMB_SIDE = 400
DCT_DIVISORS = (1, 2, 4, 8)  # libjpeg decodes straight to these fractions, for less work


class Plan(NamedTuple):
    """Average ``divisor`` x ``divisor`` pixels into one, then resize to ``size`` if need be."""

    divisor: int
    size: tuple[int, int]


def display_plan(width: int, height: int) -> Plan:
    """The sides of ``display``. A small photo is never enlarged."""
    longest = max(width, height)
    divisor = -(-longest // DISPLAY_MOST)
    if divisor == 1 or longest / divisor >= DISPLAY_LEAST:
        return Plan(divisor, (-(-width // divisor), -(-height // divisor)))
    return Plan(divisor - 1, within(DISPLAY_SIDE, width, height))


def dct_divisor(width: int, height: int) -> int:
    """The smallest JPEG decode that is not smaller than ``display`` may be."""
    longest = max(width, height)
    return max(n for n in DCT_DIVISORS if n == 1 or longest / n >= DISPLAY_LEAST)


def within(side: int, width: int, height: int) -> tuple[int, int]:
    """These sides, scaled down so that the longest is at most ``side``."""
    longest = max(width, height)
    if longest <= side:
        return width, height
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))
