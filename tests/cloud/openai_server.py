"""OpenAI on loopback: requests are held against the SDK's own types, answers are made of them."""

import base64
import json
from copy import deepcopy
from http.server import BaseHTTPRequestHandler
from typing import Any

from openai.types import CreateEmbeddingResponse, Model
from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.responses import Response
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

from tests.tagger.stubs import ModelStub, Reply, answer

KEY = "sk-proj-SECRETSECRET-0123456789"
REQUESTS: dict[str, Any] = {
    "/v1/responses": ResponseCreateParamsNonStreaming,
    "/v1/chat/completions": CompletionCreateParamsNonStreaming,
    "/v1/embeddings": EmbeddingCreateParams,
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {}

SEEN = {
    "caption": "Two dogs look into the camera.",
    "tags": [{"tag": "Dog", "confidence": 0.95}, {"tag": "portrait", "confidence": 0.7}],
    "moods": [{"mood": "playful", "confidence": 0.8, "reason": "open mouths and bright eyes"}],
    "techniques": [
        {"technique": "centered", "confidence": 0.7, "reason": "both heads fill the middle"}
    ],
}


USED = {
    "input_tokens": 1400,
    "input_tokens_details": {"cached_tokens": 400, "cache_write_tokens": 0},
    "output_tokens": 200,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 1600,
}


def response(text: str, *, refusal: str = "", **more: Any) -> dict[str, Any]:
    """A body of /v1/responses that the SDK's type accepts."""
    part = (
        {"type": "refusal", "refusal": refusal}
        if refusal
        else {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    )
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "gpt-6-luna",
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "output": [
            {"id": "rs_1", "type": "reasoning", "summary": []},
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [part],
            },
        ],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": deepcopy(USED),
        **more,
    }
    Response.model_validate(body)
    return body


def completion(text: str | None, *, refusal: str | None = None) -> dict[str, Any]:
    """A body of /v1/chat/completions that the SDK's type accepts."""
    body = {
        "id": "c_1",
        "object": "chat.completion",
        "created": 1,
        "model": "qwen2.5-vl",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
            }
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000},
    }
    ChatCompletion.model_validate(body)
    return body


def embeddings(vectors: list[str] | list[list[float]], tokens: int = 8) -> dict[str, Any]:
    body = {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": [
            {"object": "embedding", "index": number, "embedding": vector}
            for number, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    if not any(isinstance(vector, str) for vector in vectors):
        CreateEmbeddingResponse.model_validate(body)
    return body


def fault(
    status: int, code: str | None = None, message: str = "no", param: str = "", **headers: str
) -> Reply:
    """An error as OpenAI writes it."""
    told = {"message": message, "type": code or "x", "param": param or None, "code": code}
    return answer({"error": told}, status, Content_Type="application/json", **headers)


MODEL: dict[str, Any] = {
    "id": "gpt-6-luna",
    "object": "model",
    "created": 1,
    "owned_by": "openai",
    "shutdown_date": None,
}
Model.model_validate(MODEL)


class OpenAIStub(ModelStub):
    """Answers as it is told, and keeps the parsed requests; a bad one is a failed test."""

    def __init__(self, then: Reply, *first: Reply) -> None:
        super().__init__(then, *first)
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.faults: list[str] = []
        self.asked_for: list[str] = []
        self.model_page = MODEL

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        if request.path.startswith("/v1/models/"):
            self.asked_for.append(request.path)
            return answer(self.model_page)(request)
        self.paths.append(request.path)
        if request.command == "POST" and request.path in REQUESTS:
            parsed = json.loads(body)
            self.requests.append(parsed)
            self.faults += misfits(request.path, parsed)
        super().reply(request, body)


def misfits(path: str, parsed: dict[str, Any]) -> list[str]:
    form = REQUESTS[path]
    adapter = ADAPTERS.setdefault(path, TypeAdapter(form))
    unknown = [name for name in parsed if name not in form.__annotations__ | _inherited(form)]
    try:
        adapter.validate_python(parsed)
    except ValidationError as error:
        return [*unknown, str(error)[:2000]]
    return unknown


def _inherited(form: Any) -> dict[str, Any]:
    bases = getattr(form, "__orig_bases__", ())
    return {name: 1 for base in bases for name in getattr(base, "__annotations__", {})}


def sent_photo(request: dict[str, Any]) -> bytes:
    """The bytes behind the data URL of either API."""
    if "input" in request:
        url = request["input"][0]["content"][0]["image_url"]
    else:
        url = request["messages"][1]["content"][0]["image_url"]["url"]
    head, _, coded = url.partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(coded, validate=True)


def packed(vector: list[float]) -> str:
    """As OpenAI writes ``encoding_format=base64``."""
    import struct

    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
