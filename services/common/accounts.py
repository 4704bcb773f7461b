"""The words of accounts between gateway and search: who somebody is, and what they may do."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.common.api import ONE_LINE

Role = Literal["nobody", "guest", "member", "owner"]
Scope = Literal["read", "upload", "edit", "admin"]
#: Each role may do what the ones before it may.
ROLES: tuple[Role, ...] = ("nobody", "guest", "member", "owner")
#: Whose photos a gallery without accounts has; the first account takes them over.
FIRST_GALLERY = "local"

Hashed = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, in hex")]
Title = Annotated[str, Field(max_length=100, pattern=ONE_LINE)]
#: Long enough not to be guessed, short enough that hashing it is no attack.
Password = Annotated[str, Field(min_length=10, max_length=200)]
Guess = Annotated[str, Field(max_length=200)]


def _clean_name(name: str) -> str:
    """Raises ``ValueError``."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise ValueError("a name of printable characters")
    return name


Name = Annotated[str, Field(max_length=60), AfterValidator(_clean_name)]


class Who(BaseModel):
    """Whoever asks. ``scopes`` is None for people, and what a key may do for keys."""

    model_config = ConfigDict(frozen=True)

    role: Role = "nobody"
    gallery: Annotated[str, Field(max_length=100)] = ""
    account_id: UUID | None = None
    name: Annotated[str, Field(max_length=100)] = ""
    session_id: UUID | None = None
    key_id: Annotated[str, Field(max_length=40)] | None = None
    scopes: Annotated[tuple[Scope, ...], Field(max_length=10)] | None = None
    #: A guest's: whether originals may be had.
    originals: bool = True
    expires_at: datetime | None = None

    def may(self, least: Role, scope: Scope | None) -> bool:
        """``scope``: what a key needs for it; None is for people only."""
        if ROLES.index(self.role) < ROLES.index(least):
            return False
        if self.scopes is None or least == "nobody":
            return True
        return scope is not None and (scope in self.scopes or "admin" in self.scopes)


class Login(BaseModel):
    name: Annotated[str, Field(max_length=60)]
    password: Guess


class NewAccount(BaseModel):
    """``token``: of the link that invites."""

    token: Annotated[str, Field(max_length=100)]
    name: Name
    password: Password


class Begun(BaseModel):
    """A session to begin: the hash of its token, and what the browser calls itself."""

    token_hash: Hashed
    agent: Annotated[str, Field(max_length=200)] = ""
    address: Annotated[str, Field(max_length=100)] = ""


class LoginAsked(Begun):
    name: Annotated[str, Field(max_length=60)]
    password: Guess


class AccountAsked(Begun):
    """By an invitation: with a password, or as somebody whom an OIDC provider knows."""

    invitation_hash: Hashed
    name: Name
    password: Password | None = None
    issuer: Annotated[str, Field(max_length=300)] | None = None
    subject: Annotated[str, Field(max_length=300)] | None = None


class KnownElsewhere(Begun):
    """Whom an OIDC provider names."""

    issuer: Annotated[str, Field(max_length=300)]
    subject: Annotated[str, Field(max_length=300)]


class Session(BaseModel):
    id: UUID
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    this: bool = False


class Sessions(BaseModel):
    sessions: list[Session]


class NewKey(BaseModel):
    name: Annotated[Title, Field(min_length=1)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    expires_at: datetime | None = None


class KeyAsked(NewKey):
    key_id: Annotated[str, Field(pattern=r"^[0-9a-z]{12}$")]
    secret_hash: Hashed
    by: Who


class Key(BaseModel):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None


class MadeKey(Key):
    key: str = Field(description="shown this once")


class Keys(BaseModel):
    keys: list[Key]


class Person(BaseModel):
    id: UUID
    name: str
    role: Role
    created_at: datetime
    seen_at: datetime | None = None


class People(BaseModel):
    people: list[Person]


class Invite(BaseModel):
    role: Literal["member", "guest"]


class Invited(BaseModel):
    link: str = Field(description="shown this once; makes one account")
    role: Role
    expires_at: datetime


class RoleChange(BaseModel):
    role: Literal["member", "guest", "owner"]


class House(BaseModel):
    """What holds for everybody."""

    open_gallery: bool = Field(description="anybody may look at the owner's photos")
    guests_take: bool = Field(description="guests may have originals")


class AuditEntry(BaseModel):
    id: int
    at: datetime
    what: str
    name: str
    address: str
    more: Annotated[dict[str, Any], Field(max_length=50)] = {}


class AuditPage(BaseModel):
    entries: list[AuditEntry]
    cursor: int | None = None


class Noted(BaseModel):
    """Something for the audit log."""

    what: Annotated[str, Field(max_length=60)]
    by: Who = Who()
    address: Annotated[str, Field(max_length=100)] = ""
    more: Annotated[dict[str, Any], Field(max_length=50)] = {}


class NewShare(BaseModel):
    """What a link shows: one photo, some photos, or whatever a search finds."""

    kind: Literal["photo", "search", "selection"]
    photos: Annotated[list[UUID], Field(max_length=1000)] = []
    query: Annotated[str, Field(max_length=256)] = ""
    strictness: Annotated[int, Field(ge=0, le=100)] = 50
    title: Title = ""
    password: Annotated[str, Field(min_length=4, max_length=200)] | None = None
    facts: bool = Field(default=False, description="camera, time and file names are shown")
    originals: bool = Field(default=False, description="files as they came may be taken")
    days: Annotated[int, Field(ge=1, le=3650)] = 30


class ShareAsked(NewShare):
    token_hash: Hashed
    by: Who


class Share(BaseModel):
    id: UUID
    kind: Literal["photo", "search", "selection"]
    title: Annotated[str, Field(max_length=100)]
    query: Annotated[str, Field(max_length=256)]
    photos: Annotated[list[UUID], Field(max_length=1000)]
    locked: bool = Field(description="asks for a password")
    facts: bool
    originals: bool
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None = None


class MadeShare(Share):
    link: str = Field(description="shown this once")


class Shares(BaseModel):
    shares: list[Share]


class OpenShare(Share):
    """A share as the gateway asks for it; it never leaves the gateway."""

    owner: Annotated[str, Field(max_length=100)]
    strictness: Annotated[int, Field(ge=0, le=100)]
