"""Colours by their names: which one a swatch has, and which photos a name finds."""

import pytest

from services.common.api import Swatch
from services.search.database import Db
from services.search.language.colours import lab_of
from tests.search.photos import ask, ready, tag


def coloured(db: Db, name: str, *colours: str) -> None:
    palette = [Swatch(hex=one, amount=1 / len(colours), lab=lab_of(one)) for one in colours]
    ready(db, name, tag("wall"), palette=palette)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#0000ff", "blue"), ("#0000cd", "blue"), ("#4169e1", "blue"), ("#000080", "navy"),
        ("#191970", "navy"), ("#87ceeb", "sky blue"), ("#800080", "purple"), ("#9400d3", "purple"),
        ("#8a2be2", "purple"), ("#ff00ff", "magenta"), ("#008080", "teal"), ("#ff0000", "red"),
        ("#567d46", "green"), ("#415a28", "green"), ("#1e3c28", "green"), ("#228b22", "green"),
        ("#808000", "olive"), ("#6e6512", "olive"), ("#49430c", "olive"), ("#270c30", "purple"),
        ("#6d3d4f", "pink"), ("#8b4513", "brown"),
    ],
)  # fmt: skip
def test_a_swatch_is_called_what_people_call_it(db: Db, colour: str, name: str) -> None:
    coloured(db, "one", colour)
    (facts,) = db.execute("SELECT facts -> 'k' FROM photo_facts").fetchone() or ({},)
    assert facts == {name: 100}


def test_a_plain_colour_takes_in_its_shades_below_itself(db: Db) -> None:
    for name, colour in {"royal": "#4169e1", "sky": "#87ceeb", "rose": "#dd2244"}.items():
        coloured(db, name, colour)
    ready(db, "dull", tag("blue tones"), palette=[])
    found = [hit.filename for hit in ask(db, "blue").photos]
    assert found == ["royal.jpg", "dull.jpg", "sky.jpg"]
    assert [hit.filename for hit in ask(db, "color:blue").photos] == ["royal.jpg"]
