"""The months and the seasons, as the tagger writes them and as search reads them."""

from typing import Final

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
#: The month in which each begins, north of the equator.
BEGINS: Final = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}


def season_of(month: int) -> str:
    """North of the equator; ``month`` counts from 1."""
    return next((name for name, first in BEGINS.items() if first <= month < first + 3), "winter")
