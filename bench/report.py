"""Tables on a terminal, medians, and memory as the kernel counts it."""

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*map(str, row))
    Console(width=110).print(table)


def percentile(values: Sequence[float], share: float) -> float:
    """``share`` in 0..1; the nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def p50_p99(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} / {percentile(seconds, 0.99) * 1000:.1f} ms"


def memory(pid: int) -> int:
    """Proportional set size of a process and its children, in MiB."""
    process = psutil.Process(pid)
    return sum(_pss(one.pid) for one in [process, *process.children(recursive=True)]) // 1024


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
