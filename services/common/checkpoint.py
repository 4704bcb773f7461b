"""Reads the tensors of a PyTorch checkpoint without PyTorch, and runs nothing that it contains.

A checkpoint is a pickle, and a pickle is a program. This reader knows two constructors, a tensor
and an ordered dictionary, and refuses every other name before it is looked up.
"""

import collections
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

DTYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "IntStorage": np.dtype("<i4"),
    "LongStorage": np.dtype("<i8"),
}
#: Before PyTorch 1.6 a file began with three pickles: a magic number, a version, the byte order.
MAGIC = 0x1950A86A20F9469CFC6C


@dataclass
class Storage:
    dtype: np.dtype[Any]
    numbers: Array = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True)
class Tensor:
    """A view of a storage, which comes later in the file than the tensors that use it."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def array(self) -> Array:
        numbers, steps = self.storage.numbers, tuple(zip(self.shape, self.stride, strict=True))
        last = self.offset + sum((size - 1) * step for size, step in steps)
        negative = self.offset < 0 or any(number < 0 for pair in steps for number in pair)
        if negative or last >= len(numbers):
            raise pickle.UnpicklingError("a tensor reaches outside its storage")
        strides = [step * numbers.itemsize for step in self.stride]
        return np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, strides).copy()


def _tensor(
    storage: Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> Tensor:
    return Tensor(storage, offset, shape, stride)


ALLOWED: dict[tuple[str, str], Callable[..., Any] | str] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    **{("torch", name): name for name in DTYPES},
}


class _TensorsOnly(pickle.Unpickler):
    def __init__(self, file: BinaryIO, storages: dict[str, Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str, /) -> Any:
        try:
            return ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a checkpoint") from None

    def persistent_load(self, pid: Any, /) -> Storage:
        _, name, key, *_ = pid
        return self._storages.setdefault(str(key), Storage(DTYPES[str(name)]))


def read_tensors(checkpoint: bytes) -> dict[str, Array]:
    """The tensors of a checkpoint of PyTorch before 1.6, by name."""
    file = io.BytesIO(checkpoint)
    storages: dict[str, Storage] = {}
    if _TensorsOnly(file, storages).load() != MAGIC:
        raise pickle.UnpicklingError("not a checkpoint of this kind")
    for _ in range(2):
        _TensorsOnly(file, storages).load()
    tensors = _TensorsOnly(file, storages).load()
    for key in _TensorsOnly(file, storages).load():
        storage = storages[key]
        count = int.from_bytes(file.read(8), "little")
        storage.numbers = np.frombuffer(file.read(count * storage.dtype.itemsize), storage.dtype)
    return {name: tensor.array() for name, tensor in tensors.items()}
