"""Words that the gallery has placed before: search knows them, nobody pays for them again."""

from collections.abc import Sequence

import numpy as np
import structlog
from pydantic import SecretStr

from services.common import tracing
from services.common.line import Line, NoAnswer
from services.common.money import KnownVectors, WantedVectors
from services.embedder.memory import Memory, Row

log = structlog.get_logger(__name__)

PATIENCE = 2.0
AT_ONCE = 400


class KnownWords:
    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        self._search = Line(search_url, token, patience=patience)

    def teach(self, memory: Memory, texts: Sequence[str]) -> None:
        """Let ``memory`` know what search knows of ``texts``. Without search it learns nothing."""
        unknown = [text for text in texts if text not in memory.known(texts)]
        if unknown:
            memory.learn(self._ask(memory, unknown[:AT_ONCE]))

    def close(self) -> None:
        self._search.close()

    def _ask(self, memory: Memory, texts: Sequence[str]) -> dict[str, Row]:
        embedder = memory.embedder
        wanted = WantedVectors(
            model=embedder.model, dimensions=embedder.dimensions, texts=list(texts)
        )
        try:
            with tracing.calling("search", "POST /vectors:known") as headers:
                answer = self._search.post(
                    "/internal/v1/vectors:known", wanted.model_dump_json().encode(), headers
                )
            found = KnownVectors.model_validate_json(answer.told())
        except (NoAnswer, ValueError) as error:
            log.info("search does not say what it knows", error=type(error).__name__)
            return {}
        return {
            text: np.array(vector, np.float32)
            for text, vector in found.vectors.items()
            if len(vector) == embedder.dimensions
        }
