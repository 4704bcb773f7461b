"""The models, got once, and pictures to look at."""

from pathlib import Path

import pytest

from services.common.models import EYES, FOLDER, get_models
from services.tagger.providers.local import LocalTagger

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def models() -> Path:
    folder = ROOT / FOLDER
    get_models(folder, EYES)
    return folder


@pytest.fixture(scope="session")
def tagger(models: Path) -> LocalTagger:
    return LocalTagger(models)


@pytest.fixture(scope="session")
def samples() -> Path:
    return ROOT / "samples"
