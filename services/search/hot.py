"""The questions that every photo and every page asks, answered before any routing.

An upload asks for a photo's state, a reservation and a commit; a worker that is to pay asks for the
state twice; a page asks for photos, for matches, and for words at every key. Routing, dependencies
and the validation of answers take longer than much that these questions are about. They call the
routes' own functions, so there is one meaning; whatever is not just as our services send it goes on
to the routes, which say what is wrong with it.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from inspect import Parameter, signature
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.lifecycle import Reservation
from services.search import finding, routes
from services.search.language.syntax import BadQuery
from services.search.problems import PROBLEMS, problem_of
from services.search.state import State

STATE = re.compile(r"/internal/v1/photos/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/state")
COMMIT = re.compile(r"/internal/v1/photos/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):commit")
RESERVE = "/internal/v1/photos:reserve"
OWNER = re.compile(r"[^\x00-\x1f]{1,100}")
KNOWN = tuple(PROBLEMS)
#: As many as the routes have.
THREADS = 40

Call = Callable[[], Response]


class Lookup:
    """A route of which nothing is asked but the fields of its address."""

    def __init__(self, route: Callable[..., Response]) -> None:
        fields: dict[str, Any] = {
            name: (of.annotation, ... if of.default is Parameter.empty else of.default)
            for name, of in signature(route).parameters.items()
            if name != "state"
        }
        self._route = route
        self._asked: type[BaseModel] = create_model(
            route.__name__, __config__=ConfigDict(extra="forbid"), **fields
        )

    def call(self, state: State, query: bytes) -> Call | None:
        pairs = parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)
        given = dict(pairs)
        try:
            asked = self._asked.model_validate(given)
        except ValidationError:
            return None
        fields = {name: getattr(asked, name) for name in type(asked).model_fields}
        return partial(self._route, state=state, **fields) if len(given) == len(pairs) else None


LOOKUPS: Mapping[str, Lookup] = {
    "/internal/v1/photos": Lookup(routes.list_photos),
    "/internal/v1/search": Lookup(finding.search),
    "/internal/v1/tags": Lookup(finding.complete_tags),
}


class Hot:
    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state
        # Starlette's way into a thread costs a third of what a page of photos does.
        self._threads = ThreadPoolExecutor(THREADS, "hot")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        call, receive = await self._call(scope, receive)
        if call is None:
            return await self._app(scope, receive, send)
        try:
            response = await asyncio.get_running_loop().run_in_executor(
                self._threads, copy_context().run, call
            )
        except BadQuery:  # seldom, and the routes say where it is bad
            return await self._app(scope, receive, send)
        except KNOWN as error:
            response = problem_of(error).response()
        await response(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive) -> tuple[Call | None, Receive]:
        """None for what the routes shall judge, and the body once more for them."""
        path = scope["path"]
        if scope["method"] == "GET":
            lookup, query = LOOKUPS.get(path), scope["query_string"]
            asked = lookup.call(self._state, query) if lookup else self._state_of(path, query)
            return asked, receive
        commit = COMMIT.fullmatch(path)
        if scope["method"] != "POST" or not (commit or path == RESERVE):
            return None, receive
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return None, receive
        try:
            if commit:
                generation = routes.Commit.model_validate_json(body)
                return partial(routes.commit, UUID(commit[1]), generation, self._state), receive
            wanted = Reservation.model_validate_json(body)
        except ValidationError:
            return None, _again(body)
        return partial(routes.reserve, wanted, self._state), receive

    def _state_of(self, path: str, query: bytes) -> Call | None:
        if not (asked := STATE.fullmatch(path)):
            return None
        match parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True):
            case [("owner", owner)] if OWNER.fullmatch(owner):
                return partial(routes.photo_state, UUID(asked[1]), self._state, owner)
        return None


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
