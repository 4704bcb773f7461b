"""Runs ONNX files: the one place that knows ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnxruntime
from numpy.typing import NDArray

Array = NDArray[Any]


class Inference:
    """An ONNX file, ready to run from any thread."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # its warnings are about its own graph rewriting
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    @property
    def entries(self) -> list[tuple[str, list[int | str]]]:
        """Names and shapes of the inputs; a free dimension is a name."""
        return [(entry.name, list(entry.shape)) for entry in self._session.get_inputs()]

    @property
    def exits(self) -> list[str]:
        return [output.name for output in self._session.get_outputs()]

    def run(self, feed: dict[str, Array], exits: Sequence[str]) -> list[Array]:
        return list(self._session.run(list(exits), feed))
