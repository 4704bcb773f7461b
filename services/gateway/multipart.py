"""A form's photos, one after the other, as they come in: nothing is read ahead of its reader."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.common.problems import Problem

#: A form sends photos; whatever else it sends must be small.
FIELD_BYTES = 64 * 1024
FIELDS = 100


@dataclass(frozen=True)
class Piece:
    """What the parser saw: a part that begins (``text`` is its file name), bytes, or its end."""

    what: Literal["begin", "bytes", "end"]
    content: bytes = b""


class Form:
    """Give it a request's body, iterate over its files, and read each before the next."""

    def __init__(self, content_type: str, body: AsyncIterator[bytes], *, max_files: int) -> None:
        _, options = parse_options_header(content_type)
        if not options.get(b"boundary"):
            raise bad_form("the form names no boundary")
        self._body, self._max_files = body, max_files
        self._seen: deque[Piece] = deque()
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""
        self._is_file, self._fields, self._files, self._field_bytes = False, 0, 0, 0
        self._ended = False
        self._failure: Problem | None = None
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._part_bytes,
                    "on_part_end": self._part_ends,
                    "on_end": self._form_ends,
                },
            )
        except FormParserError as error:
            raise bad_form(str(error)) from error

    async def files(self) -> AsyncIterator[str]:
        """The claimed names. Raises ``Problem`` when the form is broken or has too many parts."""
        while (piece := await self._next()) is not None:
            if piece.what == "begin":
                yield piece.content.decode("utf-8", "replace")

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the file that was named last."""
        while (piece := await self._next()) is not None:
            if piece.what == "end":
                return
            yield piece.content
        raise bad_form("the form ends within a photo")

    async def _next(self) -> Piece | None:
        while not self._seen:
            if self._failure:
                raise self._failure
            try:
                portion = await anext(self._body)
            except StopAsyncIteration:
                if not self._ended:
                    raise bad_form("the form is cut short") from None
                return None
            if self._ended:
                continue  # an epilogue, which nobody reads
            self._parse(portion)
        return self._seen.popleft()

    def _parse(self, portion: bytes) -> None:
        """What was seen before a fault is still good, so the fault comes after it."""
        try:
            self._parser.write(portion)
        except FormParserError:
            self._failure = bad_form("this is not a form")
        except Problem as problem:
            self._failure = problem

    # --- what the parser tells us

    def _part_begins(self) -> None:
        self._headers, self._is_file = {}, False

    def _header_name(self, portion: bytes, start: int, end: int) -> None:
        self._name += portion[start:end]

    def _header_value(self, portion: bytes, start: int, end: int) -> None:
        self._value += portion[start:end]

    def _header_ends(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._is_file = b"filename" in options
        if self._is_file:
            self._files += 1
            self._seen.append(Piece("begin", options[b"filename"]))
        else:
            self._fields += 1
        if self._files > self._max_files or self._fields > FIELDS:
            raise Problem(
                413, "too-many-files", f"a form may bring at most {self._max_files} photos"
            )

    def _part_bytes(self, portion: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._seen.append(Piece("bytes", portion[start:end]))
            return
        self._field_bytes += end - start
        if self._field_bytes > FIELD_BYTES:
            raise bad_form("a field that is no photo is too large")

    def _part_ends(self) -> None:
        if self._is_file:
            self._seen.append(Piece("end"))

    def _form_ends(self) -> None:
        self._ended = True


def bad_form(detail: str) -> Problem:
    return Problem(400, "bad-form", detail)
