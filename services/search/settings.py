"""What the search service can be told."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from services.common.cloud.settings import CloudChoice


class DatabaseSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    url: SecretStr = Field(
        default=SecretStr("postgresql://imgcap@127.0.0.1:5432/imgcap"),
        description="PostgreSQL; of several hosts the one that takes writes",
    )
    read_url: SecretStr | None = Field(
        default=None, description="replicas, for searches; they never show less than the primary"
    )
    read_alone: bool = Field(
        default=False,
        description="replicas are synchronous and may answer while the primary is away",
    )
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


class BudgetSettings(BaseModel):
    """US dollars; no call is made that could go beyond. ``IMGCAP_BUDGET__DAY``, …"""

    model_config = ConfigDict(frozen=True)

    day: Decimal = Field(default=Decimal(5), ge=0, lt=10**6, description="US dollars, UTC")
    month: Decimal = Field(default=Decimal(50), ge=0, lt=10**6, description="US dollars, UTC")
    over: Literal["wait", "local"] = Field(
        default="wait", description="photos over the cap: wait, or go without the cloud"
    )


class Settings(CloudChoice):
    """``IMGCAP_DATABASE__URL``, ``IMGCAP_SWEEP__EVERY``, …"""

    database: DatabaseSettings = DatabaseSettings()
    sweep: SweepSettings = SweepSettings()
    budget: BudgetSettings = BudgetSettings()
    embedder_url: str = Field(default="http://127.0.0.1:9002", description="the embedder")
    threads: int = Field(default=4, ge=1, le=64, description="results applied at once")
