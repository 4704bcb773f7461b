"""What a worker asks search: is anybody still waiting for this photo's result?"""

import httpx
from pydantic import SecretStr, ValidationError

from services.common import tracing
from services.common.api import PhotoState
from services.common.errors import TryAgain
from services.common.events import Event
from services.common.internal import credentials

#: Search answers in a millisecond; a worker that waits longer for it only holds a thread.
PATIENCE = 2.0


class Record:
    """Search's record of a photo, read over its internal API. Connects at the first question."""

    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        # Search stands inside, so whatever proxy the environment names is not for it.
        self._client = httpx.Client(
            base_url=search_url, headers=credentials(token), timeout=patience, trust_env=False
        )

    def state(self, event: Event) -> PhotoState | None:
        """None when the photo is gone. Raises ``TryAgain`` when search cannot say."""
        try:
            path = f"/photos/{event.photo_id}/state"
            with tracing.calling("search", f"GET {path}") as headers:
                answer = self._client.get(
                    f"/internal/v1{path}", params={"owner": event.owner}, headers=headers
                )
            # Any web server says 404: only search's own words mean that the photo is gone.
            if answer.status_code == 404 and answer.json().get("code") == "no-such-photo":
                return None
            state = PhotoState.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError, ValueError, AttributeError) as error:
            raise TryAgain(
                f"search does not answer: {type(error).__name__}", code="search-away", counts=False
            ) from error
        return None if state.gone else state

    def close(self) -> None:
        self._client.close()


def awaits(state: PhotoState | None, event: Event) -> bool:
    """False for a photo that is gone or has begun another life since the event."""
    return state is not None and state.generation == event.generation
