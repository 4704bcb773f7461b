"""Photos like a photo: in meaning, in geometry, in mood, in colour, and with words."""

from typing import Any
from uuid import UUID

import pytest

from services.common.api import SearchAnswer, Swatch
from services.common.events import Feeling, Tag
from services.common.finding import Dropped, Way
from services.search import record
from services.search.apply import apply_result
from services.search.database import Db
from services.search.query import Question
from services.search.record import NoSuchPhoto
from services.search.similar import Similar, places_of_dropped, places_of_photo
from services.tagger.vision import MOODS
from tests.search.photos import (
    OWNER,
    ask,
    asking,
    embedded,
    felt,
    queued,
    ready,
    reservation,
    tag,
)


def at(x: float, y: float) -> dict[str, Any]:
    return {"subject": {"box": [x - 0.1, y - 0.1, 0.2, 0.2], "point": [x, y]}}


def like(db: Db, of: UUID, by: Way, q: str = "", **more: Any) -> SearchAnswer:
    searching = asking()
    asked = searching.understand(db, q)
    places = places_of_photo(db, OWNER, of, 1)
    return Similar(searching, OWNER, by, places, of).answer(db, Question(OWNER, q, **more), asked)


def names(answer: SearchAnswer) -> list[str]:
    return [hit.filename.removesuffix(".jpg") for hit in answer.photos]


def test_like_in_meaning_is_what_shows_the_same(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("beach"))
    ready(db, "other cat", tag("cat"), tag("beach"), tag("dog", 0.4))
    ready(db, "harbour", tag("harbour"))
    assert names(like(db, of, "meaning")) == ["other cat"]


def test_what_is_little_like_it_is_shown_only_on_demand(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("beach"))
    ready(db, "same", tag("cat"), tag("beach"))
    ready(db, "half", tag("cat"), tag("dog"), tag("harbour"))
    answer = like(db, of, "meaning")
    assert (names(answer), answer.total, answer.weaker) == (["same"], 1, 1)
    assert {count.text for count in answer.facets["label"]} == {"cat", "beach"}
    answer = like(db, of, "meaning", weaker=True)
    assert (names(answer), answer.total, answer.weaker) == (["same", "half"], 2, 0)
    assert names(like(db, of, "meaning", strictness=0)) == ["same", "half"]


def test_a_photo_that_none_is_like_has_none_like_it(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("beach"))
    ready(db, "half", tag("cat"), tag("dog"), tag("harbour"))
    assert names(like(db, of, "meaning")) == []


def test_like_in_composition_is_the_same_geometry_whatever_it_shows(db: Db) -> None:
    def seen(technique: str, x: float, y: float) -> Tag:
        return tag(technique, 0.9, "composition", evidence=at(x, y))

    of = ready(db, "a", tag("cat"), seen("rule of thirds", 0.33, 0.33))
    ready(db, "b", tag("dog"), seen("rule of thirds", 0.36, 0.35))
    ready(db, "c", tag("cat"), seen("centered", 0.5, 0.5))
    answer = like(db, of, "composition")
    assert names(answer)[0] == "b"
    assert answer.photos[0].likeness > 0.8


def test_lines_that_lead_elsewhere_are_like_lines_and_no_like_subjects(db: Db) -> None:
    def lines(name: str, x: float, y: float) -> UUID:
        to = {"vanishing_point": [x, y]}
        return ready(db, name, tag(name), tag("leading lines", 0.9, "composition", evidence=to))

    of = lines("road", 0.5, 0.5)
    lines("rails", 0.0, 0.0)
    ready(db, "cup", tag("cup"), tag("centered", 0.9, "composition", evidence=at(0.5, 0.5)))
    answer = like(db, of, "composition")
    assert names(answer) == ["rails"]
    assert answer.photos[0].likeness < 0.55


def test_like_in_mood_is_near_on_the_map(db: Db) -> None:
    def mood(name: str, valence: float, energy: float) -> UUID:
        place = {"valence": valence, "energy": energy}
        return ready(db, name, tag("some mood", kind="mood", evidence=place))

    of = mood("calm", 0.5, -0.6)
    mood("also calm", 0.4, -0.5)
    mood("wild", 0.3, 0.4)
    ready(db, "named", tag("serene", kind="mood"))
    assert names(like(db, of, "mood")) == ["named", "also calm"]


def test_like_in_mood_needs_no_word_for_it(db: Db) -> None:
    of = felt(db, "dusk", -0.4, -0.5, tag("harbour"))
    felt(db, "fog", -0.5, -0.4, tag("beach"))
    felt(db, "fair", 0.8, 0.7, tag("dog"))
    ready(db, "unknown", tag("harbour"))
    assert names(like(db, of, "mood")) == ["fog"]


def test_what_is_said_of_a_mood_goes_before_what_was_measured(db: Db) -> None:
    of = felt(db, "dusk", -0.4, -0.5, tag("harbour"))
    said = felt(db, "said", -0.4, -0.5, tag("joyful", kind="mood"))
    felt(db, "measured", -0.4, -0.5, tag("harbour"))
    assert names(like(db, of, "mood")) == ["measured"]
    assert names(like(db, said, "mood")) == []
    assert {hit.filename for hit in ask(db, "has:mood").photos} == {"said.jpg"}


def test_every_mood_that_a_vision_model_may_say_has_its_place(db: Db) -> None:
    placed = {text for (text,) in db.execute("SELECT text FROM mood_place")}
    assert placed >= MOODS


def test_a_measured_feeling_outlives_a_result_that_does_not_tell_it(db: Db) -> None:
    of = felt(db, "dusk", -0.4, -0.5, tag("harbour"))
    record.requeue_photo(db, of, OWNER)
    assert apply_result(db, embedded(db, of, tag("harbour")))
    assert places_of_photo(db, OWNER, of, 1).mood == "(-0.4,-0.5)"


def coloured(db: Db, name: str, *lab: tuple[float, float, float]) -> UUID:
    palette = [Swatch(hex="#000000", amount=1 / len(lab), lab=one) for one in lab]
    return ready(db, name, tag(name), palette=palette)


def test_like_in_colour_is_the_same_colours_in_like_amounts(db: Db) -> None:
    of = coloured(db, "teal", (52, -30, -8), (84, 3, 18))
    coloured(db, "tealish", (50, -26, -6), (86, 2, 16))
    coloured(db, "red", (46, 66, 46))
    assert names(like(db, of, "colour")) == ["tealish"]


def test_one_colour_in_common_is_not_the_same_colours(db: Db) -> None:
    of = coloured(db, "teal", (52, -30, -8), (84, 3, 18))
    coloured(db, "half", (50, -26, -6), (20, 5, -20))
    assert names(like(db, of, "colour")) == []
    assert names(like(db, of, "colour", weaker=True)) == ["half"]


def test_words_say_what_should_differ(db: Db) -> None:
    of = ready(db, "cat", tag("cat"), tag("beach"))
    ready(db, "with dog", tag("cat"), tag("beach"), tag("dog", 0.5))
    ready(db, "without", tag("cat"), tag("beach", 0.5))
    assert names(like(db, of, "meaning", "-dog")) == ["without"]
    assert names(like(db, of, "meaning", "dog"))[0] == "with dog"
    answer = like(db, of, "meaning", "dog")
    for hit in answer.photos:
        assert sum(why.points for why in hit.why) == pytest.approx(hit.likeness, abs=1e-5)


def test_a_photo_that_is_gone_or_unseen_is_like_none(db: Db) -> None:
    of = ready(db, "cat", tag("cat"))
    record.doom_photo(db, of, OWNER)
    for gone in (of, queued(db, "not seen yet")):
        with pytest.raises(NoSuchPhoto):
            like(db, gone, "meaning")


def test_a_dropped_photo_without_a_mood_lies_where_it_was_measured(db: Db) -> None:
    of = felt(db, "dusk", -0.4, -0.55, tag("harbour"))
    dropped = Dropped(width=4, height=3, feeling=Feeling(valence=-0.4, energy=-0.55))
    assert places_of_dropped(db, dropped, None).mood == places_of_photo(db, OWNER, of, 1).mood
    assert places_of_dropped(db, Dropped(width=4, height=3), None).mood is None


@pytest.mark.parametrize("by", ["composition", "mood", "colour"])
def test_a_dropped_photo_is_placed_like_a_kept_one(db: Db, by: Way) -> None:
    seen = (
        tag("centered", 0.9, "composition", evidence=at(0.5, 0.5)),
        tag("serene", 0.8, "mood"),
    )
    of = ready(db, "kept", *seen)
    palette = list(reservation("kept").palette)
    dropped = Dropped(width=400, height=300, palette=palette, tags=seen)
    places = places_of_dropped(db, dropped, None)
    assert places.of(by) == places_of_photo(db, OWNER, of, 1).of(by)
    searching = asking()
    answer = Similar(searching, OWNER, by, places).answer(
        db, Question(OWNER, ""), searching.understand(db, "")
    )
    assert names(answer) == ["kept"]
    assert answer.photos[0].likeness > 0.99
