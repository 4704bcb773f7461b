"""Text vectors without a network: MiniLM through ONNX Runtime, and a glossary beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from services.common.inference import Inference
from services.common.models import TEXT, TOKENIZER
from services.embedder.local.meanings import meanings, meant_by

#: The longest query or phrase that is looked at; the model was trained on this length.
LONGEST = 128
#: Texts that go through the model at once; more gains nothing and holds memory.
BATCH = 16

Vectors = NDArray[np.float32]


class LocalEmbedder:
    """Means of token vectors, unit length: the way all-MiniLM-L6-v2 was trained to be used.

    ``text_model`` replaces the model of the folder; docs/models.md says what it must look like.
    """

    dimensions = 384
    paid = False

    def __init__(self, models: Path, *, threads: int = 1, text_model: Path | None = None) -> None:
        # The glossary is part of the space: with another one, vectors are not comparable.
        self.model = f"{text_model.stem[:80] if text_model else 'all-MiniLM-L6-v2-int8'}+glossary-1"
        self._inference = Inference(text_model or models / TEXT.name, threads=threads)
        self._tokenizer = Tokenizer.from_file(str(models / TOKENIZER.name))
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """A row for each text; a word of the gallery lies amid its other words."""
        asked = [text.strip().lower() for text in texts]
        known = [self._word(text) for text in asked]
        needed = [*asked, *(one for word in known if word for one in (word, *meanings()[word]))]
        plain = self._plain(list(dict.fromkeys(needed)))
        rows = [_amid(plain[text], plain, word) for text, word in zip(asked, known, strict=True)]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    @staticmethod
    def _word(text: str) -> str | None:
        return text if text in meanings() else meant_by().get(text)

    def _plain(self, texts: Sequence[str]) -> dict[str, Vectors]:
        vectors: dict[str, Vectors] = {}
        # Texts of one length together, so that a long one does not pad the short ones.
        order = sorted(texts, key=len)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors.update(zip(batch, self._run(batch), strict=True))
        return vectors

    def _run(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._inference.run(feed, ["last_hidden_state"])
        weights = mask[..., None].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


def _amid(own: Vectors, plain: Mapping[str, Vectors], word: str | None) -> Vectors:
    """Half its own vector, half the mean of the other words; then what means the word, near it."""
    if word is None:
        return own
    others = np.mean([plain[other] for other in meanings()[word]], axis=0)
    meaning = _unit(plain[word] + others)
    return meaning if own is plain[word] else _unit(own + 2 * meaning)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
