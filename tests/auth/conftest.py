"""One castle for all tests of accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr

from services.embedded.database import Database
from services.embedded.store import Store
from services.gateway.settings import OidcSettings
from tests.auth.castle import SECRET_NAME, Castle, key_of, open_castle, photo_with_gps, upload
from tests.auth.provider import CLIENT, SECRET, Provider, a_provider
from tests.neighbours import bucket_on, copy_of_template


@dataclass
class Cast:
    """Somebody of every kind; the owner and a member have one photo each."""

    castle: Castle
    owner: httpx.Client
    member: httpx.Client
    other: httpx.Client
    guest: httpx.Client
    nobody: httpx.Client
    keys: dict[str, httpx.Client]
    owners_photo: str
    members_photo: str

    def all(self) -> dict[str, httpx.Client]:
        people = {
            "nobody": self.nobody,
            "guest": self.guest,
            "member": self.member,
            "another member": self.other,
            "owner": self.owner,
        }
        return people | {f"{scope} key": client for scope, client in self.keys.items()}


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with a_provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def castle(
    database_node: Database,
    store_node: Store,
    tmp_path_factory: pytest.TempPathFactory,
    provider: Provider,
) -> Iterator[Castle]:
    oidc = OidcSettings(issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET))
    with (
        copy_of_template(database_node) as database,
        bucket_on(store_node) as store,
        open_castle(database, store, tmp_path_factory.mktemp("castle"), oidc=oidc) as castle,
    ):
        yield castle


@pytest.fixture(scope="session")
def cast(castle: Castle) -> Cast:
    owner = castle.somebody("owner", "Olga")
    member, other = castle.somebody("member", "Max"), castle.somebody("member", "Ola")
    guest = castle.somebody("guest", "Gus")
    keys = {
        scope: castle.by_key(key_of(owner, scope)) for scope in ("read", "upload", "edit", "admin")
    }
    owners = upload(owner, photo_with_gps((200, 30, 30)), f"{SECRET_NAME}.jpg")
    members = upload(member, photo_with_gps((30, 200, 30)), "members.jpg")
    castle.tagged(owners, "local", "cat")
    gallery = castle.db.execute("SELECT gallery FROM account WHERE name = 'Max'").fetchone()
    assert gallery
    castle.tagged(members, gallery[0], "dog")
    return Cast(castle, owner, member, other, guest, castle.visitor(), keys, owners, members)
