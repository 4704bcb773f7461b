"""Where words lie: asked of the embedder, remembered here."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from services.common.vectors import Vector
from services.search.apply import add_tag_vectors, model_of
from services.search.database import Pool
from services.search.sql import SQL

log = structlog.get_logger(__name__)

REMEMBERED = 10_000
AT_ONCE = 64  # texts of one request
LONGEST = 300  # characters the embedder takes


class EmbedderAway(Exception):
    """No vector can be had for words never seen before."""


class Placed(BaseModel):
    model: str
    dimensions: int
    vectors: list[Vector]


class Meaning:
    """A client of the embedder with the most recent words in memory. Safe to share by threads."""

    def __init__(self, url: str, *, timeout: float = 2.0) -> None:
        self._client = httpx.Client(base_url=url, timeout=timeout)
        self._known: OrderedDict[str, tuple[float, ...]] = OrderedDict()
        self._lock = Lock()

    def close(self) -> None:
        self._client.close()

    def __call__(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """Raises ``EmbedderAway``."""
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        if new := [text for text in dict.fromkeys(texts) if text not in known]:
            placed = dict(zip(new, self.ask(new).vectors, strict=True))
            known |= placed
            self._remember(placed)
        return [known[text] for text in texts]

    def ask(self, texts: Sequence[str]) -> Placed:
        """Raises ``EmbedderAway``."""
        try:
            answer = self._client.post("/embed", json={"texts": [t[:LONGEST] for t in texts]})
            answer.raise_for_status()
            return Placed.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise EmbedderAway(repr(error)) from error

    def _remember(self, placed: dict[str, tuple[float, ...]]) -> None:
        with self._lock:
            self._known.update(placed)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def place_words(pool: Pool, meaning: Meaning) -> int:
    """Vectors for words that people added; how many."""
    with pool.connection() as db:
        words = db.execute(SQL["tags_without_vector"], {"limit": AT_ONCE}).fetchall()
    if not words:
        return 0
    try:
        placed = meaning.ask([text for _, _, text in words])
    except EmbedderAway as error:
        log.info("words wait for the embedder", words=len(words), error=str(error))
        return 0
    with pool.connection() as db:
        model_id = model_of(db, placed.model, placed.dimensions)
        ids = [tag_id for tag_id, _, _ in words]
        add_tag_vectors(db, model_id, list(zip(ids, placed.vectors, strict=True)))
    return len(words)
