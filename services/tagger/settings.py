"""What the tagger can be told, and what it needs to be told."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from services.common.cloud.settings import (
    BatchSettings,
    OpenAISettings,
    RekognitionSettings,
    is_openai,
)
from services.common.settings import CommonSettings


class Settings(CommonSettings):
    """Read from the environment: ``IMGCAP_TAGGER``, ``IMGCAP_TAGGER_URL``, …"""

    tagger: Literal["local", "http", "rekognition", "openai", "cloud"] = Field(
        default="local", description="who looks at photos; cloud: Rekognition and OpenAI together"
    )
    threads: int = Field(default=2, ge=1, le=64, description="photos looked at at once")
    tagger_url: HttpUrl | None = Field(default=None, description="http: where photos are posted")
    tagger_key: SecretStr | None = Field(default=None, description="http: sent as bearer token")
    tagger_model: str = Field(
        default="unnamed",
        min_length=1,
        max_length=100,
        description="http: the model there; another name looks at photos anew",
    )

    geometry: bool = Field(
        default=True,
        description="the local eyes look beside every other provider: what the page draws",
    )
    label_model: str = Field(
        default="", description="local: another ONNX file, path or URL#sha256=…, for labels"
    )
    label_words: str = Field(
        default="", description="local: the table of its classes, path or URL#sha256=…"
    )
    subject_model: str = Field(
        default="", description="local: another ONNX file, path or URL#sha256=…, for subjects"
    )
    thing_model: str = Field(
        default="", description="local: another ONNX file, path or URL#sha256=…, for things"
    )
    thing_words: str = Field(
        default="", description="local: the table of its classes, path or URL#sha256=…"
    )

    openai: OpenAISettings = OpenAISettings()
    batch: BatchSettings = BatchSettings()
    rekognition: RekognitionSettings = RekognitionSettings()
    prices: Path | None = Field(default=None, description="a price table that wins over ours")

    @model_validator(mode="after")
    def http_needs_an_address(self) -> Self:
        if self.tagger == "http" and not self.tagger_url:
            raise ValueError("IMGCAP_TAGGER=http needs IMGCAP_TAGGER_URL")
        return self

    @model_validator(mode="after")
    def a_model_needs_its_words(self) -> Self:
        for what, model, words in (
            ("LABEL", self.label_model, self.label_words),
            ("THING", self.thing_model, self.thing_words),
        ):
            if model and not words:
                raise ValueError(
                    f"IMGCAP_{what}_MODEL needs the words of its classes, IMGCAP_{what}_WORDS"
                )
        return self

    @model_validator(mode="after")
    def openai_needs_a_key(self) -> Self:
        own = self.openai
        keyed = own.secret_for_vision or not is_openai(own.vision_url)
        if self.tagger in ("openai", "cloud") and not keyed:
            raise ValueError(f"IMGCAP_TAGGER={self.tagger} needs IMGCAP_OPENAI__KEY")
        return self
