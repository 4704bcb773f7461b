"""OpenAI as this command's environment has it: the model, the key's rights, the account's limits.

The model's page is free. What a key may do and how often is told by an answer alone, so OpenAI is
asked one word besides, for less than a thousandth of a cent. By httpx: this command is in search's
image, which has no SDK of OpenAI.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from services.cli.finding import Finding

if TYPE_CHECKING:
    from services.common.cloud.settings import OpenAISettings

SECONDS = 10.0
SOON = timedelta(days=120)
A_WORD = "Say yes."
#: Tokens: the fewest that an answer may be limited to.
FEWEST = 16
#: What the code says of an account that cannot pay; see ``services.common.cloud.openai_api``.
CANNOT_PAY = ("insufficient_quota", "billing_not_active", "billing_hard_limit_reached")


@dataclass(frozen=True)
class Asked:
    """Who is asked for what: ``body`` to ``path`` is the one tiny call."""

    what: str
    url: str
    key: SecretStr | None
    model: str
    path: str
    body: dict[str, Any]
    rate: float

    def send(self, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key.get_secret_value()}"} if self.key else {}
        verb, url = "POST" if body else "GET", f"{self.url.rstrip('/')}{path}"
        return httpx.request(verb, url, headers=headers, json=body, timeout=SECONDS)


def vision(own: "OpenAISettings") -> Asked:
    from services.common.cloud.settings import asks_responses

    body: dict[str, Any] = {}
    if asks_responses(own):
        body = {"input": A_WORD, "max_output_tokens": FEWEST, "store": False}
        if own.effort:
            body["reasoning"] = {"effort": own.effort}
    return Asked(
        "vision model", own.vision_url, own.secret_for_vision, own.vision_model,
        "/responses", body, own.rate,
    )  # fmt: skip


def words(own: "OpenAISettings") -> Asked:
    from services.common.cloud.settings import is_openai

    size = {"dimensions": own.dimensions} if is_openai(own.embedding_url) else {}
    return Asked(
        "embedding model", own.embedding_url, own.secret_for_embedding, own.embedding_model,
        "/embeddings", {"input": ["dog"], **size}, own.rate,
    )  # fmt: skip


def openai(asked: Asked) -> Iterator[Finding]:
    what, url, model = asked.what, asked.url, asked.model
    try:
        page = asked.send(f"/models/{model}")
        yield _model(asked, page)
        if page.is_success and asked.body:
            yield _answer(asked, asked.send(asked.path, {"model": model, **asked.body}))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fix = "is the address right, and may this machine reach it?"
        yield Finding(what, "ill", f"{url} is away ({type(error).__name__})", fix)


def _model(asked: Asked, page: httpx.Response) -> Finding:
    what, url, model = asked.what, asked.url, asked.model
    if page.is_success:
        return _ends(what, model, _body(page).get("shutdown_date"))
    if page.status_code == 404 or _code(page) == "model_not_found":
        fix = "name another one in IMGCAP_OPENAI__VISION_MODEL or …__EMBEDDING_MODEL"
        return Finding(what, "ill", f"{url} does not know {model}", fix)
    if page.status_code in (401, 403):
        fix = "put a valid key into IMGCAP_OPENAI__KEY; it needs the right to read models"
        return Finding(what, "ill", f"{url} refuses the key", fix)
    return Finding(what, "look", f"{url} answers {page.status_code}", "try again in some minutes")


def _answer(asked: Asked, answer: httpx.Response) -> Finding:
    what, url = f"{asked.what}'s answer", asked.url
    if answer.is_success:
        return _limit(what, asked, answer.headers.get("x-ratelimit-limit-requests", ""))
    if _code(answer) in CANNOT_PAY or answer.status_code == 402:
        return Finding(what, "ill", f"{url}: no credit is left", "add some to the account there")
    if answer.status_code in (401, 403):
        fix = "allow the key Model capabilities → Write: docs/providers/openai.md#rights"
        return Finding(what, "ill", f"{url} does not let this key ask {asked.model}", fix)
    if answer.status_code == 429:
        fix = "the account's limit is used up at this moment: lower IMGCAP_OPENAI__RATE"
        return Finding(what, "look", f"{url} has too much to do", fix)
    fix = "docs/providers/openai.md has the settings"
    return Finding(what, "ill", f"{url} answers {answer.status_code} {_code(answer)}".strip(), fix)


def _limit(what: str, asked: Asked, limit: str) -> Finding:
    if not limit.isdecimal():
        return Finding(what, "well", f"{asked.model} answers this key")
    allowed, wanted = int(limit), asked.rate * 60
    text = f"{asked.model} answers; {allowed:,} calls a minute are allowed"
    if wanted <= allowed:
        return Finding(what, "well", text)
    fix = f"IMGCAP_OPENAI__RATE={allowed / 60:.2g}; until then each worker finds its pace by 429s"
    return Finding(what, "look", f"{text}, one worker may ask {wanted:,.0f}", fix)


def _code(answer: httpx.Response) -> str:
    error = _body(answer).get("error")
    return str(error.get("code") or "")[:60] if isinstance(error, dict) else ""


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _ends(what: str, model: str, told: object) -> Finding:
    try:
        ends = date.fromisoformat(str(told)[:10])
    except ValueError:
        return Finding(what, "well", f"{model} is there")
    if ends - datetime.now(UTC).date() > SOON:
        return Finding(what, "well", f"{model} is there until {ends}")
    return Finding(
        what, "look", f"{model} is shut down on {ends}", "choose another one before that"
    )
