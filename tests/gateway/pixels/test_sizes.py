"""Derivatives are near their target, never larger than the photo, and cheap to make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pixels.limits import check_size
from services.gateway.pixels.refusal import Refusal
from services.gateway.pixels.sizes import DISPLAY_MOST, dct_divisor, display_plan, within

sides = st.integers(min_value=1, max_value=30_000)


@given(sides, sides)
def test_display_is_near_2000_and_a_small_photo_is_not_enlarged(width: int, height: int) -> None:
    plan = display_plan(width, height)
    if max(width, height) <= DISPLAY_MOST:
        assert plan == (1, (width, height))
    else:
        assert 1600 <= max(plan.size) <= DISPLAY_MOST
        assert min(plan.size) >= 1
        assert max(width, height) / plan.divisor >= 1600


@given(sides, sides)
def test_a_jpeg_is_never_decoded_smaller_than_display(width: int, height: int) -> None:
    divisor = dct_divisor(width, height)
    assert divisor in (1, 2, 4, 8)
    assert divisor == 1 or max(width, height) / divisor >= 1600


@pytest.mark.parametrize(
    ("sides", "divisor", "size"),
    [
        ((4000, 3000), 2, (2000, 1500)),
        ((4032, 3024), 2, (2016, 1512)),
        ((8064, 6048), 4, (2016, 1512)),
        ((6000, 4000), 3, (2000, 1334)),
        ((2500, 2000), 1, (2000, 1600)),
        ((4500, 10), 2, (2000, 4)),
    ],
)
def test_the_plans_of_common_cameras(
    sides: tuple[int, int], divisor: int, size: tuple[int, int]
) -> None:
    assert display_plan(*sides) == (divisor, size)


def test_a_line_keeps_one_pixel_of_height() -> None:
    assert within(400, 30_000, 1) == (400, 1)


@pytest.mark.parametrize(
    ("width", "height", "content_type", "code"),
    [
        (30_000, 2000, "image/png", None),
        (30_001, 1, "image/png", "too-long-side"),
        (8000, 7501, "image/jpeg", "too-many-pixels"),
        (8000, 4001, "image/webp", "too-many-pixels"),
        (0, 5, "image/png", "undecodable"),
    ],
)
def test_the_limits_are_exact(width: int, height: int, content_type: str, code: str | None) -> None:
    if code is None:
        check_size(width, height, content_type)
        return
    with pytest.raises(Refusal) as refusal:
        check_size(width, height, content_type)
    assert refusal.value.code == code
