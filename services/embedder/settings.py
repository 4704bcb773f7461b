"""What the embedder can be told, and what it needs to be told."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from services.common.cloud.settings import OpenAISettings, is_openai
from services.common.settings import CommonSettings


class Settings(CommonSettings):
    """Read from the environment: ``IMGCAP_EMBEDDER``, ``IMGCAP_EMBEDDING_URL``, …"""

    embedder: Literal["local", "http", "openai"] = Field(
        default="local", description="who makes vectors"
    )
    threads: int = Field(default=2, ge=1, le=64, description="photos embedded at once")
    remembered: int = Field(default=10_000, ge=100, description="texts whose vectors are kept")
    embedding_url: HttpUrl | None = Field(default=None, description="http: where texts are posted")
    embedding_key: SecretStr | None = Field(default=None, description="http: sent as bearer token")
    embedding_model: str = Field(
        default="", max_length=100, description="http: the model that must answer"
    )
    embedding_dimensions: int = Field(
        default=0, ge=0, le=4000, description="http: the length of its vectors"
    )

    text_model: str = Field(
        default="", description="local: another ONNX file, path or URL#sha256=…"
    )
    text_tokenizer: str = Field(
        default="", description="local: its tokenizer.json, path or URL#sha256=…; empty: ours"
    )

    openai: OpenAISettings = OpenAISettings()
    prices: Path | None = Field(default=None, description="a price table that wins over ours")

    @model_validator(mode="after")
    def http_needs_an_address_and_a_model(self) -> Self:
        if self.embedder == "http" and not (
            self.embedding_url and self.embedding_model and self.embedding_dimensions
        ):
            raise ValueError(
                "IMGCAP_EMBEDDER=http needs IMGCAP_EMBEDDING_URL, IMGCAP_EMBEDDING_MODEL"
                " and IMGCAP_EMBEDDING_DIMENSIONS"
            )
        return self

    @model_validator(mode="after")
    def openai_needs_a_key(self) -> Self:
        own = self.openai
        keyed = own.secret_for_embedding or not is_openai(own.embedding_url)
        if self.embedder == "openai" and not keyed:
            raise ValueError("IMGCAP_EMBEDDER=openai needs IMGCAP_OPENAI__KEY")
        return self
