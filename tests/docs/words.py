"""The words of the gateway's API in TypeScript, so that page and gateway cannot disagree."""

from collections.abc import Iterator
from typing import Any

from services.gateway.app import create_app
from services.gateway.settings import Settings

PATH = "web/src/api/schema.ts"
HEAD = "/** The gateway's words, by `python -m tests.docs` from its OpenAPI: do not edit. */\n"
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
#: FastAPI's own, of which the gateway says nothing: its errors are problem+json.
UNSAID = {"HTTPValidationError", "ValidationError"}
REF = "#/components/schemas/"


def words() -> str:
    """One interface for each model, by name."""
    spec = _described()
    asked = set(_reached(spec, _bodies(spec)))
    models = sorted(spec["components"]["schemas"].items())
    return HEAD + "".join(
        f"\n{_declared(name, model, asked=name in asked)}"
        for name, model in models
        if name not in UNSAID
    )


def _described() -> dict[str, Any]:
    app: Any = create_app(Settings())
    while not hasattr(app, "openapi"):
        app = app._app
    described: dict[str, Any] = app.openapi()
    return described


def _bodies(spec: dict[str, Any]) -> Iterator[Any]:
    for calls in spec["paths"].values():
        for call in calls.values():
            yield call.get("requestBody", {})


def _reached(spec: dict[str, Any], parts: Any) -> Iterator[str]:
    """The models that parts of the description name, and those that these name."""
    waiting, seen = list(parts), set[str]()
    while waiting:
        match waiting.pop():
            case {"$ref": str(ref)} if (name := ref.removeprefix(REF)) not in seen:
                seen.add(name)
                yield name
                waiting.append(spec["components"]["schemas"][name])
            case dict() as part:
                waiting.extend(part.values())
            case list() as part:
                waiting.extend(part)


def _declared(name: str, model: dict[str, Any], *, asked: bool) -> str:
    told = f"/** {_line(model['description'])} */\n" if model.get("description") else ""
    if "properties" not in model:
        return f"{told}export type {name} = {_typed(model)};\n"
    fields = "".join(
        f"  {field}{_optional(model, field, asked=asked)}: {_typed(kind)};\n"
        for field, kind in model["properties"].items()
    )
    return f"{told}export interface {name} {{\n{fields}}}\n"


def _optional(model: dict[str, Any], field: str, *, asked: bool) -> str:
    """An answer always has all its fields; of what is asked, defaults may be left out."""
    return "?" if asked and field not in model.get("required", ()) else ""


def _typed(kind: dict[str, Any]) -> str:
    match kind:
        case {"$ref": str(ref)}:
            return ref.removeprefix(REF)
        case {"enum": list(values)}:
            return " | ".join(f'"{value}"' for value in values)
        case {"const": value}:
            return f'"{value}"'
        case {"anyOf": list(kinds)}:
            return " | ".join(dict.fromkeys(_typed(one) for one in kinds))
        case {"type": "null"}:
            return "null"
        case {"type": "array", "prefixItems": list(items)}:
            return f"[{', '.join(_typed(item) for item in items)}]"
        case {"type": "array", "items": dict(item)}:
            inner = _typed(item)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": "object", "additionalProperties": dict(value)}:
            return f"Record<{_keyed(kind)}, {_typed(value)}>"
        case {"type": str(plain)} if plain in PLAIN:
            return PLAIN[plain]
    return "Record<string, unknown>" if kind.get("type") == "object" else "unknown"


def _keyed(kind: dict[str, Any]) -> str:
    names = kind.get("propertyNames", {})
    return _typed(names) if names.get("enum") or "$ref" in names else "string"


def _line(text: str) -> str:
    """The first paragraph on one line."""
    return " ".join(text.split("\n\n")[0].split())
