"""Text vectors without a network: MiniLM through ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from services.common.inference import Inference

#: The longest query or phrase that is looked at; the model was trained on this length.
LONGEST = 128
#: Texts that go through the model at once; more gains nothing and holds memory.
BATCH = 16


class LocalEmbedder:
    """Means of token vectors, unit length: the way all-MiniLM-L6-v2 was trained to be used."""

    model = "all-MiniLM-L6-v2-int8"
    dimensions = 384
    paid = False

    def __init__(self, models: Path, *, threads: int = 1) -> None:
        self._inference = Inference(models / "text.onnx", threads=threads)
        self._tokenizer = Tokenizer.from_file(str(models / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        # Texts of one length together, so that a long one does not pad the short ones.
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        for start in range(0, len(order), BATCH):
            numbers = order[start : start + BATCH]
            vectors[numbers] = self._embed([texts[number] for number in numbers])
        return vectors

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._inference.run(feed, ["last_hidden_state"])
        weights = mask[..., None].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit
