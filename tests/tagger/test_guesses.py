"""What of a provider's guesses the tagger tells."""

from services.common.events import Guess, PhotoFacts, PhotoUploaded, Sighting, Tag
from services.common.results import Results
from services.tagger.handler import TagPhoto
from tests.tagger.test_handler import DOG, UNSURE_DOG, Sees

MAYBE = tuple(
    Guess(kind="label", text=text, confidence=sure) for text, sure in (("dog", 0.3), ("snow", 0.4))
)


class Guesses(Sees):
    """A free provider that guesses a dog and snow, whatever else it sees."""

    def __init__(self, *tags: Tag) -> None:
        super().__init__(*tags, name="free", paid=False)

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:
        return super().look(photo, facts=facts).model_copy(update={"guesses": MAYBE})


def test_the_guesses_of_a_lone_provider_are_told(results: Results, event: PhotoUploaded) -> None:
    (tagged,) = TagPhoto(results, [Guesses()])(event)
    assert [(one.text, one.confidence) for one in tagged.guesses] == [("snow", 0.4), ("dog", 0.3)]
    assert tagged.tags == ()


def test_no_guess_is_a_tag_too(results: Results, event: PhotoUploaded) -> None:
    (tagged,) = TagPhoto(results, [Guesses(UNSURE_DOG)])(event)
    assert tagged.tags == (UNSURE_DOG,)
    assert [one.text for one in tagged.guesses] == ["snow"]


def test_beside_somebody_who_sees_better_nothing_is_guessed(
    results: Results, event: PhotoUploaded
) -> None:
    better, worse = Sees(DOG), Guesses()
    for _ in range(2):  # the second time, the paid answer is a kept one
        (tagged,) = TagPhoto(results, [better, worse])(event)
        assert (tagged.tags, tagged.guesses) == ((DOG,), ())
    assert len(better.looks) == 1
