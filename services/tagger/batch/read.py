"""A line of a batch's files, made a verdict on one photo. Lines are as hostile as any answer."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from openai.types.responses import Response
from pydantic import BaseModel, ValidationError

from services.common.cloud.batches import Answered
from services.common.cloud.failing import REFUSED
from services.common.cloud.openai_api import blames_photo, without_keys
from services.common.errors import Refuse, TryAgain
from services.common.events import Sighting
from services.common.modelserver import excuse
from services.tagger.providers.openai import OpenAITagger

LONGEST = 2**20  # characters; an honest line has ten thousand


class Told(BaseModel):
    status_code: int = 0
    body: dict[str, Any] = {}


class Fault(BaseModel):
    code: str | None = None
    message: str | None = None
    param: str | None = None


class Line(BaseModel):
    custom_id: UUID
    response: Told | None = None
    error: Fault | None = None


@dataclass(frozen=True)
class Verdict:
    """``sighting`` is there when the verdict is ``answered``."""

    answered: Answered
    sighting: Sighting | None = None


def read_line(text: str, tagger: OpenAITagger, discount: Decimal) -> Verdict | None:
    """None for what says nothing of any photo."""
    try:
        line = Line.model_validate(json.loads(text[:LONGEST]))
    except (ValueError, ValidationError, RecursionError):
        return None
    told = line.response
    if told and told.status_code == 200:
        return _paid(line.custom_id, told.body, tagger, discount)
    fault = line.error or Fault.model_validate(_error_in(told.body if told else {}))
    code, message = (
        without_keys(excuse(str(part or "").encode())) for part in (fault.code, fault.message)
    )
    status = told.status_code if told else 0
    refused = blames_photo(status, fault.param or "")
    return Verdict(
        Answered(
            call_id=line.custom_id,
            cost=Decimal(0),
            outcome=REFUSED if refused else (code or f"status-{status}")[:100],
            verdict="refused" if refused else "again",
            text=f"OpenAI refused ({status}): {message}" if refused else message,
        )
    )


def _paid(call_id: UUID, body: dict[str, Any], tagger: OpenAITagger, discount: Decimal) -> Verdict:
    try:
        paid = tagger.read(Response.construct(**body))
    except (TryAgain, Refuse) as error:  # it is billed, and nobody can say how much
        return Verdict(
            Answered(call_id=call_id, outcome=error.code, verdict="again", text=str(error))
        )
    cost = None if paid.cost is None else paid.cost * discount
    fields: dict[str, Any] = {
        "call_id": call_id,
        "cost": cost,
        "input_tokens": paid.usage.fresh + paid.usage.cached,
        "output_tokens": paid.usage.output,
    }
    if paid.answer is None:
        code = paid.fault.code if paid.fault else "provider-answer"
        return Verdict(Answered(**fields, outcome=code, verdict="again", text=str(paid.fault)))
    sighting = paid.answer.model_copy(update={"cost": cost or Decimal(0)})
    return Verdict(Answered(**fields, outcome="answered", verdict="answered"), sighting)


def _error_in(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("error", body)
    told = found if isinstance(found, dict) else {}
    return {
        name: str(told[name]) for name in ("code", "message", "param") if told.get(name) is not None
    }
