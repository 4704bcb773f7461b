"""Settings shared by every service, read from the environment as ``IMGCAP_…``."""

import random
from functools import cached_property
from pathlib import Path
from typing import Literal

import pika
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.common.internal import tokens_of
from services.common.secretfiles import SecretFiles
from services.common.signing import Signing
from services.common.topology import Topology


class BrokerSettings(BaseModel):
    """RabbitMQ: ``url`` may name several hosts, one whole URL each, separated by commas."""

    model_config = ConfigDict(frozen=True)

    url: SecretStr = Field(
        default=SecretStr("amqp://guest:guest@127.0.0.1:5672/"),
        description="RabbitMQ; several hosts with commas between",
    )
    heartbeat: int = Field(default=15, ge=5, le=300, description="seconds")
    scope: str = Field(
        default="", max_length=50, pattern=r"^[\w.-]*$", description="before every queue's name"
    )
    declares: bool = Field(
        default=True, description="make exchange and queues; search always must, others may wait"
    )
    event_keys: SecretStr | None = Field(
        default=None, description="`name:secret,…`: the first signs events, all are believed"
    )
    unsigned_until: AwareDatetime | None = Field(
        default=None, description="events without a signature are taken until then"
    )

    @field_validator("url")
    @classmethod
    def names_a_broker(cls, url: SecretStr) -> SecretStr:
        for one in url.get_secret_value().split(","):
            if not one.strip().startswith(("amqp://", "amqps://")):
                raise ValueError("IMGCAP_BROKER__URL starts with amqp:// or amqps://")
        return url

    @field_validator("event_keys")
    @classmethod
    def are_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        Signing.of(keys)
        return keys

    @cached_property
    def topology(self) -> Topology:
        signing = Signing.of(self.event_keys, self.unsigned_until)
        return Topology(self.scope, self.declares, signing)

    @property
    def parameters(self) -> list[pika.URLParameters]:
        """In random order, so that the clients of a cluster spread over its nodes."""
        hosts = [_parameters(url.strip(), self.heartbeat) for url in self._urls()]
        return random.sample(hosts, len(hosts))

    def _urls(self) -> list[str]:
        return self.url.get_secret_value().split(",")


def _parameters(url: str, heartbeat: int) -> pika.URLParameters:
    parameters = pika.URLParameters(url)
    parameters.heartbeat = heartbeat
    # pika waits for ever at each of these by default.
    parameters.blocked_connection_timeout = 30
    parameters.socket_timeout = 5
    parameters.stack_timeout = 5
    return parameters


class StoreSettings(BaseModel):
    """The S3 that keeps the bytes. No endpoint means AWS, no keys mean boto3's own search."""

    model_config = ConfigDict(frozen=True)

    endpoint: str = Field(default="", description="any S3; empty means AWS")
    bucket: str = Field(default="imgcap", min_length=3, max_length=63, description="made by you")
    region: str = Field(default="us-east-1", description="of the bucket")
    access_key: SecretStr | None = Field(default=None, description="empty: as boto3 finds it")
    secret_key: SecretStr | None = Field(default=None, description="its other half")
    redirect: bool = Field(
        default=False, description="browsers fetch originals from the store, by signed URLs"
    )
    direct: bool = Field(
        default=False,
        description="the page sends photos to the store itself; they are checked before they count",
    )
    direct_seconds: int = Field(
        default=900, ge=60, le=3600, description="how long one photo may be on its way there"
    )
    public_endpoint: str = Field(
        default="", description="the store's address for browsers; empty: as we reach it"
    )
    signed_seconds: int = Field(
        default=300, ge=10, le=3600, description="how long a signed URL is good for"
    )


class CommonSettings(BaseSettings):
    """What every process can be told."""

    model_config = SettingsConfigDict(
        env_prefix="IMGCAP_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        # What is wrong with a secret is said without it.
        hide_input_in_errors=True,
    )

    host: str = Field(default="127.0.0.1", description="address that this process listens on")
    port: int = Field(default=9000, ge=0, le=65535, description="port of its API or its probes")
    broker: BrokerSettings = BrokerSettings()
    store: StoreSettings = StoreSettings()
    search_url: str = Field(default="http://127.0.0.1:9001", description="the search service")
    internal_token: SecretStr | None = Field(
        default=None, description="what services know each other by; two while it is changed"
    )
    drain: float = Field(
        default=0.0, ge=0, le=10, description="seconds from not ready to not listening"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="what is worth a line"
    )
    log_format: Literal["json", "pretty"] = Field(
        default="json", description="for machines or for people"
    )
    traces: str = Field(
        default="",
        description="OTLP/HTTP collector, as http://host:4318; empty: OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    crash_at: str = Field(default="", description="tests only: the kill point to die at")
    models: Path = Field(default=Path("data/models"), description="folder of the model files")

    @field_validator("internal_token")
    @classmethod
    def is_hard_to_guess(cls, token: SecretStr | None) -> SecretStr | None:
        tokens_of(token)
        return token

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls)
