"""One tagged photo, its blobs, and a search that knows it."""

from decimal import Decimal

import pytest

from services.common.events import PhotoTagged, PhotoUploaded, Tag
from tests.tagger.conftest import blobs, event, results, search, shared_blobs, shelf

__all__ = ["blobs", "event", "results", "search", "shared_blobs", "shelf"]


@pytest.fixture
def tagged(event: PhotoUploaded) -> PhotoTagged:
    return PhotoTagged(
        **event.follow(
            blob_key=event.blob_key,
            tags=(
                Tag(kind="mood", text="calm", confidence=0.5),
                Tag(kind="label", text="dog", confidence=0.9),
                Tag(kind="composition", text="calm", confidence=0.2),
            ),
            caption="a dog on a beach",
            tagger="local-1",
            cost=Decimal("0.02"),
            missing=("http",),
        )
    )
