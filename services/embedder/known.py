"""Words that the gallery has placed before: search knows them, nobody pays for them again."""

from collections.abc import Sequence

import httpx
import numpy as np
import structlog
from pydantic import SecretStr, ValidationError

from services.common import tracing
from services.common.internal import credentials
from services.common.money import KnownVectors, WantedVectors
from services.embedder.memory import Memory, Row

log = structlog.get_logger(__name__)

PATIENCE = 2.0
AT_ONCE = 400


class KnownWords:
    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        base = f"{search_url.rstrip('/')}/internal/v1"
        self._client = httpx.Client(
            base_url=base, headers=credentials(token), timeout=patience, trust_env=False
        )

    def teach(self, memory: Memory, texts: Sequence[str]) -> None:
        """Let ``memory`` know what search knows of ``texts``. Without search it learns nothing."""
        unknown = [text for text in texts if text not in memory.known(texts)]
        if unknown:
            memory.learn(self._ask(memory, unknown[:AT_ONCE]))

    def close(self) -> None:
        self._client.close()

    def _ask(self, memory: Memory, texts: Sequence[str]) -> dict[str, Row]:
        embedder = memory.embedder
        wanted = WantedVectors(
            model=embedder.model, dimensions=embedder.dimensions, texts=list(texts)
        )
        try:
            with tracing.calling("search", "POST /vectors:known") as headers:
                body = wanted.model_dump()
                answer = self._client.post("/vectors:known", json=body, headers=headers)
            found = KnownVectors.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            log.info("search does not say what it knows", error=type(error).__name__)
            return {}
        return {
            text: np.array(vector, np.float32)
            for text, vector in found.vectors.items()
            if len(vector) == embedder.dimensions
        }
