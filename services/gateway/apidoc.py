"""/docs: the API on one page, made of the OpenAPI description and of nothing from elsewhere."""

import base64
from collections.abc import Iterator
from hashlib import sha256
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
pre { background: #8882; padding: .7rem; overflow-x: auto; border-radius: .4rem }
section { border-top: 1px solid #8886; padding: .4rem 0 }
h2 code { font-size: 1rem } b { display: inline-block; min-width: 4.5rem }
td, th { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top }
:root { color-scheme: light dark }
"""
STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'"
INTRODUCTION = """<h1>imgcap API</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1). Errors are
<code>application/problem+json</code> (RFC 9457) with a <code>code</code> that never changes.
Lists come in pages: pass <code>cursor</code> on to get the next one.</p>
<pre>curl -F file=@cat.jpg -F file=@dog.jpg {origin}/api/photos
curl -H 'Content-Type: image/jpeg' --data-binary @cat.jpg '{origin}/api/photos?filename=cat.jpg'
curl '{origin}/api/search?q=leading+lines'
curl -N {origin}/api/events</pre>
"""


def docs_routes(app: FastAPI) -> APIRouter:
    router = APIRouter()

    @router.get("/openapi.json", include_in_schema=False)
    async def described() -> JSONResponse:
        return JSONResponse(app.openapi())

    @router.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        page = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>imgcap API</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style>
{INTRODUCTION.format(origin="http://127.0.0.1:9000")}{"".join(_sections(app.openapi()))}</html>"""
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return Response(page, headers=headers, media_type="text/html")

    return router


def _sections(description: dict[str, Any]) -> Iterator[str]:
    for path, methods in description["paths"].items():
        for method, call in methods.items():
            if method == "head":
                continue
            yield f"<section><h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2>"
            for paragraph in call.get("description", "").split("\n\n"):
                yield f"<p>{escape(paragraph)}</p>"
            yield _table("parameters", _parameters(call))
            yield _table("answers", _answers(call))
            yield "</section>"


def _parameters(call: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for parameter in call.get("parameters", ()):
        required = ", required" if parameter.get("required") else ""
        told = parameter.get("description") or parameter["schema"].get("description", "")
        yield parameter["name"], f"in {parameter['in']}{required}. {told}"
    for media_type in call.get("requestBody", {}).get("content", ()):
        yield "body", media_type


def _answers(call: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for status, answer in sorted(call.get("responses", {}).items()):
        forms = ", ".join(answer.get("content", ()))
        yield status, f"{answer.get('description', '')} {forms}"


def _table(title: str, rows: Iterator[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(told)}</td></tr>"
        for name, told in rows
    )
    return f"<table><tr><th colspan=2>{title}</th></tr>{cells}</table>" if cells else ""
