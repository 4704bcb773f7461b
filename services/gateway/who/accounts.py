"""Accounts as search knows them, remembered for moments."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from services.common.accounts import Who
from services.common.problems import Problem
from services.gateway.search import SearchService
from services.gateway.who.tokens import KEY, hash_of

Answer = TypeVar("Answer", bound=BaseModel)

#: Seconds after which a revoked session or key is out, through every gateway.
FRESH = 5.0
LARGEST = 10_000
Params = Mapping[str, Any]


class Accounts:
    def __init__(self, search: SearchService) -> None:
        self._search = search
        self._known: OrderedDict[str, tuple[float, Who]] = OrderedDict()

    async def ask(
        self, method: str, path: str, asked: BaseModel | None, params: Params | None = None
    ) -> bytes:
        """Raises ``Problem``, search's own."""
        content = asked.model_dump_json().encode() if asked else None
        answer = await self._search.pass_on(
            method, path, params or {}, content=content, again=False
        )
        if answer.status_code >= 400:
            raise _problem(bytes(answer.body), answer.status_code)
        return bytes(answer.body)

    async def read(
        self,
        model: type[Answer],
        method: str,
        path: str,
        asked: BaseModel | None = None,
        params: Params | None = None,
    ) -> Answer:
        return model.model_validate_json(await self.ask(method, path, asked, params))

    async def by_cookie(self, token: str) -> Who:
        digest = hash_of(token)
        return await self._recall(digest, "/who:session", {"token_hash": digest})

    async def by_key(self, key: str) -> Who:
        if not (parts := KEY.fullmatch(key)):
            return Who()
        asked = {"key_id": parts[1], "secret_hash": hash_of(parts[2])}
        return await self._recall(hash_of(key), "/who:key", asked)

    async def anybody(self) -> Who:
        return await self._recall("anybody", "/who:anybody", None)

    def recalled(self, token: str) -> Who | None:
        """Without asking: for what must not wait."""
        known = self._known.get(hash_of(token))
        return known[1] if known and known[0] > time.monotonic() else None

    def forget(self) -> None:
        """What was changed here is seen here at once."""
        self._known.clear()

    async def _recall(self, digest: str, path: str, asked: dict[str, str] | None) -> Who:
        now = time.monotonic()
        if (known := self._known.get(digest)) and known[0] > now:
            return known[1]
        who = await self.read(
            Who, "POST" if asked else "GET", path, _Asked(asked) if asked else None
        )
        self._known[digest] = (now + FRESH, who)
        if len(self._known) > LARGEST:
            self._known.popitem(last=False)
        return who


class _Asked(BaseModel):
    model_config = {"extra": "allow"}

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(**fields)


def _problem(body: bytes, status: int) -> Problem:
    try:
        told = _Told.model_validate_json(body)
    except ValueError:
        return Problem(502, "search-odd", "the gallery answered oddly; try again")
    return Problem(status, told.code, told.detail)


class _Told(BaseModel):
    code: str
    detail: str
