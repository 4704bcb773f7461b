"""Cuts a U²-Net-p down to what a composition needs of it.

The whole network works at 320 pixels and ends in two stages that cost two thirds of the time and
make hair sharp. Where a subject stands needs no hair: the stage before them gives a mask of its
own, at a quarter of the resolution (the network was trained on all of them), and a smaller square
does. docs/models.md has the figures.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor

#: Names inside the published file: its input, and the mask of its third decoder stage, before the
#: sigmoid and before it is stretched to full size.
ENTRY, THIRD_STAGE = "input.1", "1877"
#: How much smaller that mask is than the input.
COARSER = 4
#: The training's own: pixels over the brightest one, then ImageNet's mean and deviation.
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def cut_u2net(published: bytes, side: int) -> bytes:
    """From RGB as it is (0..255, float32, 1 x 3 x side x side) to `mask` (0..1, 1/4 the side)."""
    whole = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(published))
    model = Extractor(whole).extract_model([ENTRY], [THIRD_STAGE])
    graph = model.graph
    del graph.value_info[:]
    for node in _before(ENTRY)[::-1]:
        graph.node.insert(0, node)
    graph.node.append(helper.make_node("Sigmoid", [THIRD_STAGE], ["mask"]))
    graph.initializer.extend(_weights())
    del graph.input[:], graph.output[:]
    entry = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 3, side, side])
    mask = helper.make_tensor_value_info(
        "mask", TensorProto.FLOAT, [1, 1, side // COARSER, side // COARSER]
    )
    graph.input.append(entry)
    graph.output.append(mask)
    graph.name, model.producer_name, model.producer_version = "u2net-p", "", ""
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _before(entry: str) -> list[onnx.NodeProto]:
    """Pixels as they are -> what the network was trained on."""
    return [
        helper.make_node("ReduceMax", ["pixels"], ["brightest"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Max", ["brightest", "one"], ["white"]),
        helper.make_node("Div", ["pixels", "white"], ["unit"]),
        helper.make_node("Sub", ["unit", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "deviation"], [entry]),
    ]


def _weights() -> list[onnx.TensorProto]:
    def channels(numbers: tuple[float, ...], name: str) -> onnx.TensorProto:
        return numpy_helper.from_array(np.array(numbers, np.float32).reshape(1, -1, 1, 1), name)

    one = numpy_helper.from_array(np.ones((1, 1, 1, 1), np.float32), "one")
    return [one, channels(MEAN, "mean"), channels(DEVIATION, "deviation")]
