"""Colours that are asked for: a named one, or a place among all colours."""

import json

from services.search.language.known import Terms
from services.search.language.lexicon import COLOUR_NAMES
from services.search.language.plan import Condition, Every, Meant, Part, Want

#: How far (CIE 1976) a swatch may lie from a colour given as #rrggbb.
COLOUR_REACH = 22.0


def colour(terms: Terms, name: str, comparison: str, least: float, meant: Meant) -> Part | None:
    """A named colour: at least so much of it, and the more the better."""
    if name not in COLOUR_NAMES:
        return None
    ids = {term.number: 1.0 for term in terms.exactly(name, ["colour"])}
    path = f"$.k.{json.dumps(name)} {comparison} {round(least * 100)}"
    return Every((Want(name, ids, lexical=False, meant=meant), Condition(path, meant)))


#: A swatch is one number: its parts, as ``swatch_number`` put them together.
PARTS = ("((@ / 65536).floor() % 128)", "((@ / 256).floor() % 256 - 128)", "(@ % 256 - 128)")
AMOUNT = "(@ / 8388608).floor()"


def near_lab(lab: tuple[float, float, float], comparison: str, least: float) -> str:
    """A swatch so near to the colour, and so large."""
    parts = zip(PARTS, lab, strict=True)
    far = (f"({part} - ({value:.1f}))" for part, value in parts)
    distance = " + ".join(f"{one} * {one}" for one in far)
    near = f"{distance} < {COLOUR_REACH**2:.0f}"
    return f"exists($.p[*] ? ({near} && {AMOUNT} {comparison} {least * 100:.0f}))"


def lab_of(text: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of #rrggbb or #rgb."""
    digits = text.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(letter * 2 for letter in digits)
    rgb = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    xyz = (
        (0.41239 * r + 0.35758 * g + 0.18048 * b) / 0.95046,
        0.21264 * r + 0.71517 * g + 0.07219 * b,
        (0.01933 * r + 0.11919 * g + 0.95053 * b) / 1.08906,
    )
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
