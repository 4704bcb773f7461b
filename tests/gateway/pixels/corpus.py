"""The corpus: bad and odd image files, made the same way on every run, with a verdict for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.gateway.pixels import hostile, odd

OK = "ok"
Shows = Literal["colours", "greys", "nothing"]


@dataclass(frozen=True)
class Case:
    """``verdict`` is ``ok`` or a refusal's code; ``shows`` is what a test can see in the photo."""

    name: str
    content: bytes
    verdict: str
    shows: Shows = "nothing"


def corpus() -> Iterator[Case]:
    for family in (odd.orientations, odd.heics, odd.modes, odd.moving, odd.jpegs, odd.polyglots):
        for name, content in family():
            yield Case(name, content, OK, "colours")
    for name, content in hostile.metadata():
        yield Case(name, content, OK, "colours")
    for name, content in odd.greys():
        yield Case(name, content, OK, "greys")
    for name, content in odd.plain():
        yield Case(name, content, OK)
    for group in (hostile.strangers, hostile.damaged, hostile.bombs):
        for name, content, code in group():
            yield Case(name, content, code)
