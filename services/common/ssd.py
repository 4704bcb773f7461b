"""Builds an ONNX file from the weights of an SSD-MobileNet-v2 that was trained on COCO.

The file takes RGB pixels as they are (0..255, float32, 1 x 3 x side x side) and gives `boxes`
(1 x n x 4: left, top, width, height in 0..1 of the photo) and `scores` (1 x n x classes, 0..1 each,
overlapping boxes not yet merged). Sources: Liu et al., "SSD: Single Shot MultiBox Detector" (2016);
Sandler et al., "MobileNetV2" (2018); anchors as in TensorFlow's Object Detection API.

Only products, sums and square roots of float32 are used here, which every machine computes alike,
so the bytes are the same everywhere.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from services.common.efficientnet import Graph

Array = NDArray[np.float32]

NETWORK = "FeatureExtractor/MobilenetV2/"
NORM_EPSILON = np.float32(1e-3)
BLOCKS = 17
#: Where the resolution halves, and the block whose widened input is the finest map looked at.
HALVING_BLOCKS = frozenset({1, 3, 6, 13})
FINEST = 13
#: The maps beyond the network's own: number and width of each.
EXTRA = ((2, 512), (3, 256), (4, 256), (5, 128))
#: Six maps; an anchor is as large as its map is coarse, in shares of the photo.
SCALES = (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)
SHAPES = (1.0, 2.0, 0.5, 3.0, 0.3333)
FINEST_ANCHORS = ((0.1, 1.0), (0.2, 2.0), (0.2, 0.5))
#: What the training multiplied places and sizes by.
PLACE, SIZE = np.float32(10), np.float32(5)
#: Classes of COCO, with the background as the first.
CLASSES = 91
#: Those that are looked for, in the order of services/tagger/local/things.tsv; each of the others
#: would cost time, and most of those are seen where they are not: frisbees, ties, toothbrushes.
# fmt: off
LOOKED_FOR = (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 28, 37, 42, 44, 46,
    47, 51, 52, 53, 55, 56, 57, 59, 60, 61, 62, 63, 64, 65, 67, 70, 72, 73, 76, 77, 84, 85, 86,
)
# fmt: on


class _Ssd:
    def __init__(self, tensors: Mapping[str, Array]) -> None:
        self._tensors = tensors
        self.graph = Graph()
        self._nothing, self._six = (self.graph.weight(np.float32(n)) for n in (0, 6))

    def convolution(
        self, x: str, name: str, *, stride: int = 1, each: bool = False, relu: bool = True
    ) -> str:
        """``each``: every channel by itself, as MobileNets do."""
        weights, bias = self._folded(name, each)
        return self.convolved(x, weights, bias, stride=stride, each=each, relu=relu)

    def convolved(
        self, x: str, weights: Array, bias: Array, *, stride: int = 1, each: bool, relu: bool
    ) -> str:
        y = self.graph.add(
            "Conv",
            x,
            self.graph.weight(weights),
            self.graph.weight(bias),
            auto_pad="SAME_UPPER",
            kernel_shape=list(weights.shape[2:]),
            strides=[stride, stride],
            group=len(weights) if each else 1,
        )
        return self.graph.add("Clip", y, self._nothing, self._six) if relu else y

    def _folded(self, name: str, each: bool) -> tuple[Array, Array]:
        """TensorFlow has rows, columns, in, out; the batch norm goes into the weights."""
        kernel = self._tensors[name + ("/depthwise_weights" if each else "/weights")]
        gamma, beta, mean, variance = (
            self._tensors[f"{name}/BatchNorm/{part}"]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + NORM_EPSILON)
        turned = kernel.transpose(2, 3, 0, 1) if each else kernel.transpose(3, 2, 0, 1)
        return turned * scale[:, None, None, None], beta - mean * scale

    def maps(self, x: str) -> list[str]:
        """The six maps that are searched for things, the finest first."""
        x = self.convolution(x, NETWORK + "Conv", stride=2)
        found = []
        for number in range(BLOCKS):
            name = NETWORK + (f"expanded_conv_{number}" if number else "expanded_conv")
            stride = 2 if number in HALVING_BLOCKS else 1
            y = self.convolution(x, name + "/expand") if number else x
            if number == FINEST:
                found.append(y)
            y = self.convolution(y, name + "/depthwise", stride=stride, each=True)
            y = self.convolution(y, name + "/project", relu=False)
            leaving = self._tensors[name + "/project/weights"].shape[3]
            coming = self._tensors[name + "/expand/weights"].shape[2] if number else 0
            x = self.graph.add("Add", x, y) if stride == 1 and coming == leaving else y
        x = self.convolution(x, NETWORK + "Conv_1")
        found.append(x)
        for number, width in EXTRA:
            x = self.convolution(x, f"{NETWORK}layer_19_1_Conv2d_{number}_1x1_{width // 2}")
            name = f"{NETWORK}layer_19_2_Conv2d_{number}_3x3_s2_{width}"
            x = self.convolution(x, name + "_depthwise", stride=2, each=True)
            x = self.convolution(x, name)
            found.append(x)
        return found

    def predicted(self, maps: Sequence[str], what: str, width: int, kept: Sequence[int]) -> str:
        """Of each place and anchor the ``kept`` of ``width`` numbers: 1 x n x kept."""
        rows = []
        shape = self._numbers([1, -1, len(kept)])
        for number, entry in enumerate(maps):
            name = f"BoxPredictor_{number}/{what}"
            kernel, bias = self._tensors[name + "/weights"], self._tensors[name + "/biases"]
            anchors = len(bias) // width
            outgoing = [anchor * width + one for anchor in range(anchors) for one in kept]
            weights = kernel.transpose(3, 2, 0, 1)[outgoing]
            y = self.convolved(entry, weights, bias[outgoing], each=False, relu=False)
            y = self.graph.add("Transpose", y, perm=[0, 2, 3, 1])
            rows.append(self.graph.add("Reshape", y, shape))
        return self.graph.add("Concat", *rows, axis=1)

    def boxes(self, told: str, anchors: Array) -> None:
        """From what the network tells (down, across, tall, wide, against the anchor) to boxes."""
        add, weight = self.graph.add, self.graph.weight
        places, sizes = (self._part(told, start, start + 2) for start in (0, 2))
        middles, sides = anchors[None, :, :2], anchors[None, :, 2:]
        place = add("Add", add("Mul", places, weight(sides / PLACE)), weight(middles))
        grown = add("Exp", add("Div", sizes, weight(SIZE)))
        size = add("Mul", grown, weight(sides))
        corner = add("Sub", place, add("Mul", size, weight(np.float32(0.5))))
        # Rows before columns, as TensorFlow has them; a box of ours begins with its left side.
        order = self._numbers([1, 0])
        turned = [add("Gather", one, order, axis=2) for one in (corner, size)]
        add("Concat", *turned, output="boxes", axis=2)

    def _part(self, x: str, start: int, end: int) -> str:
        return self.graph.add(
            "Slice", x, self._numbers([start]), self._numbers([end]), self._numbers([2])
        )

    def _numbers(self, numbers: Sequence[int]) -> str:
        name = f"w{len(self.graph.weights)}"
        self.graph.weights.append(numpy_helper.from_array(np.array(numbers, np.int64), name))
        return name


def build_ssd(
    tensors: Mapping[str, Array], side: int, classes: Sequence[int] = LOOKED_FOR
) -> bytes:
    """``classes`` are COCO's numbers of what is to be looked for."""
    network = _Ssd(tensors)
    scaled = network.graph.add("Div", "pixels", network.graph.weight(np.float32(127.5)))
    maps = network.maps(network.graph.add("Sub", scaled, network.graph.weight(np.float32(1))))
    found = anchors(side)
    network.boxes(network.predicted(maps, "BoxEncodingPredictor", 4, range(4)), found)
    scores = network.predicted(maps, "ClassPredictor", CLASSES, classes)
    network.graph.add("Sigmoid", scores, output="scores")

    def tensor(name: str, *shape: int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, *shape])

    whole = helper.make_graph(
        network.graph.nodes,
        "ssd-mobilenet-v2",
        [tensor("pixels", 3, side, side)],
        [tensor("boxes", len(found), 4), tensor("scores", len(found), len(classes))],
        network.graph.weights,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def anchors(side: int) -> Array:
    """n x 4: middle down, middle across, height, width, in shares of the photo."""
    rows = []
    cells = side
    for _ in range(4):
        cells = -(-cells // 2)
    for number in range(len(SCALES) - 1):
        middles = (np.arange(cells, dtype=np.float32) + np.float32(0.5)) / np.float32(cells)
        sizes = np.array(_sizes(number), np.float32)
        grid = np.empty((cells, cells, len(sizes), 4), np.float32)
        grid[..., 0], grid[..., 1] = middles[:, None, None], middles[None, :, None]
        root = np.sqrt(sizes[:, 1])
        grid[..., 2], grid[..., 3] = sizes[:, 0] / root, sizes[:, 0] * root
        rows.append(grid.reshape(-1, 4))
        cells = -(-cells // 2)
    return np.concatenate(rows)


def _sizes(number: int) -> Sequence[tuple[float, float]]:
    """Scale and width over height of each anchor of a map."""
    if number == 0:
        return FINEST_ANCHORS
    between = float(np.sqrt(np.float64(SCALES[number] * SCALES[number + 1])))
    return [*((SCALES[number], shape) for shape in SHAPES), (between, 1.0)]
