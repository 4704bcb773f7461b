"""What the taggers see in a photo that is not kept."""

import asyncio

import structlog
from pydantic import BaseModel, SecretStr, ValidationError

from services.common import tracing
from services.common.events import Feeling, Tag
from services.common.internal import credentials
from services.common.problems import away
from services.gateway.line import Line, NoAnswer

log = structlog.get_logger(__name__)

#: A look takes a second or two on a busy machine; nobody waits longer for a search.
PATIENCE = 12.0
CONNECT = 2.0
AWAY = "nobody can look at photos now; try again in a moment"


class Seen(BaseModel):
    tags: tuple[Tag, ...]
    caption: str = ""
    feeling: Feeling | None = None


class Look:
    """A client of a tagger."""

    def __init__(self, url: str, token: SecretStr | None) -> None:
        self._tagger = Line(url, credentials(token), connect=CONNECT, silence=PATIENCE)

    async def close(self) -> None:
        await self._tagger.close()

    async def __call__(self, display: bytes) -> Seen:
        """Raises ``Problem``."""
        try:
            async with asyncio.timeout(PATIENCE):
                with tracing.calling("tagger", "POST /look") as headers:
                    answer = await self._tagger.send(
                        "POST", "/look", {}, content=display, headers=headers
                    )
            if answer.status == 200:
                return Seen.model_validate_json(answer.content)
            log.warning("no look", status=answer.status)
        except (NoAnswer, TimeoutError, ValidationError) as error:
            log.warning("no look", error=type(error).__name__)
        raise away("tagger-away", AWAY)
