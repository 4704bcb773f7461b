"""Dates as people say them: 'last winter', 'june 2024', 'before 2020', '2021-05', 'a year ago'."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.common.seasons import BEGINS, MONTHS
from services.search.language.holidays import holiday_days

SEASONS = {**BEGINS, "fall": BEGINS["autumn"]}
FIRST, LAST = date(1826, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Days:
    """From ``first`` to before ``end``; or, with ``month``, that month of any year."""

    first: date = FIRST
    end: date = LAST
    month: int | None = None

    def __str__(self) -> str:
        if self.month:
            return MONTHS[self.month - 1]
        if self.first == FIRST:
            return f"before {self.end}"
        last = self.end - timedelta(days=1)
        return f"from {self.first}" if self.end == LAST else f"{self.first} to {last}"

    def meet(self, other: "Days") -> bool:
        """Whether some day is in both."""
        if self.month and other.month:
            return self.month == other.month
        if self.month or other.month:
            days, month = (other, self.month) if self.month else (self, other.month)
            year = (days.first + timedelta(days=number) for number in range(366))
            return any(day.month == month for day in year if day < days.end)
        return self.first < other.end and other.first < self.end


def read_days(text: str, today: date) -> Days | None:
    """None for what is no date."""
    if text.endswith(" of"):
        return None
    text = _plain(text)
    if ".." in text:
        first, _, last = text.partition("..")
        start, stop = _span(first.strip(), today), _span(last.strip(), today)
        if (first and not start) or (last and not stop) or not (start or stop):
            return None
        if (start and start.month) or (stop and stop.month):
            return None  # a month of any year begins and ends nothing
        return _between(start, stop)
    if (spoken := _spoken_range(text, today)) is not None:
        return spoken
    word, _, rest = text.partition(" ")
    if word in ("before", "until", "after", "since", "from", "in", "on", "during") and rest:
        if word in ("in", "during") and rest in MONTHS:
            return Days(month=MONTHS.index(rest) + 1)
        days = _span(rest, today)
        if days is None or (days.month and word in ("before", "after", "since", "until", "from")):
            return None
        match word:
            case "before":
                return Days(end=days.first)
            case "until":
                return Days(end=days.end)
            case "after":
                return Days(first=days.end)
            case "since" | "from":
                return Days(first=days.first)
        return days
    return _span(text, today)


#: What says nothing of a date: '24th of december', 'the summer of 2022'.
FILLER = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b|^the (?=\w+ (?:of )?\d{4}$)")
COUNTED = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
           "seven": 7, "eight": 8, "nine": 9, "ten": 10, "few": 3, "couple": 2}  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(FILLER.sub(" ", text.lower().replace(",", " ")).split())


def _between(start: Days | None, stop: Days | None) -> Days:
    """'2024..2019' can only mean what lies between."""
    if start and stop and stop.first < start.first:
        start, stop = stop, start
    return Days(start.first if start else FIRST, stop.end if stop else LAST)


#: The grammar has taken the 'and' of 'between 2019 and 2024' already.
SPOKEN = re.compile(
    r"(?:from )?(.+?)(?: (?:to|until|till|through|[-\u2013\u2014]) )(.+)"
    r"|(\d{4}) ?[-\u2013\u2014] ?(\d{4})|between (.+)"
)


def _spoken_range(text: str, today: date) -> Days | None:
    """'between 2019 and 2024', 'from june 2023 to may 2024', '2019-2024'."""
    match = SPOKEN.fullmatch(text)
    if not match:
        return None
    first, last = match[1] or match[3], match[2] or match[4]
    ways = [(first, last)]
    if match[5]:
        words = match[5].replace(" and ", " ").replace(" to ", " ").split()
        ways = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    for way in ways:
        start, stop = (_span(one, today) for one in way)
        if start and stop and not (start.month or stop.month):
            return _between(start, stop)
    return None


def _span(text: str, today: date) -> Days | None:
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = map(int, match.groups())
        return _numbers(year, month, day)
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        one, other, year = map(int, match.groups())
        # Who writes 12/24/2020 begins with the month; of 05/06/2020 nobody knows.
        day, month = (one, other) if one > 12 else (other, one)
        return _numbers(year, month, day) if max(one, other) > 12 else None
    if match := re.fullmatch(r"(early|mid|late) ?-?(\d{4})", text):
        first = {"early": 1, "mid": 5, "late": 9}[match[1]]
        return _months(int(match[2]), first, 4)
    if match := re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", text):
        return _numbers(*(int(part) if part else None for part in match.groups()))
    if re.fullmatch(r"(?:the )?(\d{4}|\d0)s", text):
        number = int(re.sub(r"\D", "", text))
        decade = number if number > 99 else number + (1900 if number >= 30 else 2000)
        return _safe(decade, 1, 1, years=10) if decade % 10 == 0 else None
    return (
        _relative(text, today)
        or _ago(text, today)
        or _month(text, today)
        or _season(text, today)
        or _holiday(text, today)
    )


def _numbers(year: int | None, month: int | None = None, day: int | None = None) -> Days | None:
    assert year is not None
    if month is None:
        return _safe(year, 1, 1, years=1)
    if not 1 <= month <= 12:
        return None
    if day is None:
        return _months(year, month, 1)
    try:
        first = date(year, month, day)
    except ValueError:
        return None
    return _bounded(first, first + timedelta(days=1)) if year < 2200 else None


def _relative(text: str, today: date) -> Days | None:
    day = timedelta(days=1)
    week = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    before = (month - day).replace(day=1)
    tomorrow = today + day
    known = {
        "today": (today, tomorrow),
        "yesterday": (today - day, today),
        "this week": (week, tomorrow),
        "last week": (week - 7 * day, week),
        "last weekend": (week - 2 * day, week),
        "this month": (month, tomorrow),
        "last month": (before, month),
        "this year": (date(today.year, 1, 1), tomorrow),
        "last year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
    }
    text = re.sub("^past ", "last ", text)
    if text in known:
        return Days(*known[text])
    if match := re.fullmatch(r"(?:the )?last (\d{1,4}|[a-z]+) (day|week|month|year)s?", text):
        count = int(match[1]) if match[1].isdigit() else COUNTED.get(match[1])
        if count is None:
            return None
        days = count * {"day": 1, "week": 7, "month": 30, "year": 365}[match[2]]
        return Days(max(FIRST, today - timedelta(days=min(days, 60_000))), tomorrow)
    return None


def _ago(text: str, today: date) -> Days | None:
    """'two years ago' is that year, 'three months ago' that month, 'a week ago' that week."""
    match = re.fullmatch(r"(\d{1,3}|[a-z]+) (day|week|month|year)s? ago", text)
    count = match and (COUNTED.get(match[1]) or (match[1].isdigit() and int(match[1])))
    if not match or not count:
        return None
    match match[2]:
        case "year":
            return _numbers(today.year - count) if today.year - count >= FIRST.year else None
        case "month":
            month = today.year * 12 + today.month - 1 - count
            return _months(month // 12, month % 12 + 1, 1)
        case "week":
            monday = today - timedelta(days=today.weekday() + 7 * count)
            return _bounded(monday, monday + timedelta(days=7))
    return _bounded(today - timedelta(days=count), today - timedelta(days=count - 1))


def _month(text: str, today: date) -> Days | None:
    """'june', 'last june', 'june 2024', '12 june 2024'."""
    match = re.fullmatch(r"(last )?(?:(\d{1,2}) )?([a-z]{3,9})(?: (\d{1,2}))?(?: (\d{4}))?", text)
    if not match:
        return None
    number = next((n for n, name in enumerate(MONTHS, 1) if _names(match[3], name)), None)
    if number is None:
        return None
    year, day = match[5], match[2] or match[4]
    if match[1]:
        return _months(today.year if number < today.month else today.year - 1, number, 1)
    if year:
        return _numbers(int(year), number, int(day)) if day else _months(int(year), number, 1)
    ambiguous = match[3] in ("may", "march") or len(match[3]) < 4
    return None if day or ambiguous else Days(month=number)


def _names(text: str, month: str) -> bool:
    return text == month or (text == month[:3]) or (text == "sept" and month == "september")


def _season(text: str, today: date) -> Days | None:
    """'last winter', 'summer 2023'. A bare 'winter' is what a photo looks like, not a date."""
    match = re.fullmatch(r"(last|this) ([a-z]+)|([a-z]+) (?:of )?(\d{4})", text)
    season = match and (match[2] or match[3])
    if not match or season not in SEASONS:
        return None
    begins = SEASONS[season]
    if match[4]:
        return _months(int(match[4]), begins, 3)
    started = [y for y in (today.year, today.year - 1) if date(y, begins, 1) <= today]
    newest = _months(started[0], begins, 3)
    if match[1] == "last" and newest and newest.end > today:
        return _months(started[0] - 1, begins, 3)
    return newest


def _holiday(text: str, today: date) -> Days | None:
    """'christmas 2023', 'last easter'. A bare 'christmas' is what a photo shows."""
    match = re.fullmatch(r"last ([a-z' ]+)|([a-z' ]+?) (?:of )?(\d{4})", text)
    if not match:
        return None
    name = match[1] or match[2]
    if match[3]:
        days = holiday_days(name, int(match[3])) if FIRST.year < int(match[3]) < LAST.year else None
    else:
        both = (holiday_days(name, year) for year in (today.year, today.year - 1))
        days = next((some for some in both if some and some[1] <= today), None)
    return _bounded(*days) if days else None


def _months(year: int, month: int, count: int) -> Days | None:
    if not FIRST.year <= year < LAST.year:
        return None
    after = year * 12 + month - 1 + count
    return _bounded(date(year, month, 1), date(after // 12, after % 12 + 1, 1))


def _safe(year: int, month: int, day: int, *, years: int) -> Days | None:
    if not FIRST.year <= year <= LAST.year - years:
        return None
    return _bounded(date(year, month, day), date(year + years, month, day))


def _bounded(first: date, end: date) -> Days:
    return Days(first, end)
