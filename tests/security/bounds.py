"""What of the API's description says how long, how many and how large; and what does not."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: Formats that a parser of theirs bounds.
BOUNDED = {"uuid", "date", "date-time", "binary"}
#: A pattern from start to end without "any number of".
FIXED = re.compile(r"^\^[^*+]*\$$")


def unbounded(spec: Mapping[str, Any]) -> Iterator[str]:
    """Every place where a caller may send as much as he likes."""
    for path, calls in spec["paths"].items():
        for method, call in calls.items():
            where = f"{method.upper()} {path}"
            for parameter in call.get("parameters", ()):
                yield from _loose(spec, parameter["schema"], f"{where} {parameter['name']}", ())
            for media, content in call.get("requestBody", {}).get("content", {}).items():
                yield from _loose(spec, content.get("schema", {}), f"{where} {media}", ())


def _loose(
    spec: Mapping[str, Any], schema: Mapping[str, Any], where: str, seen: tuple[str, ...]
) -> Iterator[str]:
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        if name not in seen:
            yield from _loose(spec, spec["components"]["schemas"][name], where, (*seen, name))
        return
    for kind in ("anyOf", "oneOf", "allOf"):
        choices = schema.get(kind, ())
        # A decimal may come as a string too; its number says how large it may be.
        decimal = any(choice.get("type") == "number" for choice in choices)
        for choice in choices:
            if decimal and choice.get("type") == "string":
                continue
            yield from _loose(spec, choice, where, seen)
    if "enum" in schema or "const" in schema:
        return
    for name, part in schema.get("properties", {}).items():
        yield from _loose(spec, part, f"{where}.{name}", seen)
    yield from _own(schema, where)
    if "items" in schema:
        yield from _loose(spec, schema["items"], f"{where}[]", seen)


def _ends(schema: Mapping[str, Any]) -> bool:
    if "maxLength" in schema or schema.get("format") in BOUNDED:
        return True
    return bool(FIXED.match(str(schema.get("pattern", ""))))


def _own(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    match schema.get("type"):
        case "string" if not _ends(schema):
            yield f"{where}: a string without end"
        case "integer" | "number":
            if not ({"minimum", "exclusiveMinimum"} & schema.keys()):
                yield f"{where}: a number without a least"
            if not ({"maximum", "exclusiveMaximum"} & schema.keys()):
                yield f"{where}: a number without a most"
        case "array" if "maxItems" not in schema:
            yield f"{where}: a list without end"
        case "object" if schema.get("additionalProperties") and "maxProperties" not in schema:
            yield f"{where}: an object without end"
