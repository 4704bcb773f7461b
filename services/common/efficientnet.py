"""Builds an ONNX file from the weights of an EfficientNet-Lite, with batch norms folded in.

The file takes RGB pixels as they are (0..255, float32, n x 3 x side x side) and gives `prob`
(n x 1000) and `embedding` (n x 2720): the 1280 numbers that the classes are told from, then mean
and deviation of each of the 720 channels before the last halving, where textures are seen, and
things not yet. The weights are made by additions, products, quotients and square roots of float32
only, which every machine computes alike, so the bytes are the same everywhere.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from services.common.checkpoint import Array

#: Where the resolution halves: the first block of these stages (Tan and Le, 2019, table 1).
HALVING_STAGES = frozenset({2, 3, 4, 6})
NORM_EPSILON = np.float32(1e-3)
#: The training's own: (pixel - 127) / 128.
PIXEL_MEAN, PIXEL_SCALE = np.float32(127), np.float32(128)


class Graph:
    """Nodes and weights as they are added, each with a fresh name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, numbers: Array | np.float32) -> str:
        name = f"w{len(self.weights)}"
        array = np.ascontiguousarray(numbers, dtype=np.float32).reshape(np.shape(numbers))
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operation: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output


def build_efficientnet(tensors: Mapping[str, Array], side: int) -> bytes:
    graph = Graph()
    centred = graph.add("Sub", "pixels", graph.weight(PIXEL_MEAN))
    x = graph.add("Div", centred, graph.weight(PIXEL_SCALE))
    x = _convolution(graph, x, tensors, "_conv_stem", "_bn0", stride=2)
    x, textures = _blocks(graph, x, tensors)
    x = _convolution(graph, x, tensors, "_conv_head", "_bn1")
    last = graph.add("Flatten", graph.add("GlobalAveragePool", x), axis=1)
    weight, bias = tensors["_fc.weight"], tensors["_fc.bias"]
    logits = graph.add("Gemm", last, graph.weight(weight), graph.weight(bias), transB=1)
    graph.add("Softmax", logits, output="prob", axis=1)
    graph.add("Concat", last, *_statistics(graph, textures), output="embedding", axis=1)
    return _serialise(graph, side, classes=weight.shape[0])


def _statistics(graph: Graph, x: str) -> tuple[str, str]:
    """Mean and deviation of each channel."""
    mean = graph.add("GlobalAveragePool", x)
    squares = graph.add("GlobalAveragePool", graph.add("Mul", x, x))
    variance = graph.add("Sub", squares, graph.add("Mul", mean, mean))
    deviation = graph.add("Sqrt", graph.add("Relu", variance))
    return graph.add("Flatten", mean, axis=1), graph.add("Flatten", deviation, axis=1)


def _blocks(graph: Graph, x: str, tensors: Mapping[str, Array]) -> tuple[str, str]:
    """What comes out of all blocks, and what comes into the last halving of the resolution."""
    count = 1 + max(int(found[1]) for key in tensors if (found := re.match(r"_blocks\.(\d+)", key)))
    stage, channels, stage_channels = 0, tensors["_conv_stem.weight"].shape[0], 0
    textures = x
    for number in range(count):
        prefix = f"_blocks.{number}."
        outgoing = tensors[prefix + "_project_conv.weight"].shape[0]
        starts_stage = outgoing != stage_channels
        stage, stage_channels = stage + starts_stage, outgoing
        stride = 2 if starts_stage and stage in HALVING_STAGES else 1
        y = x
        if prefix + "_expand_conv.weight" in tensors:
            y = _convolution(graph, y, tensors, prefix + "_expand_conv", prefix + "_bn0")
        textures = y if stride == 2 else textures
        depthwise = prefix + "_depthwise_conv"
        y = _convolution(graph, y, tensors, depthwise, prefix + "_bn1", stride=stride)
        y = _convolution(graph, y, tensors, prefix + "_project_conv", prefix + "_bn2", relu=False)
        x = graph.add("Add", x, y) if stride == 1 and channels == outgoing else y
        channels = outgoing
    return x, textures


def _convolution(
    graph: Graph,
    x: str,
    tensors: Mapping[str, Array],
    convolution: str,
    norm: str,
    *,
    stride: int = 1,
    relu: bool = True,
) -> str:
    kernel = tensors[convolution + ".weight"]
    gamma, beta, mean, variance = (
        tensors[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + NORM_EPSILON)
    weights = graph.weight(kernel * scale[:, None, None, None])
    size = kernel.shape[2]
    y = graph.add(
        "Conv",
        x,
        weights,
        graph.weight(beta - mean * scale),
        auto_pad="SAME_UPPER",
        kernel_shape=[size, size],
        strides=[stride, stride],
        group=kernel.shape[0] if kernel.shape[1] == 1 else 1,
    )
    if not relu:
        return y
    return graph.add("Clip", y, graph.weight(np.float32(0)), graph.weight(np.float32(6)))


def _serialise(graph: Graph, side: int, *, classes: int) -> bytes:
    def tensor(name: str, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])

    whole = helper.make_graph(
        graph.nodes,
        "efficientnet-lite",
        [tensor("pixels", 3, side, side)],
        [tensor("prob", classes), tensor("embedding", "features")],
        graph.weights,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
