"""What a worker asks search: is anybody still waiting for this photo's result?"""

import json

from pydantic import SecretStr

from services.common import tracing
from services.common.errors import TryAgain
from services.common.events import Event
from services.common.lifecycle import PhotoState
from services.common.line import Line, NoAnswer

#: Search answers in a millisecond; a worker that waits longer for it only holds a thread.
PATIENCE = 2.0


class Record:
    """Search's record of a photo, read over its internal API. Connects at the first question."""

    def __init__(
        self, search_url: str, token: SecretStr | None = None, *, patience: float = PATIENCE
    ) -> None:
        self._search = Line(search_url, token, patience=patience)

    def state(self, event: Event) -> PhotoState | None:
        """None when the photo is gone. Raises ``TryAgain`` when search cannot say."""
        try:
            path = f"/photos/{event.photo_id}/state"
            with tracing.calling("search", f"GET {path}") as headers:
                answer = self._search.get(f"/internal/v1{path}", {"owner": event.owner}, headers)
            # Any web server says 404: only search's own words mean that the photo is gone.
            if answer.status == 404 and json.loads(answer.content).get("code") == "no-such-photo":
                return None
            state = PhotoState.model_validate_json(answer.told())
        except (NoAnswer, ValueError, AttributeError) as error:
            raise TryAgain(
                f"search does not answer: {type(error).__name__}", code="search-away", counts=False
            ) from error
        return None if state.gone else state

    def close(self) -> None:
        self._search.close()


def awaits(state: PhotoState | None, event: Event) -> bool:
    """False for a photo that is gone or has begun another life since the event."""
    return state is not None and state.generation == event.generation
