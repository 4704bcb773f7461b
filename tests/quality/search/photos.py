"""240 described photos: what they show in truth, and what an imperfect tagger says of them."""

import random
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.common.api import Exif, Swatch
from services.common.events import Guess, Tag

SCENES = Path(__file__).parent / "scenes.txt"
OF_EACH = 5
#: How often the tagger sees what is there, and says what is not.
SEES_CHIEF, SEES, SEES_MOOD, SEES_TECHNIQUE, SAYS_WRONG = 0.97, 0.85, 0.8, 0.85, 0.15
CAMERAS = (
    ("Leica", "M10", 35.0), ("Canon", "EOS R5", 85.0), ("Nikon", "Z 6", 24.0),
    ("FUJIFILM", "X-T4", 23.0), ("Apple", "iPhone 14", 26.0),
)  # fmt: skip
LAB = {
    "black": (8, 0, 0), "grey": (50, 0, 0), "white": (95, 0, 0), "red": (46, 66, 46),
    "orange": (66, 36, 66), "yellow": (86, -4, 76), "green": (46, -42, 36), "teal": (52, -30, -8),
    "blue": (40, 14, -58), "sky blue": (74, -10, -26), "navy": (18, 14, -34),
    "brown": (34, 18, 28), "beige": (84, 3, 18), "gold": (70, 8, 58),
}  # fmt: skip
PLACES = {"rule of thirds": (0.66, 0.36), "centered": (0.5, 0.5)}


@dataclass(frozen=True)
class Described:
    """One photo. ``truth`` holds everything that is so, as 'kind:text'."""

    name: str
    truth: frozenset[str]
    tags: tuple[Tag, ...]
    palette: tuple[Swatch, ...]
    exif: Exif
    width: int
    height: int
    guesses: tuple[Guess, ...] = ()

    @property
    def words(self) -> list[Tag | Guess]:
        return [*self.tags, *self.guesses]

    @property
    def digest(self) -> str:
        return sha256(self.name.encode()).hexdigest()


def all_photos(seed: int = 5) -> list[Described]:
    luck = random.Random(seed)
    lines = [line for line in SCENES.read_text().splitlines() if line and line[0] != "#"]
    words = sorted({word for line in lines for word in _list(line.split("|")[1])})
    return [
        _photo([part.strip() for part in line.split("|")], number, words, luck)
        for number in range(OF_EACH)
        for line in lines
    ]


def _photo(parts: list[str], number: int, words: list[str], luck: random.Random) -> Described:
    name, labels, moods, techniques, colours, time = parts
    shown = _list(labels)
    # Every photo of a scene shows a little less than the scene has.
    shown = [w for n, w in enumerate(shown) if n < 3 or luck.random() < 0.85]
    felt = _list(moods)[: luck.choice([1, 2])] if number else _list(moods)
    built = _list(techniques) if luck.random() < 0.85 else []
    taken = _taken(time, number, luck)
    camera = CAMERAS[luck.randrange(len(CAMERAS))]
    upright = luck.random() < 0.3
    exif = Exif(
        camera_make=camera[0],
        camera_model=camera[1],
        focal_length_mm=camera[2],
        iso=luck.choice([100, 200, 400, 800, 1600, 6400]),
        f_number=luck.choice([1.8, 2.8, 5.6, 8.0]),
        exposure_seconds=luck.choice([0.004, 0.01, 0.5]),
        taken_at=taken,
    )
    palette = _palette(colours, luck)
    truth = {f"label:{word}" for word in shown} | {f"mood:{word}" for word in felt}
    truth |= {f"technique:{word}" for word in built}
    truth |= {f"colour:{_colour(s)}" for s in palette if s.amount >= 0.1}
    truth |= {f"camera:{camera[0].lower()}", f"iso:{exif.iso}", f"f:{exif.f_number}"}
    truth |= {f"year:{taken.year}", f"month:{taken.year}-{taken.month:02}", f"m:{taken.month}"}
    truth |= {f"season:{_season(taken)}", "portrait" if upright else "landscape"}
    tags = _seen(shown, felt, built, words, luck)
    size = (2000, 3000) if upright else (3000, 2000)
    # A camera's name for it: the name of the file must not give the answer away.
    title = (
        f"IMG_{luck.randrange(1000, 9999)}_{sha256(f'{name} {number}'.encode()).hexdigest()[:8]}"
    )
    return Described(title, frozenset(truth), tags, palette, exif, *size)


def _seen(
    shown: list[str], felt: list[str], built: list[str], words: list[str], luck: random.Random
) -> tuple[Tag, ...]:
    tags: dict[tuple[str, str], Tag] = {}

    def say(kind: str, text: str, low: float, high: float, **more: Any) -> None:
        sure = round(low + (high - low) * luck.random(), 3)
        tags[kind, text] = Tag.model_validate(
            {"kind": kind, "text": text, "confidence": sure, **more}
        )

    for place, word in enumerate(shown):
        if luck.random() < (SEES_CHIEF if place == 0 else SEES):
            say("label", word, 0.5, 0.98)
    if luck.random() < SAYS_WRONG:
        wrong = words[luck.randrange(len(words))]
        if wrong not in shown:
            say("label", wrong, 0.3, 0.5)
    for word in felt:
        if luck.random() < SEES_MOOD:
            say("mood", word, 0.4, 0.9)
    for word in built:
        if luck.random() < SEES_TECHNIQUE:
            x, y = PLACES.get(word, (0.5, 0.5))
            box = [x - 0.1, y - 0.1, 0.2, 0.2]
            evidence = {"subject": {"box": box, "point": [x, y]}} if word in PLACES else None
            say("composition", word, 0.5, 0.95, evidence=evidence)
    return tuple(tags.values())


def _palette(colours: str, luck: random.Random) -> tuple[Swatch, ...]:
    named = [(c.rsplit(" ", 1)[0], float(c.rsplit(" ", 1)[1])) for c in _list(colours)]
    swatches = []
    for name, amount in named:
        light, a, b = (value + luck.uniform(-4, 4) for value in LAB[name])
        share = round(amount * luck.uniform(0.8, 1.1), 3)
        swatches.append(Swatch(hex="#808080", amount=min(share, 1), lab=(light, a, b)))
    return tuple(swatches)


def _colour(swatch: Swatch) -> str:
    return min(
        LAB, key=lambda name: sum((a - b) ** 2 for a, b in zip(LAB[name], swatch.lab, strict=True))
    )


def _taken(time: str, number: int, luck: random.Random) -> datetime:
    month, hour = time.split()
    return datetime(2018 + (number * 2 + luck.randrange(3)) % 8, int(month), luck.randrange(1, 28),
                    int(hour), luck.randrange(60))  # fmt: skip


def _season(day: datetime) -> str:
    """A winter belongs to the year in which it began."""
    names = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring"}
    names |= {6: "summer", 7: "summer", 8: "summer"}
    year = day.year - 1 if day.month < 3 else day.year
    return f"{names.get(day.month, 'autumn')}-{year}"


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
