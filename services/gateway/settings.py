"""What the gateway can be told."""

import ipaddress
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal, Self

from limits import parse
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from services.common.internal import is_loopback
from services.common.settings import CommonSettings

MIB = 2**20


class UploadSettings(BaseModel):
    """How much of anything an upload may ask for."""

    model_config = ConfigDict(frozen=True)

    max_bytes: int = Field(default=50 * MIB, ge=1, description="of one photo")
    max_request_bytes: int = Field(default=1024 * MIB, ge=1, description="of one form")
    max_files: int = Field(default=200, ge=1, description="in one form")
    at_once: int = Field(default=20, ge=1, description="photos between spool and record")
    patience: float = Field(default=10.0, gt=0, description="seconds a photo waits for its turn")
    spool_bytes: int = Field(default=4096 * MIB, ge=1, description="on disk, of all uploads")


class DeadlineSettings(BaseModel):
    """How long a client may take, in seconds. Waiting for us never counts against it."""

    model_config = ConfigDict(frozen=True)

    header: float = Field(default=10.0, gt=0, description="until a request's header is whole")
    body: float = Field(default=20.0, gt=0, description="of standing still, and head start")
    bytes_per_second: int = Field(default=64 * 1024, ge=1, description="slower is too slow")
    unread: float = Field(default=30.0, gt=0, description="until some of an answer is read")
    idle: int = Field(default=15, ge=1, description="between two requests of a connection")
    linger: float = Field(default=5.0, gt=0, description="listening on after an early answer")
    header_bytes: int = Field(default=16 * 1024, ge=1024, description="of a request's header")
    connections: int = Field(default=2000, ge=1, description="more are turned away")


class LimitSettings(BaseModel):
    """How often one key, user or address may ask; ``""`` means as often as they like.

    Unset: the usual, or no limit at all where nobody but this machine can come.
    """

    model_config = ConfigDict(frozen=True)

    browse: str | None = Field(default=None, description="usually `6000/minute`")
    upload: str | None = Field(default=None, description="usually `3000/minute`")
    search: str | None = Field(default=None, description="usually `600/minute`")
    login: str | None = Field(default=None, description="usually `10/minute`")
    paid: str | None = Field(default=None, description="usually `120/minute`")

    @field_validator("*")
    @classmethod
    def is_a_rate(cls, rate: str | None) -> str | None:
        if rate:
            parse(rate)
        return rate


class OidcSettings(BaseModel):
    """Sign in by a provider of OpenID Connect; on once it has an issuer."""

    model_config = ConfigDict(frozen=True)

    issuer: str = Field(default="", description="as https://accounts.example.org; empty: off")
    client_id: str = Field(default="", description="as registered there")
    client_secret: SecretStr | None = Field(default=None, description="as registered there")

    @property
    def on(self) -> bool:
        return bool(self.issuer)


class Settings(CommonSettings):
    """``IMGCAP_WEB``, ``IMGCAP_UPLOAD__MAX_BYTES``, ``IMGCAP_DEADLINES__HEADER``, …"""

    web: Path = Field(default=Path("web/dist"), description="folder of the built page")
    samples: Path = Field(
        default=Path("samples"), description="folder of photos for an empty gallery"
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="names we answer to besides loopback and addresses; commas between"
    )
    spool: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / f"imgcap-spool-{os.getuid()}",
        description="folder for uploads on their way",
    )
    pixel_workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, le=64, description="photos read at once"
    )
    gps: bool = Field(default=False, description="keep where a photo was taken")
    auth: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="accounts; auto: on where others than this machine can come",
    )
    plain_http: bool = Field(
        default=False, description="take passwords over http, in a network that you trust"
    )
    oidc: OidcSettings = OidcSettings()
    look_url: str = Field(
        default="http://127.0.0.1:9003", description="a tagger, for photos dropped on a search"
    )
    streams: int = Field(default=500, ge=1, description="open pages that are told of changes")
    heartbeat: float = Field(default=15.0, gt=0, description="seconds between signs of life")
    upload: UploadSettings = UploadSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    limits: LimitSettings = LimitSettings()
    redis_url: SecretStr | None = Field(
        default=None, description="counts for several gateways at once, `redis://…`"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="addresses or networks whose X-Forwarded-For and -Proto we believe",
    )

    @property
    def closed(self) -> bool:
        """Nobody gets in without an account, a key or a link."""
        return self.auth == "on" or (self.auth == "auto" and not is_loopback(self.host))

    @model_validator(mode="after")
    def not_open_to_the_world(self) -> Self:
        if self.auth == "off" and not is_loopback(self.host):
            raise ValueError(
                f"IMGCAP_AUTH=off would open the gallery to everybody who reaches {self.host}:"
                " leave IMGCAP_AUTH alone, or listen on 127.0.0.1"
            )
        return self

    @property
    def alone(self) -> bool:
        """Nobody but this machine can come."""
        return is_loopback(self.host) and not (self.hosts or self.trusted_proxies)

    @field_validator("hosts", "trusted_proxies", mode="before")
    @classmethod
    def between_commas(cls, names: object) -> object:
        if not isinstance(names, str):
            return names
        return tuple(name.strip().lower() for name in names.split(",") if name.strip())

    @field_validator("trusted_proxies")
    @classmethod
    def are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ipaddress.ip_network(proxy, strict=False)
        return proxies

    @field_validator("redis_url")
    @classmethod
    def names_a_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("IMGCAP_REDIS_URL starts with redis:// or rediss://")
        return url
