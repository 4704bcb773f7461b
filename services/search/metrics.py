"""The gallery as Prometheus sees it: the record's own numbers, read when somebody asks."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.common.depths import Depths
from services.common.events import Status
from services.search.overview import Overview, Sight

#: Told even when there is none, so that a rule has something to compare.
STATES: tuple[Status, ...] = ("receiving", "queued", "ready", "partial", "failed", "deleting")


class Gallery(Collector):
    def __init__(self, overview: Overview, depths: Depths) -> None:
        self._overview, self._depths = overview, depths

    def collect(self) -> Iterable[Metric]:
        seen = self._overview.latest()
        yield _gauge("imgcap_database_up", "1 when the record can be read.", seen is not None)
        if seen:
            yield from _record(seen)
        yield from self._broker()

    def _broker(self) -> Iterable[Metric]:
        depths = self._depths.latest()
        yield _gauge("imgcap_broker_up", "1 when the broker answers.", depths is not None)
        messages = GaugeMetricFamily(
            "imgcap_queue_messages", "Messages that wait, by queue.", labels=["queue"]
        )
        consumers = GaugeMetricFamily(
            "imgcap_queue_consumers", "Consumers, by queue.", labels=["queue"]
        )
        for queue, depth in (depths or {}).items():
            messages.add_metric([queue], depth.ready)
            consumers.add_metric([queue], depth.consumers)
        yield from (messages, consumers)


def _record(seen: Sight) -> Iterable[Metric]:
    yield _gauge(
        "imgcap_unfinished_oldest_seconds",
        "Age of the oldest photo that is not searchable yet; 0 when all are.",
        seen.oldest_unfinished_seconds,
    )
    yield _gauge("imgcap_photos_due", "Photos that the sweeper should publish now.", seen.due)
    yield _gauge("imgcap_doomed_blobs", "Prefixes whose bytes must still go.", seen.doomed)
    photos = GaugeMetricFamily("imgcap_photos", "Photos by status.", labels=["status"])
    for status in STATES:
        photos.add_metric([status], seen.photos.get(status, 0))
    spent = GaugeMetricFamily(
        "imgcap_spent_dollars", "Spent and reserved of this day or month (UTC).", labels=["unit"]
    )
    caps = GaugeMetricFamily(
        "imgcap_budget_dollars", "The cap of this day or month.", labels=["unit"]
    )
    for one in seen.budgets:
        spent.add_metric([one.unit], float(one.spent))
        caps.add_metric([one.unit], float(one.cap))
    down = GaugeMetricFamily(
        "imgcap_provider_down", "1 while a paid provider is down or paused.", labels=["provider"]
    )
    for provider in seen.providers:
        down.add_metric([provider.name], provider.state != "well")
    yield from (photos, spent, caps, down)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def exposition(gallery: Gallery) -> bytes:
    """What this process counts, and what the record says."""
    own = CollectorRegistry()
    own.register(gallery)
    return generate_latest(REGISTRY) + generate_latest(own)
