"""A provider of OpenID Connect on loopback that can lie in every way that matters."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "imgcap-test", "between us"


@dataclass
class Provider:
    """``codes``: for whom a code stands, and what was asked when it was given."""

    issuer: str = ""
    lie: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    strange: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def agree(self, subject: str, question: dict[str, str]) -> str:
        """Somebody has signed in there: the code that the browser brings back."""
        code = f"code{len(self.codes)}"
        self.codes[code] = (subject, question)
        return code

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        known = self.codes.pop(form.get("code", ""), None)
        if known is None or form.get("client_secret") != SECRET:
            return None
        subject, question = known
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != question["code_challenge"]:
            return None
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": subject,
            "nonce": question["nonce"],
            "iat": now,
            "exp": now + 300,
        }
        lies: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "of somebody else"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "audience": {"aud": "another client"},
            "issuer": {"iss": "https://elsewhere.example.org"},
        }
        claims |= lies.get(self.lie, {})
        return {"id_token": self._signed(claims), "access_token": "unused", "token_type": "Bearer"}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.lie == "none":
            parts = ({"alg": "none"}, claims)
            plain = (urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
            return ".".join(part.rstrip("=") for part in plain) + "."
        key = self.strange if self.lie == "key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def page(self, path: str) -> dict[str, Any] | None:
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/jwks",
                }
            case "/jwks":
                return {"keys": [self.key.as_dict(private=False)]}
        return None


@contextmanager
def a_provider() -> Iterator[Provider]:
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(provider.page(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(provider.token(form) if self.path == "/token" else None)

        def _answer(self, told: dict[str, Any] | None) -> None:
            body = json.dumps(told or {"error": "invalid_grant"}).encode()
            self.send_response(200 if told else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """It is no news."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
