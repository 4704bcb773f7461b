"""Words and numbers that no person would type, and the ways in which an API may be told them."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

STRINGS: tuple[str, ...] = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\uffff",
    "\U0010ffff",
    "a" * 5_000,
    "é" * 300,
    "e\u0301" * 130,
    "\u202egpj.exe",
    "\u200b",
    "\r\nSet-Cookie: a=b",
    "%",
    "%00",
    "%_\\",
    "'; DROP TABLE photo; --",
    "' OR '1'='1",
    '"',
    "a & | ! ( ) <-> :*",
    "((((((((((" * 20,
    "not not not or and -",
    "{}",
    "[[]]",
    "{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "file:///etc/passwd",
    "http://169.254.169.254/",
    "-1",
    "0",
    "2147483648",
    "9223372036854775808",
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "0x1f",
    "١٢٣",
    "true",
    "null",
    "2026-02-30",
    "9999999999-01-01",
    "00000000-0000-0000-0000-00000000000g",
)
NUMBERS: tuple[Any, ...] = (-1, 0, 2**31, 2**63, -(2**63) - 1, 1.5, 1e308, True, None, [], {}, "1")
NOBODY = "00000000-0000-0000-0000-000000000000"
#: These never end, or take photos: they have tests of their own.
APART = {("get", "/api/events"), ("post", "/api/photos")}


@dataclass(frozen=True)
class Call:
    """``raw`` goes on the wire as it is: a library would refuse to send some of it."""

    method: str
    raw: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    where: str = ""


def calls(spec: Mapping[str, Any]) -> Iterator[Call]:
    """Every parameter of every call, with every hostile value; the others are as they should be."""
    for path, methods in spec["paths"].items():
        for method, call in methods.items():
            if (method, path) in APART:
                continue
            parameters = call.get("parameters", ())
            body = call.get("requestBody", {}).get("content", {}).get("application/json")
            schema = _resolved(spec, body["schema"]) if body else None
            good = _example(spec, schema) if schema else None
            for parameter in parameters:
                for text in STRINGS:
                    yield _with(method, path, parameters, parameter, text, good)
            for odd in _odd_bodies(good) if body else ():
                where = f"{method} {path} body"
                yield Call(method, _address(path, parameters), odd, where=where)


def _with(
    method: str, path: str, parameters: Any, hostile: Mapping[str, Any], text: str, body: Any
) -> Call:
    where = f"{method} {path} {hostile['name']} {text[:30]!r}"
    if hostile["in"] == "header":
        value = text.encode("latin-1", "ignore").decode("latin-1")
        value = "".join(letter for letter in value if letter.isprintable()).strip()
        headers = {hostile["name"]: value}
        return Call(method, _address(path, parameters), body, headers, where)
    return Call(method, _address(path, parameters, {hostile["name"]: text}), body, where=where)


def _address(path: str, parameters: Any, given: Mapping[str, str] | None = None) -> str:
    query = []
    for parameter in parameters:
        name, schema = parameter["name"], parameter["schema"]
        value = (given or {}).get(name)
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", _quoted(value) if value else _plain(schema))
        elif parameter["in"] == "query" and (value is not None or parameter.get("required")):
            query.append(f"{name}={_quoted(value) if value is not None else _plain(schema)}")
    return f"{path}?{'&'.join(query)}" if query else path


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def _plain(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return str(schema["enum"][0])
    if schema.get("format") == "uuid":
        return NOBODY
    return "1" if schema.get("type") in ("integer", "number") else "a"


def _odd_bodies(good: Any) -> Iterator[Any]:
    yield from (None, [], {}, "a", 1, [good] * 3)
    for place, _ in _leaves(good, ()):
        for value in (*(text for text in STRINGS if "\ud800" not in text), *NUMBERS):
            yield _put(good, place, value)


def _leaves(body: Any, place: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(body, dict):
        for name, part in body.items():
            yield from _leaves(part, (*place, name))
    elif isinstance(body, list) and body:
        yield from _leaves(body[0], (*place, 0))
    else:
        yield place, body


def _put(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = deepcopy(body)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return changed


def _resolved(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = spec["components"]["schemas"][str(schema["$ref"]).rsplit("/", 1)[-1]]
    return schema


def _example(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Something of the right shape, down to one element of every list."""
    schema = _resolved(spec, schema)
    for kind in ("anyOf", "oneOf"):
        if kind in schema:
            return _example(spec, schema[kind][0])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {
                name: _example(spec, part) for name, part in schema.get("properties", {}).items()
            }
        case "array":
            return [_example(spec, schema.get("items", {}))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
    return NOBODY if schema.get("format") == "uuid" else "a"
