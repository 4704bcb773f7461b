"""Routes x roles, from OpenAPI and the one table of permissions."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.common.accounts import Who
from services.gateway.app import create_app
from services.gateway.settings import Settings
from services.gateway.who.permissions import RULES, rule_of

ROLES: dict[str, Who] = {
    "nobody": Who(),
    "guest": Who(role="guest", account_id=uuid4()),
    "member": Who(role="member", account_id=uuid4()),
    "another member": Who(role="member", account_id=uuid4()),
    "owner": Who(role="owner", account_id=uuid4()),
    "read key": Who(role="owner", scopes=("read",)),
    "upload key": Who(role="owner", scopes=("upload",)),
    "edit key": Who(role="owner", scopes=("edit",)),
    "admin key": Who(role="owner", scopes=("admin",)),
}


def routes_of(app: Any) -> set[str]:
    """Every route there is, in OpenAPI or not."""
    return set(_routes(inner(app).routes))


def inner(app: Any) -> FastAPI:
    """What stands behind the guards."""
    while not isinstance(app, FastAPI):
        app = app._app
    return app


def _routes(routes: Any) -> Iterator[str]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in sorted(route.methods or ()))
        elif inner := getattr(route, "original_router", None):
            yield from _routes(inner.routes)
        else:
            yield f"unguarded {route!r}"


def promised(call: str, name: str) -> bool:
    rule = rule_of(*call.split(" ", 1))
    return rule is not None and ROLES[name].may(rule.least, rule.scope)


def matrix() -> str:
    described = create_app(Settings())
    calls = sorted(routes_of(described), key=lambda call: (call.split(" ", 1)[1], call))
    lines = ["| call | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    for call in calls:
        assert call in RULES, f"{call} is not in the table of permissions"
        cells = ("yes" if promised(call, name) else "" for name in ROLES)
        lines.append(f"| `{call}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)
