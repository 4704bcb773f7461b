"""What one photo took of its child: a figure for the metrics, and for the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    cpu_seconds: float
    peak_bytes: int  # resident memory of the whole child
