"""Holidays that people date their photos by: the days, and those around them."""

from datetime import date, timedelta

#: First day and last day, as month and day; of those that move, none.
FIXED = {
    "christmas": ((12, 20), (12, 26)), "xmas": ((12, 20), (12, 26)),
    "christmas eve": ((12, 24), (12, 24)), "christmas day": ((12, 25), (12, 25)),
    "new year's eve": ((12, 31), (12, 31)), "new years eve": ((12, 31), (12, 31)),
    "halloween": ((10, 31), (10, 31)), "valentine's day": ((2, 14), (2, 14)),
    "valentines day": ((2, 14), (2, 14)),
}  # fmt: skip
#: Days before and after Easter Sunday.
EASTER = {"easter": (-2, 1), "good friday": (-2, -2), "pentecost": (49, 50), "whitsun": (49, 50)}


def holiday_days(name: str, year: int) -> tuple[date, date] | None:
    """From the first to before the second."""
    day = timedelta(days=1)
    if name in FIXED:
        first, last = (date(year, *one) for one in FIXED[name])
        return first, last + day
    if name in EASTER:
        sunday = _easter(year)
        first, last = (sunday + number * day for number in EASTER[name])
        return first, last + day
    if name == "thanksgiving":
        november = date(year, 11, 1)
        thursday = november + ((3 - november.weekday()) % 7 + 21) * day
        return thursday, thursday + 4 * day
    return None


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)
