"""Entities: a tag for each word, from the state of its first word piece and the shape it is written in."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...core.errors import BadInput
from ...core.present import present
from ..encoder_files import EncoderFiles
from .batches import Pieces, blurred, by_length, padded, shuffled
from .classifier import PREDICTED_ROWS, PREDICTED_TOKENS
from .encoder import Encoder, class_weights
from .fit import History, best_device, computes_in_half
from .plan import Plan, with_epochs
from .read import Sentences
from .saved import load_model, save_model
from .soup import fit_seeds
from .spans import allowed_moves, decode, entity_scores

TASK, MAX_TOKENS = "tagger", 256
DEFAULTS = Plan(learning_rate=3e-4, layer_decay=0.9, batch_size=32, dropout=0.2, word_dropout=0.1, patience=4)
SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS = 40_000, 3, 30
# the shipped encoder reads lower case only, so what a word's writing tells is given to the head
SHAPES = ("lower", "Title", "UPPER", "miXed", "digit", "@", "#", "link", "mark")
SHAPE_WIDTH = 16


def shape_of(word: str) -> int:
    """Place among SHAPES."""
    if word.startswith(("http:", "https:", "www.")):
        return SHAPES.index("link")
    if word[:1] in ("@", "#") and len(word) > 1:
        return SHAPES.index(word[0])
    letters = [letter for letter in word if letter.isalpha()]
    if not letters:
        return SHAPES.index("digit" if any(letter.isdigit() for letter in word) else "mark")
    upper = [letter.isupper() for letter in letters]
    if not any(upper):
        return SHAPES.index("lower")
    if all(upper) and len(upper) > 1:
        return SHAPES.index("UPPER")
    return SHAPES.index("Title" if upper[0] and not any(upper[1:]) else "miXed")


class TagHead(nn.Module):
    """Linear over a word's state and vectors of its own and its neighbours' shapes."""

    def __init__(self, width: int, tags: int, dropout: float = 0.0):
        super().__init__()
        self.shapes = nn.Embedding(len(SHAPES) + 1, SHAPE_WIDTH)  # the last one: no neighbour
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(width + 3 * SHAPE_WIDTH, tags)

    def forward(self, states: Tensor, shapes: Tensor) -> Tensor:
        """states (words, width), shapes (words, 3) int64 of the word before, itself, the next -> (words, tags)."""
        written = self.shapes(shapes).flatten(1)  # (words, 3, s) -> (words, 3 s)
        return self.linear(torch.cat([self.dropout(states), written], dim=1))


class TaggerModel:
    """A tuned encoder and its tags; `TaggerModel.load(out).predict(sentences)`."""

    def __init__(self, encoder: Encoder, head: TagHead, pieces: Pieces, tags: Sequence[str]):
        self.encoder, self.head, self.pieces, self.tags = encoder, head, pieces, list(tags)

    @classmethod
    def load(cls, folder: str | Path) -> "TaggerModel":
        """What `interestlake train-tagger --out folder` left; BadInput where that is not there."""
        encoder, weights, pieces, description = load_model(folder, TASK)
        head = TagHead(encoder.width, len(description["classes"]))
        head.load_state_dict(weights)
        return cls(encoder, head.eval(), pieces, description["classes"])

    def save(self, out: Path, source: str) -> Path:
        """Write `out`/model; `source` is the folder whose tokenizer the encoder reads."""
        description = {"task": TASK, "classes": self.tags, "max_tokens": MAX_TOKENS}
        return save_model(out, source, self.encoder, self.head, description)

    def predict(self, sentences: Sequence[Sequence[str]] | pd.DataFrame) -> pd.DataFrame:
        """Sentences of words, or a frame whose column text is cut at blanks -> column tags: a tag per word, valid BIO.

        A word without a piece of its own (past 256 pieces, or nothing but control characters) gets O.
        """
        if isinstance(sentences, pd.DataFrame):
            sentences = [text.split() for text in sentences["text"]]
        return pd.DataFrame({"tags": [tags for tags, _ in self.tagged(sentences)]})

    @torch.inference_mode()
    def tagged(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[str], list[float]]]:
        """Sentences of words -> (a tag per word, its softmax probability in [0,1]); 1.0 where it had no piece."""
        self.encoder.eval(), self.head.eval()
        ids, firsts = self.pieces.of_words(sentences)
        moves, outside = allowed_moves(self.tags), self.tags.index("O")
        tagged_rows: list = [None] * len(sentences)
        for rows in by_length([len(one) for one in ids], PREDICTED_ROWS, PREDICTED_TOKENS):
            places, shapes, _ = word_tensors(rows, sentences, firsts, None, self.encoder.device)
            states = self.encoder(*padded([ids[row] for row in rows], self.encoder.device))
            scores = F.log_softmax(self.head(states[places], shapes), dim=1).cpu().double().numpy()
            start = 0
            for row in rows:
                first_pieces = [word for word, first in enumerate(firsts[row]) if first >= 0]
                tags, sure = [self.tags[outside]] * len(sentences[row]), [1.0] * len(sentences[row])
                if first_pieces:
                    mine = scores[start : start + len(first_pieces)]
                    for word, tag, line in zip(first_pieces, decode(mine, moves), mine, strict=True):
                        tags[word], sure[word] = self.tags[tag], float(np.exp(line[tag]))
                start += len(first_pieces)
                tagged_rows[row] = (tags, sure)
        return tagged_rows


def word_tensors(
    rows: Sequence[int],
    sentences: Sequence[Sequence[str]],
    firsts: Sequence[Sequence[int]],
    numbers: Sequence[Sequence[int]] | None,
    device: torch.device,
) -> tuple[tuple[Tensor, Tensor], Tensor, Tensor | None]:
    """Rows of a batch -> ((row in the batch, piece) of each word that has one, its shapes (words, 3), its tag)."""
    line, piece, shapes, tags = [], [], [], []
    for place, row in enumerate(rows):
        around = [len(SHAPES), *map(shape_of, sentences[row]), len(SHAPES)]
        for word, first in enumerate(firsts[row]):
            if first >= 0:
                line.append(place)
                piece.append(first)
                shapes.append(around[word : word + 3])
                if numbers is not None:
                    tags.append(numbers[row][word])
    made = [torch.tensor(values, dtype=torch.long, device=device) for values in (line, piece, shapes, tags)]
    return (made[0], made[1]), made[2].reshape(-1, 3), made[3] if numbers is not None else None


def train_tagger(
    train: Sentences, dev: Sentences, files: EncoderFiles, plan: Plan
) -> tuple[TaggerModel, History, Plan]:
    """Fine-tune on `train` by cross-entropy over the words' first pieces; the epoch by entity F1 on `dev`.

    Returns the model, its history and the plan with the epochs that were asked for. BadInput where train has no entity.
    """
    kinds = sorted({tag[2:] for tags in train.tags for tag in tags if tag != "O"})
    if not kinds:
        raise BadInput.of("tags of train", found="only O", expected="one type of entity or more", where="--train")
    tags = ["O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI")]
    number = {tag: place for place, tag in enumerate(tags)}
    plan = with_epochs(plan, len(train), SHOWN_ROWS, LEAST_EPOCHS, MOST_EPOCHS)
    torch.manual_seed(plan.seed)
    device = best_device()
    pieces_of = Pieces(files.path, files.max_tokens)
    ids, firsts = pieces_of.of_words(train.words)
    numbers = [[number[tag] for tag in sentence] for sentence in train.tags]
    lengths = [len(piece) for piece in ids]
    usable = [row for row, first in enumerate(firsts) if max(first) >= 0]
    steps = present(plan.epochs) * max(1, len(usable) // plan.batch_size)
    half = computes_in_half(plan.precision, device)
    encoder = Encoder(files.path, plan.method, half, steps, plan.train_words).to(device)
    head = TagHead(encoder.width, len(tags), plan.dropout).to(device)
    flat = torch.tensor([tag for sentence in numbers for tag in sentence])
    weights = class_weights(flat, len(tags)).to(device) if plan.class_weights else None
    model = TaggerModel(encoder, head, pieces_of, tags)

    def epoch(generator: np.random.Generator) -> list[list[int]]:
        return shuffled(usable, lengths, plan.batch_size, plan.batch_tokens, generator)

    def prepare(rows: list[int], generator: np.random.Generator):
        places, shapes, asked = word_tensors(rows, train.words, firsts, numbers, device)
        chosen = [blurred(ids[row], plan.word_dropout, pieces_of.unknown, generator) for row in rows]
        return (*padded(chosen, device), places, shapes, asked)

    def loss_of(pieces: Tensor, mask: Tensor, places: tuple[Tensor, Tensor], shapes: Tensor, asked: Tensor) -> Tensor:
        # (batch, pieces, width) -> (words, width)
        scores = head(encoder(pieces, mask)[places], shapes)
        return F.cross_entropy(scores, asked, weight=weights, label_smoothing=plan.label_smoothing)

    def dev_f1() -> float:
        return entity_scores(dev.tags, model.predict(dev.words)["tags"])["all"]["f1"]

    first_epoch = epoch(np.random.default_rng(plan.seed))
    history = fit_seeds(encoder, head, epoch, prepare, loss_of, dev_f1, plan, len(first_epoch))
    encoder.merged()
    return model, history, plan
