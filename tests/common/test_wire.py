"""Events as releases wrote them: what is on its way during a deploy is read by whoever gets it.

``wire/photo.tagged.1.json`` is what release 1 wrote. A file is never changed; a new field gets a
new file with the next number.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.common.events import Event

LETTERS = sorted(Path(__file__).with_name("wire").glob("*.json"))


def name_of(letter: Path) -> str:
    return letter.name.rsplit(".", 2)[0]


def newest(name: str) -> dict[str, Any]:
    letters = [letter for letter in LETTERS if name_of(letter) == name]
    last = max(letters, key=lambda letter: int(letter.suffixes[-2][1:]))
    written: dict[str, Any] = json.loads(last.read_text())
    return written


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.stem)
def test_what_a_release_wrote_is_still_read_and_means_the_same(letter: Path) -> None:
    written = json.loads(letter.read_text())
    read = json.loads(Event.from_wire(name_of(letter), letter.read_bytes()).to_wire())
    assert {name: read[name] for name in written} == written


@pytest.mark.parametrize("name", sorted(Event.registry))
def test_every_field_of_an_event_is_in_its_newest_letter(name: str) -> None:
    """Else write a new one, and keep those that there are."""
    assert set(newest(name)) == set(Event.registry[name].model_fields)


@pytest.mark.parametrize("name", sorted(Event.registry))
def test_what_a_later_release_adds_is_passed_over(name: str) -> None:
    written = newest(name)
    read = Event.from_wire(name, json.dumps(with_more(written)).encode())
    assert read == Event.from_wire(name, json.dumps(written).encode())


def with_more(value: Any) -> Any:
    """A field that nobody knows, at every place where a later release could add one.

    Evidence is free by design: whatever is in there belongs to it.
    """
    if isinstance(value, list):
        return [with_more(one) for one in value]
    if not isinstance(value, dict):
        return value
    grown = {k: v if k == "evidence" else with_more(v) for k, v in value.items()}
    return {**grown, "from_the_future": {"nested": [1, 2]}}
