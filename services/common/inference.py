"""Runs ONNX files: the one place that knows ONNX Runtime."""

import ctypes
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import onnxruntime
from numpy.typing import NDArray

from services.common.models import ModelError

Array = NDArray[Any]

#: glibc's numbers of what can be set, and from how many bytes on a freed block goes back at once.
MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
FROM, AT_MOST = 2**20, 2**22

AS_REQUESTED = 1  # onnxruntime's number for it
#: More runs at once than there are cores finish no sooner, and each holds 60 to 100 MiB.
RUNS = BoundedSemaphore(max(2, len(os.sched_getaffinity(0))))


@cache
def _share_memory() -> None:
    """One pool for all models of a process, grown by what is asked for and no more.

    By default each model has its own, and doubles it: 50 MiB more for the two of the tagger. With
    none at all, every run asks the system for its memory anew, and takes a third longer.
    """
    grows = {
        "max_mem": 0,
        "arena_extend_strategy": AS_REQUESTED,
        "initial_chunk_size_bytes": 2**20,
        "max_dead_bytes_per_chunk": -1,
    }
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg(grows))
    # Pictures of megabytes come and go in every thread, and glibc would keep the room of each.
    with suppress(AttributeError, OSError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(MMAP_THRESHOLD, FROM)
        ctypes.CDLL(None).mallopt(TRIM_THRESHOLD, AT_MOST)


def _give_back() -> None:
    """What reading a model took: 75 MiB after the three of the tagger."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


class Inference:
    """An ONNX file, ready to run from any thread. Raises ``ModelError`` if it is none.

    ``alone``: one run at a time, for a network that holds much memory while it runs.
    """

    def __init__(self, path: Path, *, threads: int = 1, alone: bool = False) -> None:
        self._turn: AbstractContextManager[object] = BoundedSemaphore(1) if alone else nullcontext()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        _share_memory()
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.log_severity_level = 3  # its warnings are about its own graph rewriting
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has a dozen, and no class above them
            reason = str(error).partition("\n")[0]
            raise ModelError(f"{path} is no ONNX model that can be run: {reason}") from error
        _give_back()

    @property
    def entries(self) -> list[tuple[str, list[int | str]]]:
        """Names and shapes of the inputs; a free dimension is a name."""
        return [(entry.name, list(entry.shape)) for entry in self._session.get_inputs()]

    @property
    def exits(self) -> list[str]:
        return [output.name for output in self._session.get_outputs()]

    def square_entry(self) -> tuple[str, int]:
        """The name and the side of its one entry: n x 3 x side x side."""
        name, shape = self.entries[0]
        if len(self.entries) != 1 or len(shape) != 4 or shape[1] != 3 or shape[2] != shape[3]:
            raise ModelError(f"a model of pictures takes n x 3 x side x side, not {shape}")
        if not isinstance(shape[3], int):
            raise ModelError(f"a model of pictures has a fixed side, not {shape[3]!r}")
        return name, shape[3]

    def run(self, feed: dict[str, Array], exits: Sequence[str]) -> list[Array]:
        with self._turn, RUNS:
            return list(self._session.run(list(exits), feed))
