"""The three questions that every photo asks, answered before any routing.

An upload asks for a photo's state, a reservation and a commit; a worker that is to pay asks for the
state twice. Routing, dependencies and the validation of answers take longer than all that these
questions are about. They call the routes' own functions, so there is one meaning; whatever is not
just as our services send it goes on to the routes, which say what is wrong with it.
"""

import re
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qs
from uuid import UUID

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.lifecycle import Reservation
from services.search import routes
from services.search.problems import PROBLEMS, problem_of
from services.search.state import State

STATE = re.compile(r"/internal/v1/photos/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/state")
COMMIT = re.compile(r"/internal/v1/photos/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):commit")
RESERVE = "/internal/v1/photos:reserve"
OWNER = re.compile(r"[^\x00-\x1f]{1,100}")
KNOWN = tuple(PROBLEMS)

Call = Callable[[], Response]


class Hot:
    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        call, receive = await self._call(scope, receive)
        if call is None:
            return await self._app(scope, receive, send)
        try:
            response = await run_in_threadpool(call)
        except KNOWN as error:
            response = problem_of(error).response()
        await response(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive) -> tuple[Call | None, Receive]:
        """None for what the routes shall judge, and the body once more for them."""
        path = scope["path"]
        if scope["method"] == "GET":
            return self._state_of(path, scope["query_string"]), receive
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
        given = parse_qs(query.decode("ascii", "replace"), keep_blank_values=True)
        owner = given.pop("owner", [""])
        if given or len(owner) != 1 or not OWNER.fullmatch(owner[0]):
            return None
        return partial(routes.photo_state, UUID(asked[1]), self._state, owner[0])


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
