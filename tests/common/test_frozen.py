"""Weights out of a frozen graph, byte by byte, and a detector made of them."""

import struct

import numpy as np
import onnxruntime
import pytest

from services.common.frozen import FrozenError, read_weights
from services.common.ssd import CLASSES, EXTRA, LOOKED_FOR, NETWORK, anchors, build_ssd

SIDE = 96


def field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    rest = b""
    while value > 127:
        rest, value = rest + bytes([value & 127 | 128]), value >> 7
    return rest + bytes([value])


def constant(name: str, tensor: bytes, operation: str = "Const") -> bytes:
    value = field(1, b"value") + field(2, field(8, tensor))
    kind = field(1, b"dtype") + field(2, field(6, 1))
    node = field(1, name.encode()) + field(2, operation.encode()) + field(5, kind)
    return field(1, node + field(5, value))


def shaped(*sides: int, kind: int = 1) -> bytes:
    return field(1, kind) + field(2, b"".join(field(2, field(1, side)) for side in sides))


def test_constants_are_read_and_nothing_else() -> None:
    six = struct.pack("<6f", *range(6))
    graph = (
        constant("weights", shaped(2, 3) + field(4, six))
        + constant("bias", shaped(4) + field(5, struct.pack("<f", 0.5)))
        + constant("scalar", shaped() + field(5, struct.pack("<f", 7)))
        + constant("whole numbers", shaped(1, kind=3) + field(4, b"\0" * 4))
        + constant("not a constant", shaped(2, 3) + field(4, six), "Identity")
    )
    found = read_weights(graph)
    assert found.keys() == {"weights", "bias", "scalar"}
    assert found["weights"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["bias"].tolist() == [0.5] * 4
    assert found["scalar"].shape == ()


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        (constant("w", shaped(2, 3) + field(4, b"\0" * 8)), "as large as its shape"),
        (constant("w", shaped(2) + field(4, b"\0" * 8))[:-5], "end within a field"),
        (b"\x0b", "unknown kind"),
        (b"\x80", "end within a number"),
        (b"\xff" * 11, "end within a number"),
        (field(1, 5), "where bytes belong"),
    ],
)
def test_what_is_no_graph_is_refused(graph: bytes, complaint: str) -> None:
    with pytest.raises(FrozenError, match=complaint):
        read_weights(graph)


def narrow_ssd() -> dict[str, np.ndarray]:
    """All layers of the published network, each as narrow as can be; weights by chance."""
    rng = np.random.default_rng(5)
    tensors: dict[str, np.ndarray] = {}

    def layer(name: str, coming: int, leaving: int, size: int = 1, kind: str = "/weights") -> None:
        shape = (size, size, coming, 1 if kind == "/depthwise_weights" else leaving)
        tensors[name + kind] = rng.normal(0, 0.5, shape).astype(np.float32)
        for part, number in (("gamma", 1), ("beta", 0), ("moving_mean", 0), ("moving_variance", 1)):
            tensors[f"{name}/BatchNorm/{part}"] = np.full(leaving, number, np.float32)

    layer(NETWORK + "Conv", 3, 2, 3)
    for number in range(17):
        name = NETWORK + (f"expanded_conv_{number}" if number else "expanded_conv")
        if number:
            layer(name + "/expand", 2, 4)
        wide = 4 if number else 2
        layer(name + "/depthwise", wide, wide, 3, "/depthwise_weights")
        layer(name + "/project", wide, 2)
    layer(NETWORK + "Conv_1", 2, 4)
    for number, width in EXTRA:
        layer(f"{NETWORK}layer_19_1_Conv2d_{number}_1x1_{width // 2}", 4, 4)
        name = f"{NETWORK}layer_19_2_Conv2d_{number}_3x3_s2_{width}"
        layer(name + "_depthwise", 4, 4, 3, "/depthwise_weights")
        layer(name, 4, 4)
    for number in range(6):
        each = 6 if number else 3
        for what, width in (("BoxEncodingPredictor", 4), ("ClassPredictor", CLASSES)):
            name = f"BoxPredictor_{number}/{what}"
            tensors[name + "/weights"] = np.zeros((3, 3, 4, each * width), np.float32)
            tensors[name + "/biases"] = np.tile(np.arange(width, dtype=np.float32), each)
    return tensors


def test_a_detector_answers_in_shares_of_the_photo_and_for_the_classes_asked_for() -> None:
    tensors = narrow_ssd()
    built = build_ssd(tensors, SIDE, classes=(3, 1))
    assert built == build_ssd(tensors, SIDE, classes=(3, 1))  # the same bytes everywhere
    session = onnxruntime.InferenceSession(built, providers=["CPUExecutionProvider"])
    pixels = np.full((1, 3, SIDE, SIDE), 200, np.float32)
    boxes, scores = session.run(["boxes", "scores"], {"pixels": pixels})
    middles = anchors(SIDE)
    assert boxes.shape == (1, len(middles), 4)
    # The predictors say class = number of the class, and a fixed shift and growth of each anchor.
    sure = 1 / (1 + np.exp(-np.array([3.0, 1.0])))
    np.testing.assert_allclose(scores[0], np.tile(sure, (len(middles), 1)), rtol=1e-5)
    down, across, tall, wide = middles.T
    width, height = wide * np.exp(3 / 5), tall * np.exp(2 / 5)
    expected = np.stack([across + wide / 10 - width / 2, down - height / 2, width, height], axis=1)
    np.testing.assert_allclose(boxes[0], expected, atol=1e-5)


def test_anchors_cover_the_photo_from_fine_to_coarse() -> None:
    found = anchors(300)
    assert len(found) == 3 * 19**2 + 6 * (10**2 + 5**2 + 3**2 + 2**2 + 1)
    np.testing.assert_allclose(found[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(found[-6], [0.5, 0.5, 0.95, 0.95], rtol=1e-6)
    two_wide, half_wide = found[1], found[2]
    assert two_wide[3] / two_wide[2] == pytest.approx(2)
    assert half_wide[3] / half_wide[2] == pytest.approx(0.5)


def test_no_class_is_looked_for_twice() -> None:
    assert len(set(LOOKED_FOR)) == len(LOOKED_FOR)
    assert all(0 < number < CLASSES for number in LOOKED_FOR)
