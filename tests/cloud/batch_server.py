"""OpenAI's files and batches on loopback: uploads as forms, JSONL there and back, every status.

Requests are held against the SDK's own types, and so is each line of a file; what it answers is
made of the SDK's types too.
"""

import email
import email.policy
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, cast

from openai.types import Batch, FileObject
from openai.types.batch_create_params import BatchCreateParams
from pydantic import TypeAdapter

from tests.cloud.openai_server import SEEN, misfits, response
from tests.tagger.stubs import Reply, Server, answer

#: What a line of a batch is answered with: a line of its output or error file, or none at all.
Lines = Callable[[dict[str, Any]], dict[str, Any] | None]


def answered(line: dict[str, Any]) -> dict[str, Any]:
    return told(line, 200, response(json.dumps(SEEN)))


def told(line: dict[str, Any], status: int, body: dict[str, Any]) -> dict[str, Any]:
    """A request that the model was asked."""
    said = {"status_code": status, "request_id": "req_1", "body": body}
    return {"id": "batch_req_1", "custom_id": line["custom_id"], "response": said, "error": None}


def faulted(line: dict[str, Any], code: str, message: str = "no") -> dict[str, Any]:
    """A request that never came to the model."""
    error = {"code": code, "message": message}
    return {
        "id": "batch_req_2", "custom_id": line["custom_id"], "response": None, "error": error,
    }  # fmt: skip


class BatchServer(Server):
    """``line`` answers each line; ``first`` are answered before anything else, once each."""

    def __init__(self, line: Lines = answered, *first: Reply) -> None:
        super().__init__()
        self.line, self.first = line, list(first)
        self.files: dict[str, bytes] = {}
        self.uploads: list[bytes] = []
        self.batches: dict[str, dict[str, Any]] = {}
        self.deleted: list[str] = []
        self.faults: list[str] = []
        self.calls: list[str] = []
        self.looked = 0  # photos looked at one by one

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        path = request.path.partition("?")[0].removeprefix("/v1")
        self.calls.append(f"{request.command} {path}")
        if self.first:
            return self.first.pop(0)(request)
        match request.command, path.strip("/").split("/"):
            case "POST", ["responses"]:
                self.looked += 1
                answer(response(json.dumps(SEEN)))(request)
            case "POST", ["files"]:
                answer(self._upload(request, body))(request)
            case "POST", ["batches"]:
                answer(self._create(json.loads(body)))(request)
            case "GET", ["batches"]:
                every = list(reversed(self.batches.values()))
                answer({"object": "list", "data": every, "has_more": False})(request)
            case "GET", ["batches", name] if name in self.batches:
                answer(self.batches[name])(request)
            case "GET", ["files", name, "content"] if name in self.files:
                answer(self.files[name], Content_Type="application/binary")(request)
            case "DELETE", ["files", name]:
                self.deleted.append(name)
                answer({"id": name, "object": "file", "deleted": True})(request)
            case _:
                error = {"message": f"No such thing: {path}", "type": "invalid_request_error"}
                answer({"error": {**error, "param": None, "code": None}}, 404)(request)

    # --- what an operator there may do

    def end(self, name: str, status: str = "completed", *, errors: Any = None) -> None:
        """Each line is answered; a batch that failed has looked at none."""
        batch = self.batches[name]
        if status == "failed":
            batch |= {"errors": {"object": "list", "data": errors or []}, "status": status}
            return
        lines = [self.line(line) for line in self.lines(name)]
        good: list[str] = []
        bad: list[str] = []
        for line in filter(None, lines):
            well = line["response"] and line["response"]["status_code"] == 200
            (good if well else bad).append(json.dumps(line))
        for key, some in (("output_file_id", good), ("error_file_id", bad)):
            if some:
                batch[key] = self._keep("\n".join(some).encode() + b"\n")
        counts = {"total": len(lines), "completed": len(good), "failed": len(bad)}
        # Last, for somebody may look at any moment.
        batch |= {"request_counts": counts, "status": status}
        Batch.model_validate(batch)

    def lines(self, name: str) -> list[dict[str, Any]]:
        text = self.files[self.batches[name]["input_file_id"]]
        return [json.loads(line) for line in text.splitlines()]

    # --- the wire

    def _upload(self, request: BaseHTTPRequestHandler, body: bytes) -> dict[str, Any]:
        head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        fields: dict[str, bytes] = {}
        for part in form.iter_parts():
            name = part.get_param("name", header="content-disposition")
            fields[str(name)] = cast(bytes, part.get_payload(decode=True))
        if fields.get("purpose") != b"batch" or "file" not in fields:
            self.faults.append(f"an upload with {sorted(fields)}")
        if int(fields.get("expires_after[seconds]", b"0")) < 3600:
            self.faults.append("photos lie there for ever")
        self.uploads.append(body)
        name = self._keep(fields["file"])
        for line in fields["file"].splitlines():
            self.faults += self._misfits(json.loads(line))
        file = {
            "id": name, "object": "file", "bytes": len(fields["file"]), "created_at": 1,
            "filename": "photos.jsonl", "purpose": "batch", "status": "processed",
        }  # fmt: skip
        FileObject.model_validate(file)
        return file

    def _misfits(self, line: dict[str, Any]) -> list[str]:
        if (line["method"], line["url"]) != ("POST", "/v1/responses"):
            return [f"a line to {line['method']} {line['url']}"]
        if set(line) != {"custom_id", "method", "url", "body"}:
            return [f"a line with {sorted(line)}"]
        return misfits("/v1/responses", line["body"])

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        TypeAdapter(BatchCreateParams).validate_python(asked)
        self.faults += [name for name in asked if name not in BatchCreateParams.__annotations__]
        name, now = f"batch_{len(self.batches)}", int(time.time())
        self.batches[name] = {
            "id": name, "object": "batch", "endpoint": asked["endpoint"], "errors": None,
            "input_file_id": asked["input_file_id"], "completion_window": "24h",
            "status": "validating", "output_file_id": None, "error_file_id": None,
            "created_at": now, "expires_at": now + 86_400, "metadata": asked.get("metadata"),
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }  # fmt: skip
        Batch.model_validate(self.batches[name])
        return self.batches[name]

    def _keep(self, content: bytes) -> str:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return name
