"""``name:value``: which fields there are and what each asks of a photo."""

import difflib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from services.search.language.colours import colour, lab_of, near_lab
from services.search.language.dates import FIRST, LAST, Days, read_days
from services.search.language.known import Terms
from services.search.language.lexicon import COLOURS, ORIENTATIONS
from services.search.language.narrowing import narrowing
from services.search.language.numbers import NUMERIC, between, number, range_path, share
from services.search.language.plan import (
    NOTHING,
    Condition,
    Either,
    Every,
    Meant,
    Part,
    Want,
    has_tag,
)
from services.search.language.syntax import BadQuery, Field, show

KINDS = {
    "label": ("label", "user"),
    "mood": ("mood", "user"),
    "technique": ("composition", "user"),
    "composition": ("composition", "user"),
    "tag": None,
    "user": ("user",),
}
#: ``is:`` and what it asks. Words stand for tags, the rest are jsonpaths.
IS = {
    "portrait": '$.o == "portrait"',
    "landscape": '$.o == "landscape"',
    "square": '$.o == "square"',
    "panorama": '$.o == "panorama"',
    "vertical": "$.r < 1",
    "horizontal": "$.r > 1",
    "edited": "$.edited == true",
    "untagged": "!($.t[*] > 0)",
    "tagged": "$.t[*] > 0",
    "dated": "exists($.d)",
    "undated": "!(exists($.d))",
    "located": "exists($.lat)",
    "partial": '$.status == "partial"',
    "ready": '$.status == "ready"',
}
IS_WORDS = {
    "blurry": "blurry", "bw": "black and white", "monochrome": "black and white",
    "dark": "dark", "bright": "bright", "muted": "muted", "vivid": "vivid", "night": "night",
    "silhouette": "silhouette", "high-key": "high key", "low-key": "low key",
}  # fmt: skip
HAS = {
    "camera": "exists($.cam)", "lens": "exists($.lens)", "date": "exists($.d)",
    "gps": "exists($.lat)", "caption": "exists($.say)", "subject": "exists($.sx)",
    "mood": "exists($.v) && !exists($.g)",
}  # fmt: skip
#: A range of more years than this is no narrow one.
MOST_YEARS = 30
#: Where the subject stands, on a 3 x 3 grid.
COLUMNS = {"left": (0, 1 / 3), "center": (1 / 3, 2 / 3), "right": (2 / 3, 1)}
ROWS = {"top": (0, 1 / 3), "middle": (1 / 3, 2 / 3), "bottom": (2 / 3, 1)}
TEXTS = {
    "name": ["name"], "file": ["name"], "caption": ["say"],
    "text": ["name", "say"], "by": ["by[*]"],
}  # fmt: skip
DATES = {"date": "d", "taken": "d", "before": "d", "after": "d", "since": "d", "uploaded": "u"}
ANY_DATE = ("date", "taken", "uploaded")


@dataclass(frozen=True)
class Fields:
    """Reads one field into what it asks of a photo."""

    terms: Terms
    today: date

    def read(self, field: Field) -> Part:
        """Raises ``BadQuery``."""
        part = narrowing(self.terms, field) or self._reader(field)(field)
        if part is None:
            value = ",".join(field.values) + field.comparison + field.bound
            raise BadQuery(f"'{value[:40]}' means nothing to '{field.name}:'", field.span.start)
        return part

    def _reader(self, field: Field) -> Callable[[Field], Part | None]:
        readers: dict[str, Callable[[Field], Part | None]] = {
            **dict.fromkeys(KINDS, self._tag),
            **dict.fromkeys(("color", "colour"), self._colour),
            **dict.fromkeys(DATES, self._date),
            **dict.fromkeys(NUMERIC, self._number),
            "feeling": self._feeling,
            **dict.fromkeys(
                ("camera", "lens", "name", "file", "caption", "text", "by"), self._text
            ),
            **dict.fromkeys(("is", "has", "orientation", "subject", "month"), self._closed),
        }
        if field.name not in readers:
            close = difflib.get_close_matches(field.name, readers, 1, 0.6)
            hint = f"; did you mean '{close[0]}:'?" if close else "; put it in quotes to find it"
            raise BadQuery(f"there is no field '{field.name[:30]}:'{hint}", field.span.start)
        return readers[field.name]

    def _meant(self, field: Field, kind: str, meaning: str) -> Meant:
        text = show(field)
        return Meant(field.span, text, kind, meaning, text)

    def _tag(self, field: Field) -> Part | None:
        """A filter that ranks too: the surer the better."""
        least = share(field.bound) if field.comparison else None
        if not field.values or (field.comparison and least is None):
            return None
        kinds = KINDS[field.name]
        parts: list[Part] = []
        for value in field.values:
            likeness = self.terms.meaning(value, kinds)
            meant = self._meant(field, (kinds or ("tag",))[0], value)
            path = has_tag(list(likeness), least, field.comparison or ">=")
            condition = Condition(path, meant, weaker=has_tag(list(likeness)))
            want = Want(value, likeness, lexical=False, meant=meant)
            parts.append(Every((want, condition)))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _colour(self, field: Field) -> Part | None:
        least = share(field.bound) if field.comparison else 0.05
        if not field.values or least is None:
            return None
        parts = [self._one_colour(field, value, least) for value in field.values]
        found = [part for part in parts if part is not None]
        if len(found) < len(parts):
            return None
        return found[0] if len(found) == 1 else Either(tuple(found))

    def _one_colour(self, field: Field, value: str, least: float) -> Part | None:
        comparison = field.comparison or ">="
        value = value.lower()
        if re.fullmatch(r"#?[0-9a-f]{6}|#[0-9a-f]{3}", value):
            meant = self._meant(field, "colour", value)
            return Condition(near_lab(lab_of(value), comparison, least), meant)
        name = COLOURS.get(value, value)
        return colour(self.terms, name, comparison, least, self._meant(field, "colour", name))

    def _date(self, field: Field) -> Part | None:
        text = field.bound if field.comparison else " ".join(field.values)
        days = read_days(text, self.today)
        if days is None and len(field.values) > 1 and field.name in ANY_DATE:
            return self._dates(field)
        if days is None or (days.month and field.comparison):
            return None
        match field.comparison or field.name:
            case "<" | "before":
                days = Days(end=days.first)
            case "<=":
                days = Days(end=days.end)
            case ">" | "after":
                days = Days(first=days.end)
            case ">=" | "since":
                days = Days(first=days.first)
        return Condition(days_path(days, DATES[field.name]), self._meant(field, "date", str(days)))

    def _dates(self, field: Field) -> Part | None:
        """'date:2019,2021': either."""
        each = [read_days(value, self.today) for value in field.values]
        some = [days for days in each if days is not None]
        if len(some) < len(each):
            return None
        paths = " || ".join(days_path(days, DATES[field.name]) for days in some)
        meaning = " or ".join(map(str, some))
        return Condition(f"({paths})", self._meant(field, "date", meaning))

    def _number(self, field: Field) -> Part | None:
        numeric = NUMERIC[field.name]
        texts = [field.bound] if field.comparison else list(field.values)
        if field.comparison and field.values:
            return None
        paths = [range_path(numeric.key, text, field.comparison) for text in texts]
        if not paths or None in paths:
            return None
        said = ", ".join(texts)
        meant = self._meant(field, numeric.key, numeric.of(field.comparison, said))
        return Condition("(" + " || ".join(filter(None, paths)) + ")", meant)

    def _feeling(self, field: Field) -> Part | None:
        """A place on the map of moods: the nearer a photo lies, the better."""
        place = [number(value) for value in field.values]
        if field.comparison or len(place) != 2:
            return None
        valence, energy = place
        if valence is None or energy is None or max(abs(valence), abs(energy)) > 1:
            return None
        meant = self._meant(field, "mood", f"feels like {valence:g}, {energy:g}")
        want = Want("", lexical=False, meant=meant, feeling=(valence, energy))
        return Every((want, Condition("exists($.v)", meant)))

    def _text(self, field: Field) -> Part | None:
        if field.comparison or not any(field.values):
            return None
        said = ", ".join(field.values)
        if field.name in ("camera", "lens"):
            named = [self.terms.naming(value, field.name) for value in field.values]
            path = has_tag([term.number for some in named for term in some])
            return Condition(path, self._meant(field, field.name, said))
        keys = TEXTS[field.name]
        paths = [holds(key, value) for value in field.values for key in keys]
        return Condition("(" + " || ".join(paths) + ")", self._meant(field, "text", said))

    def _closed(self, field: Field) -> Part | None:
        if field.comparison:
            return None
        paths = [self._closed_path(field.name, value.lower()) for value in field.values]
        if not paths or None in paths:
            return None
        kind = "orientation" if field.name == "orientation" else field.name
        return Condition(
            "(" + " || ".join(filter(None, paths)) + ")",
            self._meant(field, kind, ", ".join(field.values)),
        )

    def _closed_path(self, name: str, value: str) -> str | None:
        match name:
            case "is" if value == "sharp":
                return sharp_path(self.terms)
            case "is" if value in IS_WORDS:
                return has_tag(list(self.terms.meaning(IS_WORDS[value])))
            case "is":
                return IS.get(value)
            case "has":
                return HAS.get(value)
            case "orientation":
                named = ORIENTATIONS.get(value, value)
                known = ("portrait", "landscape", "square", "panorama")
                return f'$.o == "{named}"' if named in known else None
            case "month":
                return _month_path(value, self.today)
        return position_path(value)


def sharp_path(terms: Terms) -> str:
    """Called sharp, or looked at and not called blurry: the eyes of this machine say only that."""
    sharp, blurry = (has_tag(list(terms.meaning(word))) for word in ("sharp", "blurry"))
    return f"({sharp} || ($.t[*] > 0 && !({blurry})))"


def _month_path(value: str, today: date) -> str | None:
    days = read_days(value, today)
    month = days.month if days else None
    if month is None and (plain := number(value)) in range(1, 13):
        month = int(plain or 0)
    return f"$.m == {month}" if month else None


def position_path(value: str) -> str | None:
    """'left', 'top right', 'center': a third of the frame, or a cell of nine."""
    words = set(re.split(r"[\s_-]+", value.replace("centre", "center")))
    if words == {"center"}:
        words = {"center", "middle"}
    column = next((COLUMNS[word] for word in words if word in COLUMNS), None)
    row = next((ROWS[word] for word in words if word in ROWS), None)
    if not words <= {*COLUMNS, *ROWS} or len(words) > 2:
        return None
    spans = [(key, span) for key, span in (("sx", column), ("sy", row)) if span]
    paths = [between(key, low, high) for key, (low, high) in spans]
    return "(" + " && ".join(paths) + ")" if paths else None


def days_path(days: Days, key: str) -> str:
    if days.month:
        return f"$.m == {days.month}" if key == "d" else NOTHING
    ends = [(days.first, ">=", FIRST), (days.end, "<", LAST)]
    paths = [f"$.{key} {sign} {day:%Y%m%d}" for day, sign, open_end in ends if day != open_end]
    paths += _whole(days, key)
    return "(" + " && ".join(paths or [f"exists($.{key})"]) + ")"


def _whole(days: Days, key: str) -> list[str]:
    """The months or years that the days lie in: whole numbers, which the index knows."""
    if key != "d" or days.first == FIRST or days.end == LAST:
        return []
    end = days.end - timedelta(days=1)
    months = range(days.first.year * 12 + days.first.month - 1, end.year * 12 + end.month)
    years = range(days.first.year, end.year + 1)
    paths = [f"$.ym == {month // 12}{month % 12 + 1:02}" for month in months]
    if len(paths) > 11 or not paths:
        paths = [f"$.y == {year}" for year in years]
    return ["(" + " || ".join(paths) + ")"] if 0 < len(paths) <= MOST_YEARS else []


def holds(key: str, text: str) -> str:
    """The text stands in a fact, as it is: a pattern that has no meaning."""
    return f'$.{key} like_regex {json.dumps(text.lower())} flag "iq"'
