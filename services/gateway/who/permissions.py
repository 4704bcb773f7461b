"""Who may call what: the one table. A route that is not in it may be called by nobody."""

from dataclasses import dataclass

from services.common.accounts import Role, Scope


@dataclass(frozen=True)
class Rule:
    """``least``: the smallest role; ``scope``: what an API key needs, None for people only."""

    least: Role
    scope: Scope | None = None


EVERYBODY = Rule("nobody")
SEE = Rule("guest", "read")
#: What tells more of a house than its photos.
LIVE_IN = Rule("member", "read")
UPLOAD = Rule("member", "upload")
EDIT = Rule("member", "edit")
ADMIN = Rule("owner", "admin")
#: Sessions and people: never by a key.
IN_PERSON = Rule("guest")
OWNER_IN_PERSON = Rule("owner")

RULES: dict[str, Rule] = {
    # the page and the machinery
    "GET /{address:path}": EVERYBODY,
    "HEAD /{address:path}": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /docs": SEE,
    "GET /openapi.json": SEE,
    # photos
    "GET /api/photos": SEE,
    "POST /api/photos": UPLOAD,
    "POST /api/uploads": UPLOAD,
    "POST /api/uploads/{upload_id}": UPLOAD,
    "POST /api/photos/retry-failed": EDIT,
    "POST /api/photos/retag": EDIT,
    "GET /api/photos/days": SEE,
    "GET /api/photos/{photo_id}": SEE,
    "DELETE /api/photos/{photo_id}": EDIT,
    "POST /api/photos/{photo_id}/retry": EDIT,
    "PATCH /api/photos/{photo_id}/tags": EDIT,
    "GET /api/photos/{photo_id}/{form}": SEE,
    "HEAD /api/photos/{photo_id}/{form}": SEE,
    "POST /api/samples": UPLOAD,
    # finding
    "GET /api/search": SEE,
    "GET /api/search/chips": SEE,
    "GET /api/search/export": LIVE_IN,
    "POST /api/search/by-photo": SEE,
    "GET /api/photos/{photo_id}/similar": SEE,
    "GET /api/tags": SEE,
    "POST /api/keywords": EDIT,
    "GET /api/searches": LIVE_IN,
    "POST /api/searches": EDIT,
    "GET /api/searches/{saved_id}": LIVE_IN,
    "POST /api/searches/{saved_id}/look": EDIT,
    "DELETE /api/searches/{saved_id}": EDIT,
    "GET /api/duplicates": LIVE_IN,
    "POST /api/duplicates/keep": EDIT,
    # the house
    "GET /api/events": SEE,
    "GET /api/status": SEE,
    "GET /api/quote": LIVE_IN,
    "GET /api/spend": ADMIN,
    # who somebody is
    "GET /api/me": EVERYBODY,
    "POST /api/login": EVERYBODY,
    "POST /api/setup": EVERYBODY,
    "GET /api/login/oidc": EVERYBODY,
    "GET /api/login/oidc/back": EVERYBODY,
    "POST /api/logout": IN_PERSON,
    "GET /api/sessions": IN_PERSON,
    "DELETE /api/sessions/{session_id}": IN_PERSON,
    "GET /api/keys": IN_PERSON,
    # A key may make another that may do no more than itself.
    "POST /api/keys": Rule("guest", "read"),
    "DELETE /api/keys/{key_id}": IN_PERSON,
    # people
    "GET /api/people": ADMIN,
    "POST /api/people/invite": OWNER_IN_PERSON,
    "PATCH /api/people/{account_id}": OWNER_IN_PERSON,
    "DELETE /api/people/{account_id}": OWNER_IN_PERSON,
    "GET /api/house": ADMIN,
    "PUT /api/house": OWNER_IN_PERSON,
    "GET /api/audit": ADMIN,
    # links
    "GET /api/shares": LIVE_IN,
    "POST /api/shares": EDIT,
    "DELETE /api/shares/{share_id}": EDIT,
    # whoever has a link; the link itself says what it shows
    "GET /api/s/{token}": EVERYBODY,
    "POST /api/s/{token}/unlock": EVERYBODY,
    "GET /api/s/{token}/photos/{photo_id}/{form}": EVERYBODY,
}


def rule_of(method: str, template: str) -> Rule | None:
    return RULES.get(f"{method} {template}")
