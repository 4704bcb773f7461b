"""What people call their photos: kept as they wrote it, without what could harm a reader."""

import unicodedata

LONGEST = 255
LONGEST_SUFFIX = 10
NAMELESS = "photo"
#: Joins letters in Persian and people in emoji; every other format character only misleads.
JOINERS = "\u200c\u200d"


def clean_filename(claimed: str) -> str:
    """No folders, no control or bidirectional characters, NFC, at most 255 characters."""
    name = claimed.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", "".join(letter for letter in name if _harmless(letter)))
    name = " ".join(name.split())
    if not name.strip(". " + JOINERS):
        return NAMELESS
    return _shortened(name)


def _harmless(letter: str) -> bool:
    """Spaces of any kind are made plain afterwards."""
    if letter in JOINERS or letter.isspace():
        return True
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > LONGEST_SUFFIX:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(suffix) - 1]}{dot}{suffix}"
