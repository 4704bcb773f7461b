"""Numbers and times as people say them: 'iso over 3200', 'f/2.8 - f/8', 'high iso', 'morning'."""

import re

from services.search.language.numbers import NUMERIC, between, range_path
from services.search.language.plan import Condition, Meant
from services.search.language.syntax import Span

#: A field of a number, a comparison, and what it is compared with.
Limit = tuple[str, str, str]


def _said(before: str, number: str, after: str = "") -> re.Pattern[str]:
    """A number, alone or one of two: '> f/2.8', 'iso >= 800', '100-400', '50 to 85mm'."""
    sign = f"(?P<sign>[<>]=? ?)?{before}(?P<own>[<>]=? ?)?"
    last = rf"(?: ?{after})? ?(?:\.\.|[-\u2013\u2014]|to) ?(?:{before})?(?P<last>{number})"
    return re.compile(f"{sign}(?P<first>{number})(?:{last})? ?{after}(?P<more> ?>=)?")


FOCAL_LENGTH = _said("", r"\d{1,4}(?:\.\d+)?", "mm")
EXIF = (
    (_said(r"iso ?", r"\d{2,7}"), "iso"),
    (_said(r"f ?/ ?", r"\d{1,2}(?:\.\d+)?"), "f"),
    (_said(r"f ?", r"\d{1,2}\.\d+"), "f"),
    (FOCAL_LENGTH, "mm"),
    (_said("", r"1/\d{1,5}", "(?:s|sec|seconds?)?"), "exposure"),
    (_said("", r"\d{1,3}(?:\.\d+)?", "(?:s|secs?|seconds?)"), "exposure"),
    (_said("", r"\d{1,3}(?:\.\d+)?", "(?:mp|mpx|megapixels?)"), "mp"),
)
DIGIT = re.compile(r"\d")
#: Said instead of a sign, at the beginning or after the name of what is counted.
SIGNS = (
    (r"(?:more|greater|higher|larger|bigger|longer|slower) than|over|above", ">"),
    (r"(?:less|lower|smaller|shorter|faster|wider) than|under|below", "<"),
    (r"at least|minimum|min|from", ">="),
    (r"at most|maximum|max|up to", "<="),
)
BETWEEN = re.compile(r"^(?:(iso|f/?) )?between (.*\d\w*) (?:to )?(\S*\d.*)$")
MORE = re.compile(r"(?<=\d)(?: ?\+| (?:above|higher|up|more))$")

#: What photographers call a setting. A photo that does not tell its own has none of these.
SETTINGS: dict[str, Limit] = {
    **dict.fromkeys(("high iso", "high-iso"), ("iso", ">=", "1600")),
    **dict.fromkeys(("low iso", "low-iso", "base iso"), ("iso", "<=", "200")),
    **dict.fromkeys(
        ("fast shutter", "fast shutter speed", "high shutter speed", "short exposure"),
        ("exposure", "<=", "1/500"),
    ),
    **dict.fromkeys(
        ("wide open", "wide open aperture", "wide aperture", "large aperture", "open aperture",
         "fast aperture"),
        ("f", "<=", "2.8"),
    ),
    **dict.fromkeys(
        ("stopped down", "small aperture", "narrow aperture", "closed aperture"), ("f", ">=", "11")
    ),
    **dict.fromkeys(
        ("wide angle", "wide-angle", "wide angle lens", "wide-angle lens", "wide lens"),
        ("mm", "<=", "35"),
    ),
    **dict.fromkeys(("telephoto", "telephoto lens", "tele lens", "long lens"), ("mm", ">=", "100")),
}  # fmt: skip
#: Hours of the day, by the camera's clock: from, and to the end of.
HOURS = {
    **dict.fromkeys(("morning", "in the morning"), (5, 10)),
    **dict.fromkeys(("noon", "midday", "lunchtime", "at noon"), (11, 13)),
    **dict.fromkeys(("afternoon", "in the afternoon"), (12, 17)),
    **dict.fromkeys(("evening", "in the evening"), (17, 22)),
}


def limit(text: str, span: Span) -> Condition | None:
    """'iso over 3200', '50 mm - 85 mm', 'between f/2.8 and f/8', '1/250', '24 mp'."""
    if not DIGIT.search(text):
        return None
    plain = _signed(text)
    for pattern, name in EXIF:
        if not (match := pattern.fullmatch(plain)):
            continue
        value, sign = match["first"], (match["sign"] or match["own"] or match["more"] or "").strip()
        value += f"..{match['last']}" if match["last"] else ""
        if found := _limit(name, sign, value, text, span):
            return found
    return None


def setting(text: str, span: Span) -> Condition | None:
    """'high iso', 'wide open', 'telephoto'."""
    known = SETTINGS.get(text)
    return _limit(*known, text, span) if known else None


def hours(text: str, span: Span) -> Condition | None:
    """'morning': soft, for what it shows counts as well."""
    if text not in HOURS:
        return None
    first, last = HOURS[text]
    told = f"{first} to {last} h"
    return Condition(
        between("hour", first, last), Meant(span, text, "hour", told, f"hour:{first}..{last}")
    )


def zoom(text: str) -> str | None:
    """'24-70mm' may be a lens."""
    match = FOCAL_LENGTH.fullmatch(text)
    return f"{match['first']}-{match['last']}mm" if match and match["last"] else None


def _limit(name: str, sign: str, value: str, text: str, span: Span) -> Condition | None:
    numeric = NUMERIC[name]
    if not (path := range_path(numeric.key, value, sign)):
        return None
    told, query = numeric.of(sign, value), f"{name}:{sign}{value}"
    return Condition(path, Meant(span, text, numeric.key, told, query))


def _signed(text: str) -> str:
    """Words for signs as signs, and one dash for all."""
    if match := BETWEEN.match(text):
        text = f"{match[1] or ''} {match[2]} to {match[3]}".strip()
    text = MORE.sub(" >=", text)
    for words, sign in SIGNS:
        text = re.sub(rf"^(iso |f/? ?)?(?:{words}) (?=[\w/.]*\d|iso|f)", rf"\1{sign} ", text)
    return text
