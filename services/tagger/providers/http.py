"""Tags from a model server of your own: it gets the photo as it is and answers JSON.

The photo is the body of a POST, ``image/jpeg``, its longer side near 2000 pixels. The answer is
``{"tags": [{"kind": "label", "text": "dog", "confidence": 0.9}], "caption": "", "cost": 0}``;
a tag may have ``evidence``, the geometry that the page draws over the photo.
"""

import json
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as Misshapen

from services.common.errors import TryAgain
from services.common.events import PhotoFacts, Sighting, Tag
from services.common.modelserver import ModelServer
from services.tagger.settings import Settings

SECONDS = 45.0
LARGEST = 2**18  # bytes; 200 tags with their geometry are about 60 kB
LARGEST_EVIDENCE = 4096  # characters of JSON
DEEPEST = 4

SHAPE = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def only_numbers(evidence: dict[str, Any]) -> dict[str, Any]:
    """Geometry is numbers under short names: nothing that a page could take for words."""
    if len(json.dumps(evidence)) > LARGEST_EVIDENCE or not _numbers(evidence, DEEPEST):
        raise ValueError("evidence is numbers, and few of them")
    return evidence


def _numbers(value: Any, depth: int) -> bool:
    match value:
        case bool():
            return False
        case int() | float():
            return abs(value) <= 100
        case list():
            return depth > 0 and all(_numbers(one, depth - 1) for one in value)
        case dict():
            return depth > 0 and all(
                name.isidentifier() and len(name) <= 40 and _numbers(one, depth - 1)
                for name, one in value.items()
            )
        case _:
            return False


#: One word, whoever writes it: "Dog " and "dog" are the same tag.
Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]+$",
    ),
]


class SeenTag(BaseModel):
    """No ``user`` among the kinds: what a person says, only a person says."""

    model_config = SHAPE

    kind: Literal["label", "mood", "composition"]
    text: Text
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: Annotated[dict[str, Any], AfterValidator(only_numbers)] | None = None


class Answer(BaseModel):
    model_config = SHAPE

    tags: Annotated[list[SeenTag], Field(max_length=200)]
    caption: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    cost: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)


class HttpTagger:
    name = "http"
    paid = True

    def __init__(self, settings: Settings, *, seconds: float = SECONDS) -> None:
        self.version = settings.tagger_model
        self._server = ModelServer(
            str(settings.tagger_url), settings.tagger_key, seconds=seconds, largest=LARGEST
        )

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:  # noqa: ARG002
        body = self._server.ask(photo, "image/jpeg")
        try:
            answer = Answer.model_validate_json(body)
        except Misshapen as error:
            raise TryAgain(
                f"cannot read the model server's answer: {first_fault(error)}",
                code="provider-answer",
            ) from error
        tags = [
            Tag(source=self.name, model=self.version, **tag.model_dump()) for tag in answer.tags
        ]
        return Sighting(tags=tuple(tags), caption=answer.caption, cost=answer.cost)

    def close(self) -> None:
        self._server.close()


def first_fault(error: Misshapen) -> str:
    """Where the first thing wrong is, without what stood there."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the answer'}: {first['msg']}"
