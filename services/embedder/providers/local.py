"""Text vectors without a network: MiniLM through ONNX Runtime, and a glossary beside it."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from services.common.inference import Inference
from services.common.modelfile import digest, have
from services.common.models import TEXT, TOKENIZER, ModelError
from services.embedder.local.meanings import meanings, meant_by
from services.embedder.settings import Settings

#: The longest query or phrase that is looked at; the model was trained on this length.
LONGEST = 128
#: Texts that go through the model at once; more gains nothing and holds memory.
BATCH = 16
HIDDEN = "last_hidden_state"

Vectors = NDArray[np.float32]


class LocalEmbedder:
    """Means of token vectors, unit length: the way all-MiniLM-L6-v2 was trained to be used.

    ``text_model`` and ``text_tokenizer`` replace the files of the folder; docs/models.md says what
    they must look like.
    """

    paid = False

    def __init__(
        self,
        models: Path,
        *,
        threads: int = 1,
        text_model: Path | None = None,
        text_tokenizer: Path | None = None,
    ) -> None:
        own = [path for path in (text_model, text_tokenizer) if path]
        # The glossary is part of the space: with another one, vectors are not comparable.
        self.model = f"{_named(own) if own else 'all-MiniLM-L6-v2-int8'}+glossary-1"
        self._inference = Inference(text_model or models / TEXT.name, threads=threads)
        self._entries = {name for name, _ in self._inference.entries}
        if "input_ids" not in self._entries or HIDDEN not in self._inference.exits:
            raise ModelError(f"the text model has no input_ids, or no {HIDDEN}")
        self._tokenizer = _tokenizer(text_tokenizer or models / TOKENIZER.name)
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        self.dimensions = self._run(["a word"]).shape[1]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """With the model that the settings name. Raises ``ModelError``."""
        return cls(
            settings.models,
            text_model=have(settings.text_model, settings.models),
            text_tokenizer=have(settings.text_tokenizer, settings.models),
        )

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
        known = {name: array for name, array in feed.items() if name in self._entries}
        (hidden,) = self._inference.run(known, [HIDDEN])
        weights = mask[..., None].astype(np.float32)
        means = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit


def _named(own: Sequence[Path]) -> str:
    """A file of the same name may be another model: its digest belongs to the name."""
    sha256 = hashlib.sha256("".join(map(digest, own)).encode()).hexdigest()
    return f"{own[0].stem[:60]}-{sha256[:8]}"


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"{path} is no tokenizer.json: {error}") from error


def _amid(own: Vectors, plain: Mapping[str, Vectors], word: str | None) -> Vectors:
    """Half its own vector, half the mean of the other words; then what means the word, near it."""
    if word is None:
        return own
    others = np.mean([plain[other] for other in meanings()[word]], axis=0)
    meaning = _unit(plain[word] + others)
    return meaning if own is plain[word] else _unit(own + 2 * meaning)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
