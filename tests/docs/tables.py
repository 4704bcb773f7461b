"""The tables of the docs, made from events, settings, routes and the Makefile."""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_settings import BaseSettings

from services.common.events import Event
from services.common.settings import CommonSettings
from services.common.topology import LIVE, SUBSCRIPTIONS
from services.embedder.settings import Settings as EmbedderSettings
from services.gateway.app import create_app
from services.gateway.settings import Settings as GatewaySettings
from services.search.settings import Settings as SearchSettings
from services.tagger.settings import Settings as TaggerSettings
from tests.docs.matrix import inner, matrix

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, type[BaseSettings]] = {
    "every service": CommonSettings,
    "gateway": GatewaySettings,
    "tagger": TaggerSettings,
    "embedder": EmbedderSettings,
    "search": SearchSettings,
}
#: Fields of every event, said once above the table.
SHARED = set(Event.model_fields)


def events() -> str:
    return _table(("event", "heard by", "carries"), map(_event_row, Event.registry.values()))


def _event_row(event: type[Event]) -> tuple[str, ...]:
    heard = [service for service, names in SUBSCRIPTIONS.items() if event in names]
    heard += ["open pages (by the gateways)"] if event in LIVE else []
    fields = [name for name in event.model_fields if name not in SHARED]
    return f"`{event.name}`", ", ".join(heard), ", ".join(fields)


def settings() -> str:
    return "\n\n".join(
        f"### {name[0].upper()}{name[1:]}\n\n" + _table(("variable", "default", "what"), rows)
        for name, rows in _settings_rows()
    )


def _settings_rows() -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    common = {row[0] for row in _variables(CommonSettings)}
    for name, model in SETTINGS.items():
        rows = list(_variables(model))
        own = rows if model is CommonSettings else [row for row in rows if row[0] not in common]
        yield name, own


def _variables(model: type[BaseModel], prefix: str = "IMGCAP_") -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(default, BaseModel):
            yield from _variables(type(default), f"{variable}__")
        else:
            yield f"`{variable}`", _shown(default), field.description or ""


def _shown(default: Any) -> str:
    """Secrets of the defaults are no secrets, but nobody should get used to seeing any."""
    if default in (None, "") or "Secret" in type(default).__name__:
        return ""
    if isinstance(default, Path) and default.is_relative_to(tempfile.gettempdir()):
        return "in the temporary folder"
    return f"`{default}`"


def routes() -> str:
    spec = inner(create_app(GatewaySettings())).openapi()
    rows = [
        (
            f"`{method.upper()} {path}`",
            " ".join(call.get("description", "").split("\n\n")[0].split()),
        )
        for path, calls in sorted(spec["paths"].items())
        for method, call in calls.items()
    ]
    return _table(("call", "does"), rows)


def _first_sentence(call: dict[str, Any]) -> str:
    """The first paragraph of a route's docstring, on one line."""
    return " ".join(call.get("description", "").split("\n\n")[0].split())


def targets() -> str:
    text = (ROOT / "Makefile").read_text()
    rows = re.findall(r"^([a-z0-9-]+):  ## (.+)$", text, re.MULTILINE)
    return _table(("command", "does"), ((f"`make {name}`", does) for name, does in rows))


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


#: Which table stands in which file, between ``<!-- name -->`` and ``<!-- end -->``.
TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "events": ("README.md", events),
    "targets": ("README.md", targets),
    "settings": ("docs/settings.md", settings),
    "routes": ("docs/api.md", routes),
    "matrix": ("docs/security-matrix.md", matrix),
}


def written(text: str, name: str, table: str) -> str:
    """Raises ``ValueError`` if the file has no place for the table."""
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"there is no <!-- {name} --> … <!-- end -->")
    return pattern.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)
