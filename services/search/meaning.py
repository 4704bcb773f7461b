"""Where words lie: asked of the embedder once, remembered in memory and in the database."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Protocol

import numpy as np
import structlog
from pydantic import BaseModel, SecretStr

from services.common import tracing
from services.common.description import NOTHING_SEEN
from services.common.line import Line, NoAnswer
from services.common.vectors import Vector
from services.search.apply import add_tag_vectors, model_of
from services.search.database import AWAY, Db, Pool
from services.search.sql import SQL
from services.search.vocabulary import Floats, numbers_of, unit, vector_literal

log = structlog.get_logger(__name__)

REMEMBERED = 10_000  # texts in memory
KEPT = 100_000  # texts in the database
AT_ONCE = 64  # texts of one request
LONGEST = 300  # characters the embedder takes
PATIENCE = 2.0  # seconds to wait for somebody else's question

Key = tuple[int, str]


class EmbedderAway(Exception):
    """No vector can be had for words never seen before."""


class Placed(BaseModel):
    """``paid``: by somebody else's machine, as is any embedder that does not say."""

    model: str
    paid: bool = True
    dimensions: int
    vectors: list[Vector]


class Asked(Protocol):
    """Whoever places texts."""

    def ask(self, texts: Sequence[str], /) -> Placed:
        """Raises ``EmbedderAway``."""
        ...

    def close(self) -> None: ...


class Embedder:
    """A client of the embedder."""

    def __init__(self, url: str, token: SecretStr | None = None, *, timeout: float = 2.0) -> None:
        self._embedder = Line(url, token, patience=timeout)

    def close(self) -> None:
        self._embedder.close()

    def ask(self, texts: Sequence[str]) -> Placed:
        """Raises ``EmbedderAway``."""
        try:
            body = json.dumps({"texts": [text[:LONGEST] for text in texts]}).encode()
            with tracing.calling("embedder", "POST /embed") as headers:
                answer = self._embedder.post("/embed", body, headers)
            return Placed.model_validate_json(answer.told())
        except (NoAnswer, ValueError) as error:
            raise EmbedderAway(repr(error)) from error


class Meaning:
    """Vectors of query texts. Safe to share by threads; nobody asks twice at the same time."""

    def __init__(self, embedder: Asked) -> None:
        self._embedder = embedder
        self._paid: bool | None = None
        self._known: OrderedDict[Key, Floats] = OrderedDict()
        self._asked: dict[Key, Future[Floats]] = {}
        self._lock = Lock()

    def close(self) -> None:
        self._embedder.close()

    def ask(self, texts: Sequence[str]) -> Placed:
        placed = self._embedder.ask(texts)
        self._paid = placed.paid
        return placed

    def paid(self) -> bool:
        """Whether texts leave the house, as of the last answer. Raises ``EmbedderAway``."""
        return self.ask([NOTHING_SEEN]).paid if self._paid is None else self._paid

    def recall(self, db: Db, model_id: int, texts: Sequence[str]) -> dict[str, Floats]:
        """What is known already."""
        found: dict[str, Floats] = {}
        with self._lock:
            for text in texts:
                if (key := (model_id, text)) in self._known:
                    self._known.move_to_end(key)
                    found[text] = self._known[key]
        if new := [text for text in texts if text not in found]:
            rows = db.execute(SQL["known_vectors"], {"model_id": model_id, "texts": new})
            kept = {text: unit(numbers_of(v)) for text, v in rows}
            self._remember(model_id, kept)
            found |= kept
        return found

    def learn(self, pool: Pool, model_id: int, model: str, texts: Sequence[str]) -> None:
        """Ask for what ``recall`` did not know. Raises ``EmbedderAway``."""
        mine: dict[str, Future[Floats]] = {}
        others: list[Future[Floats]] = []
        with self._lock:
            for text in dict.fromkeys(texts):
                key = (model_id, text)
                if key in self._asked:
                    others.append(self._asked[key])
                elif key not in self._known:
                    self._asked[key] = mine[text] = Future()
        try:
            self._answer(pool, model_id, model, mine)
        finally:
            with self._lock:
                for text in mine:
                    self._asked.pop((model_id, text), None)
        for answer in others:
            try:
                answer.result(PATIENCE)
            except TimeoutError as error:
                raise EmbedderAway("somebody else waits for it too") from error

    def _answer(
        self, pool: Pool, model_id: int, model: str, mine: dict[str, Future[Floats]]
    ) -> None:
        texts = list(mine)
        try:
            for start in range(0, len(texts), AT_ONCE):
                some = texts[start : start + AT_ONCE]
                placed = self.ask(some)
                if placed.model != model:
                    raise EmbedderAway(f"the photos were placed by {model}, not {placed.model}")
                vectors = unit(np.array(placed.vectors, np.float32))
                known = dict(zip(some, vectors, strict=True))
                self._remember(model_id, known)
                keep(pool, model_id, known)
                for text, vector in known.items():
                    mine[text].set_result(vector)
        except Exception as error:
            away = error if isinstance(error, EmbedderAway) else EmbedderAway(repr(error))
            for answer in mine.values():
                if not answer.done():
                    answer.set_exception(away)
            raise away from error

    def _remember(self, model_id: int, known: dict[str, Floats]) -> None:
        with self._lock:
            self._known.update({(model_id, text): vector for text, vector in known.items()})
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


def keep(pool: Pool, model_id: int, known: dict[str, Floats]) -> None:
    """For other replicas and later days; a search goes on without it."""
    texts = [text for text in known if "\x00" not in text]
    vectors = [vector_literal(known[text]) for text in texts]
    try:
        with pool.connection() as db:
            db.execute(
                SQL["keep_vectors"], {"model_id": model_id, "texts": texts, "vectors": vectors}
            )
    except AWAY as error:
        log.info("query vectors are not kept", error=repr(error))


def place_words(pool: Pool, meaning: Meaning) -> int:
    """Vectors for words that people added; how many."""
    with pool.connection() as db:
        words = db.execute(SQL["tags_without_vector"], {"limit": AT_ONCE}).fetchall()
    try:
        shown = [row for row in words if row[2]]
        if len(shown) < len(words) and meaning.paid():
            words = shown
        if not words:
            return 0
        placed = meaning.ask([text for _, text, _ in words])
    except EmbedderAway as error:
        log.info("words wait for the embedder", words=len(words), error=str(error))
        return 0
    with pool.connection() as db:
        model_id = model_of(db, placed.model, placed.dimensions)
        ids = [tag_id for tag_id, _, _ in words]
        add_tag_vectors(db, model_id, list(zip(ids, placed.vectors, strict=True)))
    return len(words)
