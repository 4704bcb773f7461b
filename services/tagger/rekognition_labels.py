"""Rekognition's labels as tags: names in one form, aliases beside them, boxes as evidence."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.common.events import Tag, strongest_of_each
from services.tagger.vision import plain_word

#: An alias means the same and was not what the model said.
ALIAS = 0.95
MOST_BOXES = 20
#: Percent of the pixels that make a colour one of the photo's.
COLOURFUL = 25.0

Percent = Annotated[float, Field(ge=0, le=100)]


class Name(BaseModel):
    name: str = Field(alias="Name")


class Box(BaseModel):
    width: float = Field(default=0, alias="Width", allow_inf_nan=False)
    height: float = Field(default=0, alias="Height", allow_inf_nan=False)
    left: float = Field(default=0, alias="Left", allow_inf_nan=False)
    top: float = Field(default=0, alias="Top", allow_inf_nan=False)

    def inside(self) -> list[float]:
        """x, y, width, height in 0..1: boxes may reach over the border."""
        x, y = min(max(self.left, 0), 1), min(max(self.top, 0), 1)
        right, bottom = min(self.left + self.width, 1), min(self.top + self.height, 1)
        return [round(n, 4) for n in (x, y, max(right - x, 0), max(bottom - y, 0))]


class Instance(BaseModel):
    box: Box = Field(alias="BoundingBox")
    confidence: Percent = Field(default=0, alias="Confidence")


class Label(BaseModel):
    name: str = Field(alias="Name")
    confidence: Percent = Field(alias="Confidence")
    instances: list[Instance] = Field(default=[], alias="Instances")
    parents: list[Name] = Field(default=[], alias="Parents")
    aliases: list[Name] = Field(default=[], alias="Aliases")
    categories: list[Name] = Field(default=[], alias="Categories")


class Colour(BaseModel):
    name: str = Field(default="", alias="SimplifiedColor")
    share: Percent = Field(default=0, alias="PixelPercent")


class Properties(BaseModel):
    colours: list[Colour] = Field(default=[], alias="DominantColors")


class Answer(BaseModel):
    labels: Annotated[list[Label], Field(max_length=1000)] = Field(alias="Labels")
    version: str = Field(default="", alias="LabelModelVersion", max_length=40)
    properties: Properties = Field(default=Properties(), alias="ImageProperties")


def read_labels(answer: dict[str, Any], *, source: str) -> tuple[Tag, ...]:
    """Raises pydantic's ``ValidationError`` for an answer of another shape."""
    read = Answer.model_validate(answer)
    model = f"rekognition-{read.version}" if read.version else "rekognition"
    tags = [
        Tag(kind="label", text=text, confidence=sure, source=source, model=model, evidence=shown)
        for text, sure, shown in _words(read)
    ]
    return strongest_of_each(tags)[:150]


def _words(answer: Answer) -> Iterator[tuple[str, float, dict[str, Any] | None]]:
    for label in answer.labels:
        sure = round(label.confidence / 100, 4)
        if text := plain_word(label.name):
            yield text, sure, _evidence(label)
        for alias in label.aliases[:5]:
            if (other := plain_word(alias.name)) and other != text:
                yield other, round(sure * ALIAS, 4), None
    for colour in answer.properties.colours:
        if colour.share >= COLOURFUL and (text := plain_word(colour.name)):
            yield text, round(colour.share / 100, 4), None


def _evidence(label: Label) -> dict[str, Any] | None:
    boxes = sorted(label.instances, key=lambda one: -one.confidence)[:MOST_BOXES]
    names = {
        "boxes": [one.box.inside() for one in boxes],
        "parents": [word for one in label.parents[:5] if (word := plain_word(one.name))],
        "categories": [word for one in label.categories[:3] if (word := plain_word(one.name))],
    }
    return {key: value for key, value in names.items() if value} or None
