"""The local text vectors: what they are near to, and what they cost."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from services.common.models import FOLDER, LABEL, TEXT, ModelError, get_models
from services.embedder.local.meanings import meanings, meant_by
from services.embedder.providers.local import LocalEmbedder
from services.embedder.settings import Settings

TAGS = (
    "melancholic", "cheerful", "serene", "symmetry", "pattern", "leading lines", "dog", "cat",
    "sea", "mountain", "car", "sunset", "fog", "shallow depth of field", "copy space", "coffee",
)  # fmt: skip


@pytest.fixture(scope="module")
def embedder() -> LocalEmbedder:
    folder = Path(__file__).parents[2] / FOLDER
    get_models(folder)
    return LocalEmbedder(folder)


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("lonely", "melancholic"),
        ("happiness", "cheerful"),
        ("tranquility", "serene"),
        ("reflection", "symmetry"),
        ("repeating shapes", "pattern"),
        ("puppy", "dog"),
        ("ocean", "sea"),
        ("misty morning", "fog"),
        ("bokeh", "shallow depth of field"),
        ("room for text", "copy space"),
        ("golden hour", "sunset"),
        ("espresso", "coffee"),
    ],
)
def test_what_people_type_finds_the_tag_that_they_mean(
    embedder: LocalEmbedder, query: str, tag: str
) -> None:
    likeness = embedder.embed(TAGS) @ embedder.embed([query])[0]
    assert TAGS[int(likeness.argmax())] == tag


def test_the_same_word_is_the_same_place_as_tag_and_as_query(embedder: LocalEmbedder) -> None:
    tag, query = embedder.embed(["symmetry", " Symmetry "])
    assert float(tag @ query) == pytest.approx(1, abs=1e-5)


def test_vectors_have_unit_length_and_do_not_depend_on_their_company(
    embedder: LocalEmbedder,
) -> None:
    texts = ["a dog on a beach", "x", "", "symmetry", "sea " * 300, "日本の山"]
    together = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert together.shape == (6, embedder.dimensions)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.abs(together - alone).max() < 1e-3


def test_no_texts_are_no_vectors(embedder: LocalEmbedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_an_other_word_of_the_glossary_means_one_word_and_is_none_itself() -> None:
    for other, word in meant_by().items():
        assert other in meanings()[word]
        assert other not in meanings()


def test_a_text_model_of_your_own_has_a_name_of_its_own(tmp_path: Path) -> None:
    models = Path(__file__).parents[2] / FOLDER
    narrow = onnx.load(str(models / TEXT.name))
    # Half as wide, and without the entry that many models do not have.
    graph = narrow.graph
    halves = [("from", [0]), ("to", [192]), ("last", [2]), ("none", [0])]
    graph.initializer.extend(
        numpy_helper.from_array(np.array(numbers, np.int64), name) for name, numbers in halves
    )
    for node in graph.node:
        for place, name in enumerate(node.output):
            node.output[place] = "wide" if name == "last_hidden_state" else name
        for place, name in enumerate(node.input):
            node.input[place] = "kinds" if name == "token_type_ids" else name
    cut = ["wide", "from", "to", "last"]
    graph.node.append(helper.make_node("Slice", cut, ["last_hidden_state"]))
    graph.node.insert(0, helper.make_node("Mul", ["input_ids", "none"], ["kinds"]))
    del graph.output[:], graph.value_info[:]
    graph.output.append(helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, None))
    entries = [entry for entry in graph.input if entry.name != "token_type_ids"]
    del graph.input[:]
    graph.input.extend(entries)
    onnx.save(narrow, str(tmp_path / "narrow.onnx"))

    told = {"models": models, "text_model": str(tmp_path / "narrow.onnx")}
    own = LocalEmbedder.of(Settings.model_validate(told))
    assert own.dimensions == 192
    assert own.model.startswith("narrow-")
    assert own.embed(["dog", "a dog on a beach"]).shape == (2, 192)


def test_a_text_model_that_does_not_fit_is_told_at_the_start(tmp_path: Path) -> None:
    models = Path(__file__).parents[2] / FOLDER
    (tmp_path / "tokenizer.json").write_text("{}")
    for own, complaint in (
        ({"text_model": str(models / LABEL.name)}, "no input_ids"),
        ({"text_tokenizer": str(tmp_path / "tokenizer.json")}, r"is no tokenizer\.json"),
    ):
        with pytest.raises(ModelError, match=complaint):
            LocalEmbedder.of(Settings.model_validate({"models": models, **own}))
