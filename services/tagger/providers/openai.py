"""Mood, composition and a caption from an OpenAI vision model, or any server that speaks alike.

OpenAI is asked by its Responses API with a strict schema. Other servers are asked by chat
completions, which all of them have; one that knows no schemas is asked for JSON, and one that
knows not even that is read with patience.
"""

import base64
import hashlib
from decimal import Decimal
from typing import Any

import openai
from openai.types.responses import Response

from services.common.cloud import failing
from services.common.cloud.asking import NOTHING, Asking, Paid
from services.common.cloud.failing import unwell
from services.common.cloud.ledger import Leaving
from services.common.cloud.openai_api import CONNECT_SECONDS, connect, openai_errors
from services.common.cloud.prices import Prices, TokenPrice, Usage, patches, text_tokens
from services.common.cloud.settings import OpenAISettings, asks_responses, is_openai
from services.common.cloud.shutdown import ModelWatch
from services.common.events import PhotoFacts, Sighting
from services.tagger import prompts
from services.tagger.outgoing import Outgoing, outgoing
from services.tagger.vision import read_answer, strict_schema

WHO = "OpenAI"
LARGEST = 2**20  # bytes of an answer; an honest one has ten thousand
NAME = "photo"
#: How much form a chat server can be asked for, most first.
FORMS: tuple[dict[str, Any], ...] = (
    {
        "type": "json_schema",
        "json_schema": {"name": NAME, "schema": strict_schema(), "strict": True},
    },
    {"type": "json_object"},
    {},
)
#: What OpenAI's and Azure's newer models want instead of the ``max_tokens`` that all others know.
NEW_LIMIT = "max_completion_tokens"
JSON_ONLY = "\n\nAnswer with one JSON object of this schema and nothing else:\n"


class OpenAITagger:
    """Safe to use from several threads."""

    name = "openai"
    paid = True

    def __init__(self, settings: OpenAISettings, prices: Prices, asking: Asking) -> None:
        self._settings, self._asking = settings, asking
        self._prompt = prompts.read(prompts.VISION)
        at_openai = is_openai(settings.vision_url)
        self._price: TokenPrice = prices.of(settings.vision_model, free=not at_openai)
        self._who = WHO if at_openai else "the vision server"
        self._form, self._limit = 0, "max_tokens"
        self._chat = not asks_responses(settings)
        key = settings.secret_for_vision
        self._client = connect(settings.vision_url, key, seconds=settings.seconds, largest=LARGEST)

        self._watch = ModelWatch(
            self.name, settings.vision_model, self._price, self._client, asking.ledger
        )

    @property
    def side(self) -> int:
        return self._settings.side

    @property
    def version(self) -> str:
        settings = self._settings
        asked = f"{settings.vision_url} {settings.detail} {settings.effort}"
        digest = hashlib.sha256(asked.encode()).hexdigest()[:4]
        return f"{settings.vision_model}-{prompts.VISION}-{settings.side}-{digest}"

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:  # noqa: ARG002
        copy = outgoing(photo, self._settings.side)
        leaving = self.leaving(copy.width, copy.height, len(copy.jpeg))
        ask = self._by_chat if self._chat else self._by_responses
        sighting, cost = self._asking(leaving, lambda: ask(copy))
        self._watch()
        return sighting.model_copy(update={"cost": cost})

    def leaving(self, width: int, height: int, size: int) -> Leaving:
        return Leaving(
            provider=self.name,
            model=self._settings.vision_model,
            purpose="vision",
            prompt=prompts.VISION,
            estimate=self.most(width, height),
            width=width,
            height=height,
            bytes=size,
            version=self.version,
            seconds=self._settings.seconds + CONNECT_SECONDS,
        )

    def most(self, width: int, height: int) -> Decimal:
        """What the answer may cost at the most: every token that it may have."""
        tiles = patches(width, height, self._settings.detail)
        text = text_tokens(self._prompt + str(strict_schema()))
        return Usage(
            fresh=text + int(tiles * self._price.patch) + 1, output=self._settings.most_output
        ).cost(self._price)

    def close(self) -> None:
        self._client.close()

    # --- the Responses API

    def _by_responses(self, copy: Outgoing) -> Paid[Sighting]:
        with openai_errors(self._who, self._settings.vision_model):
            answer = self._client.responses.create(**self.request(copy))
        return self.read(answer)

    def read(self, answer: Response) -> Paid[Sighting]:
        """Raises ``TryAgain`` for what is no answer at all."""
        with openai_errors(self._who, self._settings.vision_model):
            used = Usage.told(answer.usage, all_in="input_tokens", out="output_tokens")
            refusals = [
                part.refusal
                for item in answer.output
                if item.type == "message"
                for part in item.content
                if part.type == "refusal"
            ]
            reason = answer.incomplete_details.reason if answer.incomplete_details else None
            filtered = reason == "content_filter"
            return self._paid(answer.output_text, used, bool(refusals) or filtered)

    def request(self, copy: Outgoing) -> dict[str, Any]:
        content = [
            {"type": "input_image", "detail": self._settings.detail, "image_url": data_url(copy)}
        ]
        request: dict[str, Any] = {
            "model": self._settings.vision_model,
            "instructions": self._prompt,
            "input": [{"role": "user", "content": content}],
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": NAME,
                    "schema": strict_schema(),
                    "strict": True,
                }
            },
            "store": False,
            "max_output_tokens": self._settings.most_output,
        }
        if self._settings.effort:
            request["reasoning"] = {"effort": self._settings.effort}
        return request

    # --- chat completions

    def _by_chat(self, copy: Outgoing) -> Paid[Sighting]:
        while True:
            form = self._form
            request = self._chat_request(copy, FORMS[form], self._limit)
            try:
                return self._chat_once(request)
            except LimitUnknown:
                self._limit = NEW_LIMIT
            except FormUnknown:
                self._form = max(self._form, form + 1)  # it is for good: servers do not learn

    def _chat_once(self, request: dict[str, Any]) -> Paid[Sighting]:
        with openai_errors(self._who, self._settings.vision_model):
            try:
                answer = self._client.chat.completions.create(**request)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if NEW_LIMIT not in request and NEW_LIMIT in str(error.body):
                    raise LimitUnknown from error
                if "response_format" in request and speaks_of_form(error):
                    raise FormUnknown from error
                raise
            choice = answer.choices[0]
            used = Usage.told(answer.usage, all_in="prompt_tokens", out="completion_tokens")
            refused = bool(choice.message.refusal) or choice.finish_reason == "content_filter"
            return self._paid(choice.message.content or "", used, refused)

    def _chat_request(self, copy: Outgoing, form: dict[str, Any], limit: str) -> dict[str, Any]:
        shape = "" if form.get("type") == "json_schema" else f"{JSON_ONLY}{strict_schema()}"
        url = {"url": data_url(copy), "detail": self._settings.detail}
        return {
            "model": self._settings.vision_model,
            "messages": [
                {"role": "system", "content": self._prompt + shape},
                {"role": "user", "content": [{"type": "image_url", "image_url": url}]},
            ],
            limit: self._settings.most_output,
            **({"response_format": form} if form else {}),
        }

    # --- both

    def _paid(self, text: str, told: Usage | None, refused: bool) -> Paid[Sighting]:
        """A model that will not describe a photo has been paid for its silence: that is kept."""
        cost, used = told.cost(self._price) if told else None, told or NOTHING
        if refused:
            return Paid(Sighting(), cost, used)
        try:
            return Paid(self._sighting(text), cost, used)
        except (ValueError, RecursionError):
            fault = unwell(failing.ANSWER, f"cannot read the answer of {self._who}")
            return Paid(None, cost, used, fault)

    def _sighting(self, text: str) -> Sighting:
        caption, tags = read_answer(text)
        ours = {"source": self.name, "model": self._settings.vision_model}
        return Sighting(caption=caption, tags=tuple(tag.model_copy(update=ours) for tag in tags))


class FormUnknown(Exception):
    """The server does not know the form of answer that it was asked for."""


class LimitUnknown(Exception):
    """The server wants the limit of its answer under the newer name."""


def speaks_of_form(error: openai.APIStatusError) -> bool:
    said = str(error.body).lower()
    return any(word in said for word in ("response_format", "json_schema", "schema", "grammar"))


def data_url(copy: Outgoing) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(copy.jpeg).decode()}"
