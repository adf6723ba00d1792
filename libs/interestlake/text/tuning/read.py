"""Labelled texts and tagged sentences from files, with one clear message for a file that is neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.csv_table import read_csv
from ...core.errors import BadInput
from ...core.text_file import read_text

DEV_SHARE = 0.1
SHOWN_LINES = 3


@dataclass(frozen=True)
class Labelled:
    """texts[i] has labels[i]; both in the file's order."""

    texts: list[str]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.texts)

    def pick(self, rows: Sequence[int]) -> "Labelled":
        return Labelled([self.texts[row] for row in rows], [self.labels[row] for row in rows])


@dataclass(frozen=True)
class Sentences:
    """words[i][j] has tags[i][j]: O, B-type or I-type."""

    words: list[list[str]]
    tags: list[list[str]]

    def __len__(self) -> int:
        return len(self.words)


def read_texts(path: str, option: str) -> list[str]:
    """The column text of a CSV file, other columns ignored; as strict as `read_labelled`."""
    return read_columns(path, ("text",), option)[0]


def read_labelled(path: str, column: str, option: str) -> Labelled:
    """A CSV file with header `text,<column>`, other columns ignored; spaces around both are cut.

    Raises BadInput as `core.csv_table.read_csv`, and for rows with an empty text or label (a cell that reads nan is a
    word, not a missing value).
    """
    return Labelled(*read_columns(path, ("text", column), option))


def read_columns(path: str, names: Sequence[str], option: str) -> list[list[str]]:
    """The columns `names` of a CSV file, cell by cell; as strict as `read_labelled`."""
    table = read_csv(path, names, option)
    columns = [table.frame[name].str.strip() for name in names]
    faulty = np.logical_or.reduce([column == "" for column in columns])
    if faulty.any():
        found = f"{int(faulty.sum())} without a {' or '.join(names)}, first in line {table.line(faulty)}"
        raise table.fault(found, f"{' and '.join(names)} in every row")
    return [column.tolist() for column in columns]


def read_sentences(path: str, option: str) -> Sentences:
    """CoNLL columns: the token first, its tag last, tab or blanks between, a blank line after a sentence.

    Lines of -DOCSTART- are left out. Raises BadInput for no file, no sentence, and lines without a tag of the form O,
    B-type or I-type.
    """
    words: list[list[str]] = [[]]
    tags: list[list[str]] = [[]]
    faulty = []
    # not splitlines: tweets hold characters that it takes for line ends
    for number, line in enumerate(re.split("\r\n|\n|\r", read_text(path, option)), 1):
        if not line.strip():
            words.append([])
            tags.append([])
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        cells = [cell.strip() for cell in cells]
        if cells[0] == "-DOCSTART-":
            continue
        tag = cells[-1]
        if len(cells) < 2 or not (tag == "O" or (tag[:2] in ("B-", "I-") and len(tag) > 2)):
            faulty.append(number)
        words[-1].append(cells[0])
        tags[-1].append(tag)
    if faulty:
        found = f"{len(faulty)} without a tag, first line {_some(faulty)}"
        raise BadInput.of(f"lines of {path}", found=found, expected="token ... O, B-type or I-type", where=option)
    filled = [row for row, sentence in enumerate(words) if sentence]
    if not filled:
        raise BadInput.of(f"sentences of {path}", found="none", expected="one or more", where=option)
    return Sentences([words[row] for row in filled], [tags[row] for row in filled])


def _some(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:SHOWN_LINES]))


def cut_dev(rows: Labelled, seed: int, share: float = DEV_SHARE) -> tuple[Labelled, Labelled]:
    """rows -> (train, dev): `share` of each label's distinct texts, one at least where a label has two or more.

    Copies of a text stay on one side, so that dev measures texts that train does not hold.
    """
    generator = np.random.default_rng(seed)
    by_label: dict[str, dict[str, None]] = {}
    first: dict[str, str] = {}
    for text, label in zip(rows.texts, rows.labels, strict=True):
        by_label.setdefault(first.setdefault(text, label), {})[text] = None
    held_out: set[str] = set()
    for label in sorted(by_label):
        texts = list(by_label[label])
        count = max(1, round(share * len(texts))) if len(texts) > 1 else 0
        held_out |= {texts[place] for place in generator.permutation(len(texts))[:count]}
    train = [row for row, text in enumerate(rows.texts) if text not in held_out]
    dev = [row for row, text in enumerate(rows.texts) if text in held_out]
    if not dev:
        found = "one text per class, so none can be held out"
        raise BadInput.of("train rows", found=found, expected="two texts of one class, or --dev", where="--train")
    return rows.pick(train), rows.pick(dev)


def classes_of(labels: Sequence[str], what: str) -> list[str]:
    """The distinct labels, sorted; BadInput below two."""
    classes = sorted(set(labels))
    if len(classes) < 2:
        raise BadInput.of(f"{what} of train", found=classes, expected="two or more", where="--train")
    return classes


def shared_texts(train: Sequence[str], test: Sequence[str]) -> int:
    """How many test texts train holds too, white space and case aside."""
    train_texts = {" ".join(text.lower().split()) for text in train}
    return sum(" ".join(text.lower().split()) in train_texts for text in test)
