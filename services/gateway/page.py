"""The built page, from memory: only what was there at the start can be asked for."""

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import structlog
from fastapi import APIRouter, Request, Response

from services.common.problems import Problem

log = structlog.get_logger(__name__)

INDEX = "index.html"
#: Vite names these files after their content.
HASHED = "assets/"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"
ASK_AGAIN = "no-cache"
#: ``connect-src``: a store that takes photos itself is said after it.
POLICY = (
    "default-src 'self'; connect-src 'self'{store}; img-src 'self' blob: data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Addresses that are nobody's page.
NO_PAGES = ("api/", "internal/", "assets/")
SMALL = 1024  # bytes that are not worth packing
PACKABLE = ("text/", "application/json", "image/svg+xml", "application/manifest+json")
MISSING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>imgcap</title>
<h1>The page is not built</h1><p>Run <code>make run</code>, which builds it.
The API is here all the same: <a href="/docs">/docs</a>.</p></html>
"""


@dataclass(frozen=True)
class File:
    content: bytes
    packed: bytes | None
    etag: str
    media_type: str
    cache: str
    policy: str

    @classmethod
    def of(cls, name: str, content: bytes, store: str = "") -> "File":
        media_type = _media_type(name)
        packable = len(content) > SMALL and media_type.startswith(PACKABLE)
        cache = FOR_EVER if name.startswith(HASHED) else FOR_AN_HOUR
        return cls(
            content=content,
            packed=gzip.compress(content, 6, mtime=0) if packable else None,
            etag=f'"{sha256(content).hexdigest()[:32]}"',
            media_type=media_type,
            cache=ASK_AGAIN if name == INDEX else cache,
            policy=POLICY.format(store=f" {store}" if store else ""),
        )

    def answer(self, request: Request, status: int = 200) -> Response:
        headers = {
            "ETag": self.etag,
            "Cache-Control": self.cache,
            "Content-Security-Policy": self.policy,
            "Vary": "Accept-Encoding",
        }
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = self.content
        if self.packed and "gzip" in request.headers.get("accept-encoding", ""):
            content, headers["Content-Encoding"] = self.packed, "gzip"
        return Response(content, status, headers, self.media_type)


def _media_type(name: str) -> str:
    if name.endswith(".webmanifest"):
        return "application/manifest+json"
    if name.endswith(".js"):
        return "text/javascript"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def read_page(folder: Path, store: str = "") -> dict[str, File]:
    """Every file of the built page by its address; ``store`` may be sent photos from it."""
    files = {
        name: File.of(name, path.read_bytes(), store)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (name := path.relative_to(folder).as_posix()).startswith(".")
    }
    if INDEX not in files:
        log.warning("the page is not built", folder=str(folder))
    return files


def page_routes(folder: Path, store: str = "") -> APIRouter:
    """For everything that no other route wants, so it comes last."""
    files = read_page(folder, store)
    router = APIRouter()

    @router.api_route("/{address:path}", methods=["GET", "HEAD"], include_in_schema=False)
    async def page(request: Request, address: str) -> Response:
        file = files.get(address or INDEX)
        if file is None and _may_be_a_page(request, address):
            file = files.get(INDEX)
            if file is None:
                return Response(MISSING, 503, media_type="text/html")
        if file is None:
            raise Problem(404, "no-such-page", "there is nothing here")
        return file.answer(request)

    return router


def _may_be_a_page(request: Request, address: str) -> bool:
    """The page knows its own addresses; what a program or an <img> asks for is none of them."""
    if f"{address}/".startswith(NO_PAGES) or "." in address.rpartition("/")[2]:
        return False
    return not address or "text/html" in request.headers.get("accept", "")
