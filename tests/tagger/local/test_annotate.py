"""Where things were seen, drawn over the photo."""

import io

import numpy as np
from PIL import Image

from services.common.events import Tag
from services.tagger.local.annotate import GREEN, annotate
from services.tagger.local.pixels import Bytes

BLACK = np.zeros((200, 400, 3), np.uint8)


def drawn(*tags: Tag) -> Bytes:
    with Image.open(io.BytesIO(annotate(BLACK, tags))) as image:
        return np.asarray(image.convert("RGB"), np.uint8)


def seen(text: str, *boxes: object) -> Tag:
    return Tag(
        kind="label", text=text, confidence=0.9, source="local", evidence={"boxes": list(boxes)}
    )


def is_green(pixels: Bytes, x: int, y: int) -> bool:
    near = pixels[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).astype(int)
    return bool((np.abs(near - GREEN).sum(axis=1) < 120).any())


def test_each_box_of_a_label_is_drawn_where_it_is() -> None:
    pixels = drawn(seen("people", [0.1, 0.2, 0.2, 0.5], [0.5, 0.2, 0.4, 0.6]))
    assert is_green(pixels, 40, 90)
    assert is_green(pixels, 120, 90)
    assert is_green(pixels, 280, 40)
    assert not is_green(pixels, 160, 90)


def test_words_for_the_same_thing_share_its_box() -> None:
    box = [0.25, 0.25, 0.5, 0.5]
    assert (drawn(seen("dog", box), seen("animal", box)) != drawn(seen("dog", box))).any()
    assert is_green(drawn(seen("dog", box), seen("animal", box)), 100, 100)


def test_boxes_that_are_none_break_nothing() -> None:
    assert not drawn(seen("dog", [0.1, 0.2], "here", None)).any()
