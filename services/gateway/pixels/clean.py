"""Makes sense of single EXIF values, or says None."""

import math
import re
import unicodedata
from datetime import datetime
from typing import Any

# Control, format (bidi overrides, zero width), surrogate, private use, unassigned.
UNWANTED = {"Cc", "Cf", "Cs", "Co", "Cn"}
LOOK_AT = 4  # this many times the limit is looked at: the rest of a giant string is never touched
DATE = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
FIRST_PHOTO, FAR_FUTURE = 1826, 2100  # outside, the camera's clock was not set
LEAST = 1e-6  # seconds, f-number, mm: no camera has less
DIGITS = 6  # more is noise of the fraction, not the camera's knowledge


def text(value: Any, limit: int) -> str | None:
    """One line of visible text, at most ``limit`` characters."""
    if isinstance(value, bytes):
        value = value[: limit * LOOK_AT].decode("latin-1")
    if not isinstance(value, str):
        return None
    start = value[: limit * LOOK_AT].split("\0", 1)[0]
    visible = "".join(
        character if unicodedata.category(character) not in UNWANTED else " "
        for character in unicodedata.normalize("NFC", _decoded(start))
    )
    return " ".join(visible.split())[:limit].strip() or None


def _decoded(start: str) -> str:
    """EXIF says ASCII, Pillow reads Latin-1, phones write UTF-8."""
    try:
        return start.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return start


def number(value: Any) -> float | None:
    """A finite number; the first of several."""
    if isinstance(value, (tuple, list)) and value:
        value = value[0]
    if isinstance(value, (str, bytes, bool)):
        return None
    try:
        plain = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return plain if math.isfinite(plain) else None


def quantity(value: Any, most: float) -> float | None:
    """A number that a camera could mean, up to ``most``."""
    plain = number(value)
    if plain is None or not LEAST <= plain <= most:
        return None
    return float(f"{plain:.{DIGITS}g}")


def taken_at(value: Any) -> datetime | None:
    """EXIF's ``2024:06:01 12:30:00``: a local time without a zone."""
    match = DATE.match(text(value, 40) or "")
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        date = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    return date if FIRST_PHOTO <= date.year < FAR_FUTURE else None


def coordinate(value: Any, ref: Any, plus: str, minus: str, most: int) -> float | None:
    """Degrees from degrees, minutes, seconds and a letter."""
    letter = (text(ref, 1) or "").upper()
    if letter not in (plus, minus) or not isinstance(value, (tuple, list)) or len(value) != 3:
        return None
    parts = [number(part) for part in value]
    whole, minutes, seconds = (part or 0.0 for part in parts)
    degrees = whole + minutes / 60 + seconds / 3600
    if parts[0] is None or min(whole, minutes, seconds) < 0 or degrees > most:
        return None
    return round(-degrees if letter == minus else degrees, 7)
