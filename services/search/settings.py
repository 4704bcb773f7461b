"""What the search service can be told."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.common.settings import CommonSettings


class DatabaseSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    url: SecretStr = SecretStr("postgresql://imgcap@127.0.0.1:5432/imgcap")
    connections: int = Field(default=8, ge=2, le=200)


class SweepSettings(BaseModel):
    """Seconds, all of them."""

    model_config = ConfigDict(frozen=True)

    every: float = Field(default=1.0, gt=0, description="pause between two rounds")
    lost_after: float = Field(default=30.0, gt=0, description="unfinished for so long, queues idle")
    give_up_waiting: float = Field(default=900.0, gt=0, description="the same, queues busy")
    abandoned_after: float = Field(default=3600.0, gt=0, description="an upload that never ended")
    look_again: float = Field(default=600.0, gt=0, description="second look for doomed bytes")
    per_second: float = Field(default=50.0, gt=0, description="events published at the most")
    retry_scale: float = Field(default=1.0, gt=0, description="stretches the retry schedule")


class Settings(CommonSettings):
    """``IMGCAP_DATABASE__URL``, ``IMGCAP_SWEEP__EVERY``, …"""

    database: DatabaseSettings = DatabaseSettings()
    sweep: SweepSettings = SweepSettings()
    embedder_url: str = Field(default="http://127.0.0.1:9002", description="the embedder")
    threads: int = Field(default=4, ge=1, le=64, description="results applied at once")
