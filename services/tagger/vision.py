"""What a vision model may say of a photo, and what is kept of what it says.

Text inside a photo can steer a model. So moods and techniques come from closed lists, words are
short and plain, and all that does not fit is dropped: the worst case is wrong tags on one photo.
"""

import json
import re
import unicodedata
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.common.events import Kind, Tag

Mood = Literal[
    "melancholic", "sad", "lonely", "gloomy", "bleak", "nostalgic", "serene", "calm", "peaceful",
    "contemplative", "dreamy", "romantic", "cosy", "warm", "hopeful", "joyful", "cheerful",
    "playful", "energetic", "lively", "vibrant", "majestic", "dramatic", "intense", "tense",
    "ominous", "mysterious", "eerie", "cold", "fresh",
]  # fmt: skip
TechniqueName = Literal[
    "rule of thirds", "centered", "pattern", "leading lines", "symmetry", "framing"
]
MOODS, TECHNIQUES = frozenset(get_args(Mood)), frozenset(get_args(TechniqueName))
MOST_MOODS, MOST_TAGS, LONGEST_CAPTION, LONGEST_REASON = 3, 15, 200, 120
LEAST = 0.3
#: Letters of any script, figures, spaces, apostrophes, hyphens.
WORD = re.compile(r"[^\W_](?:[^\W_]|[ '\u2019-]){0,39}")

Share = Annotated[float, Field(ge=0, le=1)]
SHAPE = ConfigDict(extra="forbid")


class SeenMood(BaseModel):
    model_config = SHAPE

    mood: Mood
    confidence: Share
    reason: str


class SeenTechnique(BaseModel):
    model_config = SHAPE

    technique: TechniqueName
    confidence: Share
    reason: str


class SeenThing(BaseModel):
    model_config = SHAPE

    tag: str
    confidence: Share


class Seen(BaseModel):
    """The form of an answer. Servers that hold to it leave nothing to drop."""

    model_config = SHAPE

    caption: str
    tags: Annotated[list[SeenThing], Field(max_length=MOST_TAGS)]
    moods: Annotated[list[SeenMood], Field(max_length=MOST_MOODS)]
    techniques: Annotated[list[SeenTechnique], Field(max_length=6)]


def strict_schema() -> dict[str, Any]:
    """As structured outputs want it: every field required, no other allowed, no titles."""
    bare: dict[str, Any] = _bare(Seen.model_json_schema())
    return bare


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {key: _bare(value) for key, value in node.items() if key not in ("title", "description")}


def read_answer(text: str) -> tuple[str, list[Tag]]:
    """The caption and the tags. Raises ``ValueError`` if there is no answer of that form in it."""
    found = json.loads(_unfenced(text))
    if not isinstance(found, dict) or not {"tags", "moods", "techniques"} & found.keys():
        raise ValueError("no answer of that form")
    tags = [
        *_tags(found, "tags", SeenThing, "label", "tag", MOST_TAGS),
        *_tags(found, "moods", SeenMood, "mood", "mood", MOST_MOODS),
        *_tags(found, "techniques", SeenTechnique, "composition", "technique", 6),
    ]
    caption = found.get("caption")
    return clean(caption if isinstance(caption, str) else "", LONGEST_CAPTION), tags


def _unfenced(text: str) -> str:
    """Servers without structured outputs like to wrap JSON in words and fences."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def _tags(
    found: dict[str, Any], key: str, form: type[BaseModel], kind: Kind, word: str, most: int
) -> list[Tag]:
    every = found.get(key)
    tags: dict[str, Tag] = {}
    for one in every[: 4 * most] if isinstance(every, list) else []:
        if tag := _tag(one, form, kind, word):
            tags.setdefault(tag.text, tag)
    return list(tags.values())[:most]


def _tag(one: object, form: type[BaseModel], kind: Kind, word: str) -> Tag | None:
    try:
        seen = form.model_validate(one).model_dump()
    except ValidationError:
        return None
    text = plain_word(seen[word])
    if not text or seen["confidence"] < LEAST:
        return None
    told = {"model": {"confidence": seen["confidence"]}}
    if reason := clean(seen.get("reason", ""), LONGEST_REASON):
        told["model"]["reason"] = reason
    evidence = None if kind == "label" else told
    return Tag(kind=kind, text=text, confidence=seen["confidence"], evidence=evidence)


def plain_word(text: str) -> str:
    """Empty for what is no short plain word."""
    word = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return word if WORD.fullmatch(word) else ""


def clean(text: str, longest: int) -> str:
    """One line of printable text, cut at a word's end."""
    line = " ".join("".join(filter(_harmless, unicodedata.normalize("NFC", text))).split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rpartition(" ")[0] + "…"


def _harmless(letter: str) -> bool:
    return letter.isspace() or letter.isprintable()
