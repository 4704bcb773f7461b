"""Where a photo was taken, from the things in it; and clouds, which are no thing."""

import numpy as np
import pytest

from services.tagger.local.colour import Light
from services.tagger.local.pixels import Picture
from services.tagger.local.places import places
from services.tagger.local.scene import scene
from services.tagger.local.things import Seen

BOX = (0.1, 0.2, 0.3, 0.4)


def found(*things: Seen, **evidence: float) -> dict[str, float]:
    return {one.text: one.sure for one in places(things, evidence)}


def seen(text: str, sure: float = 0.9, number: int = 1) -> Seen:
    return Seen(text, sure, (BOX,) * number)


@pytest.mark.parametrize(
    ("things", "words"),
    [
        (["bed"], {"indoors", "bedroom"}),
        (["traffic light"], {"street", "city"}),
        (["boat"], {"water"}),
        (["chair", "table"], {"indoors"}),
        (["chair"], set()),
        (["ball", "person"], {"sport"}),
        (["ball"], set()),
        (["surfboard", "person"], {"surfing", "sport", "sea", "water"}),
        (["dog"], set()),
    ],
)
def test_things_tell_the_place(things: list[str], words: set[str]) -> None:
    assert found(*map(seen, things)).keys() == words


def test_what_follows_is_less_sure_than_what_it_follows_from() -> None:
    assert found(seen("ball", 0.9), seen("person", 0.7)) == {"sport": pytest.approx(0.63)}


def test_a_car_is_on_a_street_beside_buildings_and_many_are_traffic() -> None:
    assert found(seen("car")) == {}
    assert found(seen("car"), architecture=0.3).keys() == {"street"}
    assert found(seen("car", number=3), seen("bus")).keys() == {"street", "traffic"}


def test_a_sofa_before_a_mountain_stands_in_no_room() -> None:
    assert found(seen("sofa")).keys() == {"indoors"}
    assert found(seen("sofa"), landscape=0.6) == {}


def skyscape(*, clouds: bool) -> Picture:
    rgb = np.random.default_rng(6).integers(40, 90, (400, 600, 3), dtype=np.uint8)
    rgb[:220] = (80, 130, 220)
    if clouds:
        rows, columns = np.mgrid[:220, :600]
        heap = np.clip(3 * np.sin(columns / 60) * np.cos(rows / 40), 0, 1)[..., None]
        rgb[:220] = (rgb[:220] * (1 - heap) + 250 * heap).astype(np.uint8)
    return Picture(rgb)


def test_white_that_billows_in_the_blue_is_clouds() -> None:
    for clouds in (True, False):
        picture = skyscape(clouds=clouds)
        words = scene(picture.lab, Light.of(picture.lab), {"landscape": 0.6})
        assert ("clouds" in words) is clouds
        assert "sky" in words


def test_the_blue_over_a_diver_is_no_sky() -> None:
    picture = skyscape(clouds=True)
    words = scene(picture.lab, Light.of(picture.lab), {"landscape": 0.6, "underwater": 0.6})
    assert not {"sky", "clouds"} & words.keys()
