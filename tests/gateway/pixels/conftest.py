"""A pool of warm children, and a way to ask it from an ordinary test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest

from tests.gateway.pixels.craft import quadrants, saved
from tests.gateway.pixels.reading import Reader


@pytest.fixture(scope="session", autouse=True)
def heic() -> None:
    """Pillow writes HEIC for whichever test asks first."""
    pillow_heif.register_heif_opener()


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Two children for all tests that harm none."""
    with asyncio.Runner() as runner, Reader(runner, tmp_path_factory.mktemp("photos")) as reader:
        yield reader


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """An ordinary photo in a file."""
    path = tmp_path / "photo"
    path.write_bytes(saved(quadrants(), "JPEG"))
    return path
