"""Numbers as photographers write them: 100..800, >=1/250, f/2.8, 50mm, 30 %."""

import re
from dataclasses import dataclass

from services.search.language.steps import WHOLE, steps_path


@dataclass(frozen=True)
class Numeric:
    """A field that holds a number: its key among the facts, its name and its unit."""

    key: str
    name: str
    unit: str = ""

    def of(self, sign: str, value: str) -> str:
        """As people write it: 'f/2.8..8', 'ISO > 800', 'year 2024'."""
        gap = "" if self.name.endswith("/") and not sign else " "
        return f"{self.name}{gap}{sign}{' ' if sign else ''}{value}{self.unit}"


NUMERIC = {
    "iso": Numeric("iso", "ISO"),
    "f": Numeric("f", "f/"),
    "aperture": Numeric("f", "f/"),
    "exposure": Numeric("s", "exposure", " s"),
    "shutter": Numeric("s", "exposure", " s"),
    "mm": Numeric("mm", "focal length", " mm"),
    "focal": Numeric("mm", "focal length", " mm"),
    "width": Numeric("w", "width", " px"),
    "height": Numeric("h", "height", " px"),
    "mp": Numeric("mp", "megapixels", " MP"),
    "ratio": Numeric("r", "aspect ratio"),
    "year": Numeric("y", "year"),
    "hour": Numeric("hour", "hour"),
    "valence": Numeric("v", "valence"),
    "energy": Numeric("e", "energy"),
    "x": Numeric("sx", "subject x"),
    "y": Numeric("sy", "subject y"),
}
NUMBER = re.compile(
    r"(?:f/|f|iso)?(-?\d{1,9}(?:\.\d{1,6})?|-?\.\d{1,6})(?:([/:])(\d{1,9}))?(?:mm|mp|s|%)?", re.I
)
#: Cameras round: 1/60 is written as 0.0167, f/2.8 as 2.83. Years and hours nobody rounds.
CLOSE = 0.02


def number(text: str) -> float | None:
    match = NUMBER.fullmatch(text.strip())
    if not match:
        return None
    below = float(match[3]) if match[3] else 1.0
    return float(match[1]) / below if below else None


def share(text: str) -> float | None:
    """0.8, 80 or 80 % as 0..1."""
    value = number(text)
    if value is None or not 0 <= value <= 100:
        return None
    return value / 100 if value > 1 or "%" in text else value


def range_path(key: str, text: str, comparison: str = "") -> str | None:
    """The jsonpath of a number, a range or a comparison; None when it is none of them."""
    if not comparison and (ends := _ends(text)):
        return between(key, *ends)
    value = number(text)
    if value is None:
        return None
    if comparison in ("", "="):
        slack = 0.0 if key in WHOLE else abs(value) * CLOSE
        return between(key, value - slack, value + slack)
    low, high = (value, None) if comparison.startswith(">") else (None, value)
    return _narrowed(key, low, high, f"$.{key} {comparison} {_plain(value)}")


def between(key: str, first: float | None, last: float | None) -> str:
    low = f"$.{key} >= {_plain(first)}" if first is not None else ""
    high = f"$.{key} <= {_plain(last)}" if last is not None else ""
    return _narrowed(key, first, last, " && ".join(filter(None, [low, high])))


def _narrowed(key: str, low: float | None, high: float | None, path: str) -> str:
    """With the steps, which the index knows; what is cheap to check comes first."""
    steps = steps_path(key, low, high)
    return f"({path} && {steps})" if steps else f"({path})"


def _ends(text: str) -> tuple[float | None, float | None] | None:
    first, dots, last = text.partition("..")
    if not dots and (match := re.fullmatch(r"(\d[\d.]*)-(\d[\d.]*)", text)):
        first, last, dots = match[1], match[2], "-"
    if not dots or not (first or last):
        return None
    low, high = number(first), number(last)
    if (first and low is None) or (last and high is None) or last.startswith("."):
        return None
    # '400..100' can only mean what lies between.
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _plain(value: float) -> str:
    """jsonpath has no unary minus before some numbers, and no exponents that we want to see."""
    text = f"{abs(value):.9f}".rstrip("0").rstrip(".") or "0"
    return f"(-{text})" if value < 0 else text
