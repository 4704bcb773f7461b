"""Events say the same on both sides of the wire, today's and yesterday's."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import Refuse
from services.common.events import Event, PhotoEmbedded, PhotoTagged, Tag, strongest_of_each
from services.common.vectors import from_wire, to_wire
from tests.common.brokers import uploaded

HALVES = st.lists(
    st.floats(-1, 1, width=16).filter(lambda number: abs(number) > 1e-3), min_size=1, max_size=50
)


def test_a_name_on_the_wire_is_the_class_in_lower_case() -> None:
    assert set(Event.registry) == {
        "photo.uploaded",
        "photo.tagged",
        "photo.embedded",
        "photo.failed",
        "photo.changed",
    }


def test_an_event_comes_back_as_it_went() -> None:
    event = uploaded()
    assert Event.from_wire("photo.uploaded", event.to_wire()) == event


def test_a_field_that_a_newer_sender_added_is_overlooked() -> None:
    event = uploaded()
    newer = {**json.loads(event.to_wire()), "favourite_colour": "teal"}
    assert Event.from_wire("photo.uploaded", json.dumps(newer).encode()) == event


def test_an_event_of_a_megabyte_is_refused_unread() -> None:
    with pytest.raises(Refuse, match="bytes"):
        Event.from_wire("photo.uploaded", b" " * (2**20 + 1))


def test_embedded_says_all_that_tagged_said() -> None:
    tagged = PhotoTagged(
        **uploaded().follow(blob_key="k", tags=(Tag(kind="label", text="cat", confidence=0.5),)),
        tagger="local",
        caption="a cat",
    )
    embedded = PhotoEmbedded.after(
        tagged, model="m", dimensions=2, photo_vector=(1.0, 0.0), tag_vectors=()
    )
    assert (embedded.tags, embedded.caption) == (tagged.tags, tagged.caption)
    assert embedded.event_id != tagged.event_id


@given(HALVES)
def test_vectors_survive_the_wire(numbers: list[float]) -> None:
    assert from_wire(to_wire(numbers)) == tuple(numbers)


@pytest.mark.parametrize("bad", ["", "AAA=", "!!!", [], [0.0, 0.0], [math.nan], [math.inf, 1.0]])
def test_a_vector_that_points_nowhere_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="a vector"):
        from_wire(bad)


def test_the_surer_of_two_taggers_wins() -> None:
    sure, unsure = (Tag(kind="label", text="dog", confidence=c) for c in (0.9, 0.4))
    assert strongest_of_each([sure, unsure]) == (sure,)
