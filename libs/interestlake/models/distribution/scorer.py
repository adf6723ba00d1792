"""A trained distribution as a scorer: histories of a batch -> texts -> states -> logits over all items."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from ...core.present import present
from ...interactions.batch import UserBatch
from ...text.tuning.batches import Pieces, by_length
from ...text.tuning.classifier import PREDICTED_ROWS, PREDICTED_TOKENS
from ...text.tuning.encoder import Encoder
from ..scorer import Scorer
from .model import ItemSoftmax
from .verbalise import TEXT_PIECES, history_text, parted

SOFTMAX = "softmax.safetensors"
# an index or a pickle beside them could lead elsewhere
FILES = {"config.json", "model.safetensors", "tokenizer.json", SOFTMAX}


class Reader:
    """Histories -> vectors: the encoder, the items' pieces and the two marks around a text."""

    def __init__(self, encoder: Encoder, head: ItemSoftmax, pieces: Pieces):
        self.encoder, self.head = encoder, head
        self.items = head.pieces.cpu().numpy()
        self.pieces = pieces
        self.first, self.last = (present(pieces.tokenizer.token_to_id(mark)) for mark in ("[CLS]", "[SEP]"))

    def values(self) -> dict:
        """Whether it computes in bfloat16, and the bytes of the files of encoder and softmax; for `models.stored`."""
        with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
            self.encoder.merged().save_pretrained(folder)
            self.pieces.tokenizer.save(f"{folder}/tokenizer.json")
            save_file({name: part.detach().cpu().contiguous() for name, part in self.head.state_dict().items()},
                      f"{folder}/{SOFTMAX}")  # fmt: skip
            files = {path.name: np.frombuffer(path.read_bytes(), np.uint8) for path in sorted(Path(folder).iterdir())}
        return {"half": self.encoder.in_half, "files": files}

    @classmethod
    def of_values(cls, values: dict) -> "Reader":
        """What `values` gave. Raises ValueError for other files than those."""
        files = values["files"]
        if set(files) - FILES:
            raise ValueError(f"files {sorted(set(files) - FILES)}")
        with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
            for name, held in files.items():
                (Path(folder) / name).write_bytes(held.tobytes())
            head = ItemSoftmax.empty(load_file(f"{folder}/{SOFTMAX}"))
            return cls(Encoder(folder, half=values["half"]).eval(), head, Pieces(folder, TEXT_PIECES))

    def text(self, columns: Sequence[int] | np.ndarray) -> list[int]:
        return history_text(columns, self.items, self.first, self.last)

    @torch.inference_mode()
    def vectors(self, histories: Sequence[Sequence[int] | np.ndarray]) -> np.ndarray:
        """Item columns, oldest first, per person -> (B, width) float32: the mean of the unit vectors of a person's
        texts, zeros for an empty history."""
        self.encoder.eval()  # blocks of people are scored in threads: none may bring dropout back for another
        texts = [(row, self.text(part)) for row, columns in enumerate(histories) for part in parted(columns)]
        read = np.zeros((len(histories), self.encoder.width), np.float32)
        if texts:
            pieces = [ids for _, ids in texts]
            batches = by_length([len(ids) for ids in pieces], PREDICTED_ROWS, PREDICTED_TOKENS)
            units = F.normalize(self.encoder.vectors(pieces, batches), dim=1).numpy()
            np.add.at(read, [row for row, _ in texts], units)
        return read

    @torch.inference_mode()
    def logits(self, histories: Sequence[Sequence[int] | np.ndarray]) -> np.ndarray:
        """-> (B, I) float32, dropout off; the prior for an empty history."""
        self.head.eval()
        vectors = torch.as_tensor(self.vectors(histories), device=self.head.prior.device)
        return self.head(self.head.states(vectors)).cpu().numpy()


@dataclass(frozen=True)
class DistributionScorer(Scorer):
    """score_uj = ln(p(j | u) I): above 0 where item j is likelier than under a uniform choice.

    known: (I,) bool; an item outside it was never trained on, has no text, and gets no opinion. A person without a
    history gets the prior, as popularity's do.
    """

    name: str
    reader: Reader
    known: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        logits = self.reader.logits(liked_histories(batch))
        scores = logits - _log_sum(logits) + np.float32(np.log(logits.shape[1]))
        scores[:, ~self.known] = 0.0
        return scores

    @property
    def nbytes(self) -> int:
        parts = (*self.reader.encoder.parameters(), *self.reader.head.parameters(), *self.reader.head.buffers())
        return self.known.nbytes + sum(part.numel() * part.element_size() for part in parts)


def liked_histories(batch: UserBatch) -> list[np.ndarray]:
    """The newest items of each person, oldest first; those of weight 0 are left out."""
    recent, history, histories = batch.recent, batch.history, []
    for row in range(batch.size):
        span = slice(recent.indptr[row], recent.indptr[row + 1])
        columns = recent.indices[span][np.argsort(recent.data[span], kind="stable")]
        own = slice(history.indptr[row], history.indptr[row + 1])
        histories.append(columns[np.isin(columns, history.indices[own][history.data[own] > 0])])
    return histories


def _log_sum(logits: np.ndarray) -> np.ndarray:
    return torch.logsumexp(torch.from_numpy(logits), dim=1, keepdim=True).numpy()
