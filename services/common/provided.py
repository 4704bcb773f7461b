"""Every look and every embedding is timed, counted and traced, whoever the provider is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

from services.common import tracing
from services.common.cloud.failing import IN_BATCH
from services.common.errors import Refuse, TryAgain

CALLS = Counter("imgcap_provider_calls", "Questions to providers.", ["provider", "outcome"])
SECONDS = Histogram(
    "imgcap_provider_seconds",
    "Seconds until a provider had answered or failed.",
    ["provider"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60),
)
DOLLARS = Counter("imgcap_provider_dollars", "US dollars that answers cost.", ["provider"])


@contextmanager
def asking(provider: str, what: str) -> Iterator[None]:
    """``what`` is the verb of the span: a provider looks at photos, or places words."""
    began, outcome = time.perf_counter(), "failed"
    try:
        with tracing.child(f"{what} {provider}", kind="client", provider=provider):
            yield
        outcome = "answered"
    except TryAgain as error:
        outcome = "waiting" if error.code == IN_BATCH else "unwell"
        raise
    except Refuse:
        outcome = "refused"
        raise
    finally:
        CALLS.labels(provider, outcome).inc()
        SECONDS.labels(provider).observe(time.perf_counter() - began)
