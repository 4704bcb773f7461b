"""Models of your own in the place of ours."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from pydantic import ValidationError

from services.common.modelfile import digest
from services.common.models import ModelError
from services.tagger.providers.local import LocalTagger
from services.tagger.settings import Settings

SIDE = 32
THINGS = "0\t44\tteapot\ttableware\t0.8\t0.5\tcup\n1\t45\tkettle\t\t0.8\t0.5\t\n"
WORDS = "0\tn1\t\tteapot\tkitchenware\n1\tn2\t\tkettle\tkitchenware\n"


def saved(path: Path, nodes: list[onnx.NodeProto], exit_: str, shape: list[int]) -> Path:
    weights = [
        numpy_helper.from_array(np.array([[0.9, 0.05]], np.float32), "sure"),
        numpy_helper.from_array(np.array([0.0], np.float32), "nothing"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("rgb", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(exit_, TensorProto.FLOAT, shape)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    return path


def label_model(path: Path, exit_: str = "prob") -> Path:
    """Sees a teapot in every photo."""
    nodes = [
        helper.make_node("ReduceMax", ["rgb"], ["top"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["top", "nothing"], ["none"]),
        helper.make_node("Add", ["sure", "none"], [exit_]),
    ]
    return saved(path, nodes, exit_, [1, 2])


def subject_model(path: Path) -> Path:
    """Nothing stands out for it."""
    nodes = [
        helper.make_node("ReduceMax", ["rgb"], ["top"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["top", "nothing"], ["mask"]),
    ]
    return saved(path, nodes, "mask", [1, 1, SIDE, SIDE])


def thing_model(path: Path, boxes: str = "boxes") -> Path:
    """Sees a teapot in the middle of every photo."""
    nodes = [
        helper.make_node("ReduceMax", ["rgb"], ["top"], axes=[2, 3], keepdims=0),
        helper.make_node("ReduceMax", ["top"], ["most"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["most", "nothing"], ["none"]),
        helper.make_node("Add", ["none", "middle"], [boxes]),
        helper.make_node("Unsqueeze", ["sure", "first"], ["scores"]),
    ]
    weights: dict[str, np.ndarray] = {
        "sure": np.array([[0.9, 0.05]], np.float32),
        "nothing": np.array([0.0], np.float32),
        "middle": np.array([[[0.4, 0.4, 0.25, 0.25]]], np.float32),
        "first": np.array([0], np.int64),
    }
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("rgb", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [
            helper.make_tensor_value_info(boxes, TensorProto.FLOAT, [1, 1, 4]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 1, 2]),
        ],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    return path


def told(models: Path, **own: Path) -> Settings:
    return Settings.model_validate({"models": models, **{k: str(v) for k, v in own.items()}})


def test_words_and_subjects_come_from_the_models_that_the_settings_name(
    models: Path, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "words.tsv").write_text(WORDS)
    labels, subjects = label_model(tmp_path / "pots.onnx"), subject_model(tmp_path / "none.onnx")
    settings = told(
        models, label_model=labels, label_words=tmp_path / "words.tsv", subject_model=subjects
    )
    tagger = LocalTagger.of(settings)
    seen = tagger.look((samples / "dahlia.jpg").read_bytes())
    tags = {tag.text: tag for tag in seen.tags}
    assert {"teapot", "kitchenware"} <= tags.keys()
    assert seen.guesses == ()
    assert tags["teapot"].model == "pots"
    assert "centered" not in tags
    # Photos that other eyes have seen are looked at anew.
    version = LocalTagger.version
    assert tagger.version.startswith(f"{version}-")
    assert tagger.version != LocalTagger.of(told(models, subject_model=subjects)).version


def test_things_come_from_the_model_that_the_settings_name(
    models: Path, samples: Path, tmp_path: Path
) -> None:
    (tmp_path / "things.tsv").write_text(THINGS)
    own = {
        "thing_model": thing_model(tmp_path / "pot.onnx"),
        "thing_words": tmp_path / "things.tsv",
    }
    tagger = LocalTagger.of(told(models, **own))
    tags = {tag.text: tag for tag in tagger.look((samples / "dahlia.jpg").read_bytes()).tags}
    assert {"teapot", "tableware"} <= tags.keys()
    assert tags["teapot"].model == "pot"
    assert tags["teapot"].evidence == {"boxes": [[0.4, 0.4, 0.25, 0.25]]}


def test_what_does_not_fit_is_told_at_the_start(models: Path, tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text(WORDS + "2\tn3\t\tcup\tkitchenware\n")
    (tmp_path / "bad.tsv").write_text("teapot\n")
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    good, other = label_model(tmp_path / "a.onnx"), label_model(tmp_path / "b.onnx", "answer")
    (tmp_path / "things.tsv").write_text(THINGS)
    (tmp_path / "one.tsv").write_text(THINGS.partition("\n")[0] + "\n")
    things = thing_model(tmp_path / "things.onnx")
    shy = thing_model(tmp_path / "shy.onnx", boxes="places")
    for own, complaint in (
        ({"label_model": good, "label_words": tmp_path / "words.tsv"}, "2 classes"),
        ({"label_model": good, "label_words": tmp_path / "bad.tsv"}, "5 columns"),
        ({"label_model": other, "label_words": tmp_path / "words.tsv"}, "and no prob"),
        ({"thing_model": things, "thing_words": tmp_path / "one.tsv"}, "2 classes"),
        ({"thing_model": things, "thing_words": tmp_path / "bad.tsv"}, "7 columns"),
        ({"thing_model": shy, "thing_words": tmp_path / "things.tsv"}, "not answer boxes"),
        ({"subject_model": tmp_path / "junk.onnx"}, "no ONNX model"),
        ({"subject_model": tmp_path / "away.onnx"}, "no such file"),
    ):
        with pytest.raises(ModelError, match=complaint):
            LocalTagger.of(told(models, **own))
    with pytest.raises(ValidationError, match="IMGCAP_LABEL_WORDS"):
        told(models, label_model=good)
    with pytest.raises(ValidationError, match="IMGCAP_THING_WORDS"):
        told(models, thing_model=things)


def test_a_label_model_of_another_release_is_told_at_the_start(
    models: Path, tmp_path: Path
) -> None:
    for file in models.iterdir():
        (tmp_path / file.name).symlink_to(file.resolve())
    (tmp_path / "label.onnx").unlink()
    label_model(tmp_path / "label.onnx")
    with pytest.raises(ModelError, match=r"services\.common\.models"):
        LocalTagger(tmp_path)


def test_the_tagger_ends_with_one_sentence_when_its_model_is_another(
    models: Path, tmp_path: Path
) -> None:
    file = subject_model(tmp_path / "mask.onnx")
    own = {"IMGCAP_MODELS": str(models), "IMGCAP_SUBJECT_MODEL": f"{file}#sha256={'0' * 64}"}
    ended = subprocess.run(
        [sys.executable, "-m", "services.tagger"],
        env={**os.environ, **own, "IMGCAP_BROKER__URL": "amqp://127.0.0.1:9"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == (f"tagger: {file} has the sha256 {digest(file)}, not {'0' * 64}")
