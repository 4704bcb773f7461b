"""Where two cores go: CPU milliseconds a photo, by process.

What a process costs does not depend on who else is on the machine, as a rate does; and two cores
have 2000 ms in a second, so the sum says what rate is to be had at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

from bench.report import show
from bench.stack import Neighbours
from tests.system.pipeline import Pipeline

CORES = 2


@dataclass
class Budget:
    """Counts from when it is made; ``pids`` are the heads of families."""

    pids: Mapping[str, int]
    begun: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.begun = {name: seconds(pid) for name, pid in self.pids.items()}

    @classmethod
    def of(cls, pipeline: Pipeline, around: Neighbours, **others: int) -> "Budget":
        neighbours = (around.database, around.broker, around.store)
        return cls(
            {name: pipeline.pid(name) for name in reversed(pipeline.names)}
            | {node.name: node.pid for node in neighbours}
            | others
        )

    def spent(self, photos: int) -> dict[str, float]:
        """CPU milliseconds of each family for each of so many photos."""
        return {
            name: (seconds(pid) - self.begun[name]) * 1000 / photos
            for name, pid in self.pids.items()
        }


def seconds(pid: int) -> float:
    """CPU of a process and its family, those included that have ended."""
    head = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:4]) for one in [head, *head.children(recursive=True)])


def show_budget(title: str, columns: Mapping[str, Mapping[str, float]]) -> None:
    """``columns``: by name, what ``spent`` said."""
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    rows = [
        (name, *(f"{column[name]:.1f}" if name in column else "" for column in columns.values()))
        for name in names
    ]
    sums = [sum(column.values()) for column in columns.values()]
    rows.append(("all", *(f"{whole:.1f}" for whole in sums)))
    rows.append(("so two cores do at most", *(f"{CORES * 1000 / one:.0f}/s" for one in sums)))
    show(title, ("CPU ms a photo", *columns), rows)
