"""Every route, everybody: what the table promises is what the doors do."""

from uuid import uuid4

import httpx
import pytest

from services.gateway.app import create_app
from services.gateway.settings import Settings
from services.gateway.who.permissions import RULES
from tests.auth.conftest import Cast
from tests.docs.matrix import ROLES, matrix, promised, routes_of

FILL = {
    "{photo_id}": str(uuid4()),
    "{upload_id}": str(uuid4()),
    "{saved_id}": str(uuid4()),
    "{session_id}": str(uuid4()),
    "{account_id}": str(uuid4()),
    "{share_id}": str(uuid4()),
    "{key_id}": "0" * 12,
    "{form}": "thumb",
    "{token}": "A" * 43,
    "{address:path}": "",
}
#: Said by the doors themselves; anything else was said behind them.
AT_THE_DOOR = {"sign-in", "forbidden"}


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert routes_of(create_app(Settings())) == set(RULES)


def test_a_route_that_the_table_forgot_lets_nobody_in(cast: Cast) -> None:
    answer = cast.owner.request("OPTIONS", "/api/photos")
    assert answer.status_code in (403, 405)


@pytest.mark.parametrize("call", sorted(RULES))
def test_everybody_may_do_what_the_matrix_says_and_nothing_else(cast: Cast, call: str) -> None:
    method, _, template = call.partition(" ")
    path = template
    for name, value in FILL.items():
        path = path.replace(name, value)
    people = cast.all()
    assert set(people) == set(ROLES)
    found = {name: let_in(client, method, path) for name, client in people.items()}
    assert found == {name: promised(call, name) for name in people}, matrix().splitlines()[:3]


def let_in(client: httpx.Client, method: str, path: str) -> bool:
    """People knock without the page's header: what they may change is refused one step later."""
    headers = {"X-Imgcap": ""} if method not in ("GET", "HEAD") else {}
    request = client.build_request(method, path, headers=headers)
    if method not in ("GET", "HEAD") and "authorization" not in request.headers:
        request.headers.pop("x-imgcap", None)
    answer = client.send(request, stream=True)
    try:
        if answer.status_code not in (401, 403):
            return True
        if method == "HEAD":
            return False
        answer.read()
        return answer.json()["code"] not in AT_THE_DOOR
    finally:
        answer.close()
