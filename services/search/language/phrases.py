"""Phrases that are understood without a model: dates, numbers, colours, words of the gallery."""

import re
from collections.abc import Sequence
from datetime import date

from services.search.language.colours import colour, lab_of, near_lab
from services.search.language.dates import read_days
from services.search.language.fields import days_path, holds, sharp_path
from services.search.language.known import Terms, names, other_forms, stem
from services.search.language.lexicon import COLOUR_NAMES, COLOURS, EMPTY, ORIENTATIONS, SHADES
from services.search.language.plan import Condition, Either, Meant, Part, Want, has_tag
from services.search.language.said import hours, limit, setting, zoom
from services.search.language.syntax import Span

AMOUNT = re.compile(r"(\d{1,3}) ?% ?(?:of )?([a-z ]+)|([a-z ]+) (\d{1,3}) ?%")
MOSTLY = re.compile(r"(?:mostly|mainly|predominantly) (?=[a-z])")
HALF = "50 % "
#: A colour as designers write it; without its sign it may be a number.
HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})")
EQUIPMENT = ("camera", "lens")
#: Who types a whole name, with its ending, means that file.
FILE = re.compile(r"\S.*\.(?:jpe?g|png|webp|gif|avif|hei[cf]|tiff?)")
#: '30 % teal' means about so much: a little less will do.
ABOUT = 0.8
#: How much of a photo has a colour that is named in passing, at least.
SOME = 0.08
#: How like a colour its shades are, and a tagger's word that it prevails.
SHADE, TONES = 0.6, 0.9


def file_named(text: str, span: Span) -> Condition | None:
    """'dog.jpg'."""
    if not FILE.fullmatch(text.lower()):
        return None
    meant = Meant(span, text, "text", text, f"name:{quoted(text)}")
    return Condition(holds("name", text), meant)


def _hex(text: str, span: Span) -> Condition | None:
    """'#ff0000'."""
    if not HEX.fullmatch(text):
        return None
    meant = Meant(span, text, "colour", text, f"color:{text}")
    return Condition(near_lab(lab_of(text), ">=", SOME), meant)


class Phrases:
    """One phrase at a time, with the words of one gallery."""

    def __init__(self, terms: Terms, today: date) -> None:
        self._terms = terms
        self._today = today

    def read(self, text: str, span: Span) -> Part | None:
        return (
            (" " not in text and file_named(text, span))
            or self._date(text, span)
            or self._exif(text, span)
            or self._amount(MOSTLY.sub(HALF, text), span)
            or _hex(text, span)
            or self._hour(text, span)
            or self._term(text, span)
            or setting(text, span)
            or self._equipment(text, span)
        )

    def _date(self, text: str, span: Span) -> Part | None:
        days = read_days(text, self._today)
        if days is None or (text.isdigit() and not 1900 <= int(text) <= self._today.year + 1):
            return None
        value = text if " " not in text else f'"{text}"'
        meant = Meant(span, text, "date", str(days), f"date:{value}")
        return Condition(days_path(days, "d"), meant)

    def _exif(self, text: str, span: Span) -> Part | None:
        """'24-70mm' is a lens, if one is called so."""
        name = zoom(text)
        if name and (found := self._terms.naming(name, "lens")):
            meant = Meant(span, text, "lens", name, f"lens:{name}")
            return Condition(has_tag([term.number for term in found]), meant)
        return limit(text, span)

    def _hour(self, text: str, span: Span) -> Part | None:
        """By the camera's clock, or because the photo is called so."""
        by_clock = hours(text, span)
        if by_clock is None:
            return None
        likeness = self._terms.meaning(text.removeprefix("in the ").removeprefix("at "))
        return Either((Want(text, likeness), by_clock))

    def _amount(self, text: str, span: Span) -> Part | None:
        match = AMOUNT.fullmatch(text)
        if not match or int(match[1] or match[4]) > 100:
            return None
        name, amount = (match[2] or match[3]).strip(), int(match[1] or match[4]) / 100
        name = COLOURS.get(name, name)
        query = f"color:{quoted(name)}>={round(amount * ABOUT * 100)}%"
        meant = Meant(span, text, "colour", f"about {amount:.0%} {name}", query)
        return colour(self._terms, name, ">=", amount * ABOUT, meant)

    def _term(self, text: str, span: Span) -> Part | None:
        """A word of the gallery or of the lexicon, a colour, an orientation."""
        likeness = self._named(text)
        name = COLOURS.get(text, text)
        # 'lavender' is a colour only where no photo is called so.
        if name in COLOUR_NAMES and (text == name or 1.0 not in likeness.values()):
            return self._colour(text, name, likeness, span)
        if text in EMPTY:
            return None
        if not likeness and text in ORIENTATIONS:
            shape = ORIENTATIONS[text]
            meant = Meant(span, text, "orientation", shape, f"orientation:{shape}")
            return Condition(f'$.o == "{shape}"', meant)
        known = names().get(stem(text), [])
        if not likeness and not known:
            form = next((form for form in other_forms(text) if self._terms.meaning(form)), None)
            return self._term(form, span) if form else None
        if not likeness and known[0][1] == "sharp":
            return Condition(sharp_path(self._terms), Meant(span, text, "is", "sharp", "is:sharp"))
        kind, meaning = self._kind(likeness, known)
        field = {"composition": "technique", "label": "label", "mood": "mood"}.get(kind, "tag")
        sure = max(likeness.values(), default=0.5)
        meant = Meant(span, text, kind, meaning, f"{field}:{quoted(text)}", sure)
        return Want(text, likeness, () if likeness else (text,), meant=meant)

    def _named(self, text: str) -> dict[int, float]:
        """What is called so, but for what filters: cameras, lenses, and where there is a label,
        as for 'landscape', shapes."""
        kinds = self._terms.by_number
        likeness = {
            number: like
            for number, like in self._terms.meaning(text).items()
            if kinds[number].kind not in EQUIPMENT
        }
        others = {n: like for n, like in likeness.items() if kinds[n].kind != "orientation"}
        return others or ({} if text in ORIENTATIONS else likeness)

    def _kind(
        self, likeness: dict[int, float], known: Sequence[tuple[str, str, object]]
    ) -> tuple[str, str]:
        if likeness:
            best = self._terms.by_number[max(likeness, key=lambda number: likeness[number])]
            return best.kind, best.text
        return known[0][0], known[0][1]

    def _colour(self, text: str, name: str, words: dict[int, float], span: Span) -> Part:
        """By its share of the pixels, by its shades, and as taggers say that it prevails."""
        shades = (self._terms.exactly(shade, ["colour"]) for shade in SHADES.get(name, ()))
        traits = {term.number: SHADE for some in shades for term in some}
        traits |= {term.number: TONES for term in self._terms.exactly(f"{name} tones", ["label"])}
        traits |= {term.number: 1.0 for term in self._terms.exactly(name, ["colour"])}
        meant = Meant(span, text, "colour", name, f"color:{quoted(name)}")
        labels = {
            number: like
            for number, like in words.items()
            if self._terms.by_number[number].kind in ("label", "user")
        }
        return Want(text, traits | labels, meant=meant)

    def _equipment(self, text: str, span: Span) -> Part | None:
        """A camera or a lens that some photo was taken with."""
        if text in EMPTY or not re.search(r"[a-z]", text):
            return None
        for kind in EQUIPMENT:
            if found := self._terms.containing(text, kind):
                meant = Meant(span, text, kind, found[0].text, f"{kind}:{quoted(text)}")
                return Condition(has_tag([term.number for term in found]), meant)
        return None


def quoted(text: str) -> str:
    return f'"{text}"' if re.search(r"[\s,<>=]", text) else text
