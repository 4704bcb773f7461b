"""What the cloud providers can be told; keys are secrets and never shown."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from services.common.settings import CommonSettings

OPENAI = "https://api.openai.com/v1"

Address = Annotated[str, Field(pattern=r"^(https?://.+)?$")]
Detail = Literal["low", "high", "auto", "original"]


class OpenAISettings(BaseModel):
    """OpenAI, or any server that speaks as it does: ``IMGCAP_OPENAI__KEY``, …"""

    model_config = ConfigDict(frozen=True)

    key: SecretStr | None = Field(default=None, description="a project key, for `base_url` alone")
    base_url: Address = Field(default=OPENAI, description="where photos and words go")
    vision_base_url: Address = Field(default="", description="when photos go somewhere else")
    vision_key: SecretStr | None = Field(default=None, description="the key there")
    vision_model: str = Field(
        default="gpt-6-luna", min_length=1, max_length=100, description="who looks at photos"
    )
    vision_api: Literal["auto", "responses", "chat"] = Field(
        default="auto", description="auto: Responses at OpenAI, chat completions elsewhere"
    )
    side: int = Field(default=768, ge=256, le=1024, description="pixels of a photo's long side")
    detail: Detail = Field(default="high", description="how closely the model looks")
    effort: Literal["", "none", "minimal", "low", "medium", "high"] = Field(
        default="none", description="of reasoning; empty says nothing about it"
    )
    most_output: int = Field(default=800, ge=200, le=8000, description="tokens of one answer")
    embedding_base_url: Address = Field(default="", description="when words go somewhere else")
    embedding_key: SecretStr | None = Field(default=None, description="the key there")
    embedding_model: str = Field(
        default="text-embedding-3-small",
        min_length=1,
        max_length=80,
        description="who places words; stored with each vector",
    )
    dimensions: int = Field(default=512, ge=1, le=4000, description="of a vector")
    rate: float = Field(default=8.0, gt=0, le=1000, description="calls a second, of one process")
    seconds: float = Field(default=22.0, gt=0, le=120, description="until a call is given up")

    @field_validator("base_url", mode="before")
    @classmethod
    def empty_means_openai(cls, url: object) -> object:
        return url or OPENAI

    @property
    def vision_url(self) -> str:
        return self.vision_base_url or self.base_url

    @property
    def embedding_url(self) -> str:
        return self.embedding_base_url or self.base_url

    @property
    def secret_for_vision(self) -> SecretStr | None:
        """A key is never sent to an address that it was not given for."""
        return self.vision_key or (self.key if self.vision_url == self.base_url else None)

    @property
    def secret_for_embedding(self) -> SecretStr | None:
        return self.embedding_key or (self.key if self.embedding_url == self.base_url else None)


def is_openai(url: str) -> bool:
    return url.rstrip("/") == OPENAI


class BatchSettings(BaseModel):
    """Many photos at once may wait for half the price: ``IMGCAP_BATCH__LEAST``, …"""

    model_config = ConfigDict(frozen=True)

    least: int = Field(
        default=500,
        ge=0,
        description="photos sent or looked at anew together, from which on they wait up to a day"
        " for half OpenAI's price; 0: never",
    )
    most: int = Field(default=1000, ge=1, le=50_000, description="photos of one batch")
    gather: float = Field(
        default=120.0, ge=0, le=86_400, description="seconds without another photo until it is sent"
    )
    every: float = Field(default=60.0, gt=0, le=3600, description="seconds between two looks at it")
    anywhere: bool = Field(
        default=False, description="another server than OpenAI's has batches too"
    )


def has_batches(own: OpenAISettings, batch: BatchSettings) -> bool:
    at_openai = is_openai(own.vision_url) or batch.anywhere
    return at_openai and asks_responses(own)


def asks_responses(own: OpenAISettings) -> bool:
    """By the Responses API; else by chat completions."""
    if own.vision_api == "auto":
        return is_openai(own.vision_url)
    return own.vision_api == "responses"


class RekognitionSettings(BaseModel):
    """Amazon Rekognition. No keys mean boto3's own search: a role, a profile, the environment."""

    model_config = ConfigDict(frozen=True)

    region: str = Field(default="", description="empty: the store's")
    endpoint: Address = Field(default="", description="a VPC endpoint; empty: the region's own")
    access_key: SecretStr | None = Field(default=None, description="empty: as boto3 finds it")
    secret_key: SecretStr | None = Field(default=None, description="its other half")
    most_labels: int = Field(default=30, ge=1, le=200, description="of one photo")
    least_confidence: float = Field(default=55.0, ge=0, le=100, description="percent")
    properties: bool = Field(default=False, description="colours and sharpness; costs 75 % more")
    side: int = Field(default=1024, ge=256, le=4096, description="pixels of a photo's long side")
    from_bucket: bool | None = Field(
        default=None, description="read from S3 instead of being sent; empty: when both are AWS"
    )
    rate: float = Field(default=5.0, gt=0, le=1000, description="calls a second, of one process")
    seconds: float = Field(default=15.0, gt=0, le=120, description="until a call is given up")


class CloudChoice(CommonSettings):
    """Which providers are chosen, for those who only tell about them."""

    tagger: str = Field(default="local", description="the taggers' own setting")
    embedder: str = Field(default="local", description="the embedder's own setting")
    openai: OpenAISettings = OpenAISettings()
    batch: BatchSettings = BatchSettings()
    rekognition: RekognitionSettings = RekognitionSettings()
    prices: Path | None = Field(default=None, description="a price table that wins over ours")

    def may_wait(self, together: int) -> bool:
        """Whether so many photos go by batch."""
        asked = self.tagger in ("openai", "cloud") and has_batches(self.openai, self.batch)
        return asked and 0 < self.batch.least <= together
