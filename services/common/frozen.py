"""Reads the weights of a frozen TensorFlow graph without TensorFlow, and runs nothing of it.

Such a file is one protocol buffer: a list of nodes, of which the constant ones hold the weights.
Only what that takes is read of the format: `GraphDef.node`, `NodeDef.attr`, `TensorProto`.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Field = tuple[int, int | memoryview]

#: Kinds of fields on the wire, and the field numbers of TensorFlow's own definitions.
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
GRAPH_NODE = 1
NODE_NAME, NODE_OPERATION, NODE_ATTRIBUTE = 1, 2, 5
ENTRY_KEY, ENTRY_VALUE = 1, 2
VALUE_TENSOR = 8
TENSOR_TYPE, TENSOR_SHAPE, TENSOR_CONTENT, TENSOR_FLOATS = 1, 2, 4, 5
SHAPE_SIDE, SIDE_SIZE = 2, 1
FLOAT32 = 1


class FrozenError(ValueError):
    """The bytes are no frozen graph."""


def read_weights(graph: bytes) -> dict[str, Array]:
    """Every constant of 32-bit floats, by the name of its node. Raises ``FrozenError``."""
    weights: dict[str, Array] = {}
    for number, node in _fields(memoryview(graph)):
        if number == GRAPH_NODE:
            parts = [(n, _bytes(part)) for n, part in _fields(_bytes(node)) if n <= NODE_ATTRIBUTE]
            texts = {n: str(part, "utf-8") for n, part in parts if n <= NODE_OPERATION}
            if texts.get(NODE_OPERATION) != "Const":
                continue
            for n, attribute in parts:
                if n == NODE_ATTRIBUTE and (tensor := _tensor_of(attribute)) is not None:
                    weights[texts[NODE_NAME]] = tensor
    return weights


def _tensor_of(attribute: memoryview) -> Array | None:
    entry = dict(_fields(attribute))
    if bytes(_bytes(entry[ENTRY_KEY])) != b"value":
        return None
    value = dict(_fields(_bytes(entry[ENTRY_VALUE])))
    kind, sides, content, floats = 0, [], memoryview(b""), bytearray()
    for number, part in _fields(_bytes(value[VALUE_TENSOR])):
        if number == TENSOR_TYPE and isinstance(part, int):
            kind = part
        elif number == TENSOR_SHAPE:
            sides = [_size(_bytes(one)) for n, one in _fields(_bytes(part)) if n == SHAPE_SIDE]
        elif number == TENSOR_CONTENT:
            content = _bytes(part)
        elif number == TENSOR_FLOATS:
            floats += _bytes(part)
    if kind != FLOAT32:
        return None
    numbers = np.frombuffer(content or bytes(floats), "<f4")
    if len(numbers) == 1:  # one number may stand for all
        numbers = np.repeat(numbers, math.prod(sides))
    if len(numbers) != math.prod(sides):
        raise FrozenError("a tensor is not as large as its shape")
    return numbers.reshape(sides)


def _size(side: memoryview) -> int:
    size = dict(_fields(side)).get(SIDE_SIZE, 0)
    return size if isinstance(size, int) else 0


def _bytes(part: int | memoryview) -> memoryview:
    if isinstance(part, int):
        raise FrozenError("a number where bytes belong")
    return part


def _fields(message: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == BYTES:
            size, at = _varint(message, at)
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            size = 8 if kind == EIGHT_BYTES else 4
        else:
            raise FrozenError(f"a field of the unknown kind {kind}")
        if at + size > len(message):
            raise FrozenError("the bytes end within a field")
        yield number, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at
    raise FrozenError("the bytes end within a number")
