"""Signing in by a provider: who was invited gets in, and no lie is believed."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.auth.conftest import Cast
from tests.auth.provider import Provider


def asked(browser: httpx.Client, invitation: str = "") -> dict[str, str]:
    """What the provider is asked by way of the browser."""
    params = {"invitation": invitation} if invitation else {}
    answer = browser.get("/api/login/oidc", params=params)
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def back(
    browser: httpx.Client, provider: Provider, question: dict[str, str], subject: str
) -> httpx.Response:
    code = provider.agree(subject, question)
    params = {"code": code, "state": question["state"]}
    return browser.get("/api/login/oidc/back", params=params)


@pytest.fixture(autouse=True)
def _honest_again(provider: Provider) -> None:
    provider.lie = ""


@pytest.fixture
def known(cast: Cast, provider: Provider) -> str:
    """Somebody who was invited and came by the provider."""
    count = cast.castle.db.execute("SELECT count(*) FROM account").fetchone()
    assert count
    subject = f"subject-{count[0]}"
    browser = cast.castle.visitor()
    answer = back(browser, provider, asked(browser, cast.castle.invitation("guest")), subject)
    assert answer.status_code == 303, answer.text
    assert browser.get("/api/me").json()["role"] == "guest"
    return subject


def test_who_was_invited_gets_in_again_and_who_was_not_does_not(
    cast: Cast, provider: Provider, known: str
) -> None:
    browser = cast.castle.visitor()
    assert back(browser, provider, asked(browser), known).status_code == 303
    assert browser.get("/api/me").json()["name"] == known
    stranger = cast.castle.visitor()
    refused = back(stranger, provider, asked(stranger), "never invited")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-invited")
    assert stranger.get("/api/me").json()["role"] == "nobody"


@pytest.mark.parametrize("lie", ["nonce", "expired", "audience", "issuer", "none", "key"])
def test_no_lie_is_believed(cast: Cast, provider: Provider, known: str, lie: str) -> None:
    provider.lie = lie
    browser = cast.castle.visitor()
    answer = back(browser, provider, asked(browser), known)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-identity")
    assert browser.get("/api/me").json()["role"] == "nobody"


def test_an_answer_counts_only_in_the_browser_that_asked(
    cast: Cast, provider: Provider, known: str
) -> None:
    attacker, victim = cast.castle.visitor(), cast.castle.visitor()
    question = asked(attacker)
    answer = back(victim, provider, question, known)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad-identity")
    asked(victim)
    crossed = back(victim, provider, question, known)
    assert (crossed.status_code, crossed.json()["code"]) == (401, "bad-identity")


def test_the_question_carries_a_challenge_and_never_the_secret(cast: Cast) -> None:
    question = asked(cast.castle.visitor())
    assert question["code_challenge_method"] == "S256"
    assert "client_secret" not in question
    assert "code_verifier" not in question
