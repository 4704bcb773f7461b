"""The short form of `make quality`: the same gates on fewer drawings."""

from pathlib import Path

import pytest

from services.common.models import EYES, FOLDER, get_models
from services.tagger.providers.local import LocalTagger
from tests.quality import samples, synthetic
from tests.quality.__main__ import MACRO_F1, OFF, PRECISION, SAMPLES

#: They compute for a minute or two, and wait for nothing; beside others it takes longer.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def models() -> Path:
    folder = Path(__file__).parents[2] / FOLDER
    get_models(folder, EYES)
    return folder


def test_drawn_compositions_are_named_right_and_their_geometry_is_where_it_was_drawn(
    models: Path,
) -> None:
    score = synthetic.judge(models, each=12)
    print("\n".join(synthetic.lines_of(score, 12)))
    assert score.macro_f1 >= MACRO_F1 - 0.02  # twelve of each are few
    for what in score.errors:
        assert score.off(what) <= OFF, what


def test_the_words_for_the_sample_photos_are_those_that_a_person_gave(models: Path) -> None:
    score = samples.judge_samples(LocalTagger(models), SAMPLES)
    print("\n".join(samples.lines_of(score)))
    for kind, least in PRECISION.items():
        assert score.precision(kind) >= least, kind


def test_every_sample_photo_is_labelled_by_hand_twice() -> None:
    labelled = samples.hand_labels()
    assert set(labelled) == {path.name for path in SAMPLES.glob("*.jpg")}
    assert all({"first", "second"} == set(passes) for passes in labelled.values())
