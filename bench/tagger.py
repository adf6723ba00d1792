"""The trained tagger beside Spark NLP's conditional random field: the same files, the same scorer, both read test once.

python -m bench.tagger --train A.conll --dev B.conll --test C.conll [--model DIR of train-tagger]
"""

import sys
import time
from pathlib import Path

from interestlake.core.cache import cache_folder
from interestlake.text.encoder_files import find_encoder
from interestlake.text.onnx_files import made_once
from interestlake.text.tuning.read import Sentences, read_sentences
from interestlake.text.tuning.spans import entity_scores
from interestlake.text.tuning.tagger import TaggerModel

from .tuned import PARTS, options_of, tuned

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out" / "bench" / "tagger"
MAX_TOKENS = 128
EPOCHS = (5, 10)
# it asks for a part of speech per word; the files have none
NO_PART_OF_SPEECH = "NN"


def word_onnx(folder: Path) -> None:
    """Write model.onnx and assets/vocab.txt of the shipped encoder: ids, mask and types in, a state per piece out."""
    import shutil

    import torch
    from transformers import AutoModel

    source = find_encoder("", MAX_TOKENS).path
    names = ["input_ids", "attention_mask", "token_type_ids"]

    class States(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = AutoModel.from_pretrained(source, attn_implementation="eager", local_files_only=True)

        def forward(self, *given):
            return self.bert(**dict(zip(names, given, strict=True))).last_hidden_state

    example = tuple(torch.ones(2, 7, dtype=torch.long) for _ in names)
    axes = {name: {0: "batch", 1: "tokens"} for name in (*names, "last_hidden_state")}
    torch.onnx.export(
        States().eval(), example, str(folder / "model.onnx"), input_names=names, output_names=["last_hidden_state"],
        dynamic_axes=axes, opset_version=14, dynamo=False,
    )  # fmt: skip
    (folder / "assets").mkdir()
    shutil.copy(Path(source) / "vocab.txt", folder / "assets" / "vocab.txt")


def four_columns(sentences: Sentences, path: Path) -> str:
    """The file as Spark NLP's CoNLL reader wants it: word, part of speech, chunk, tag."""
    with path.open("w", encoding="utf-8") as file:
        file.write("-DOCSTART- -X- -X- O\n\n")
        for words, tags in zip(sentences.words, sentences.tags, strict=True):
            for word, tag in zip(words, tags, strict=True):
                file.write(f"{''.join(word.split()) or '.'} {NO_PART_OF_SPEECH} {NO_PART_OF_SPEECH} {tag}\n")
            file.write("\n")
    return str(path)


class Crf:
    """Spark NLP's NerCrfApproach over the shipped encoder's states, words and their shapes; one Spark session."""

    def __init__(self, train: Sentences, others: dict[str, Sentences]):
        from sparknlp.annotator import BertEmbeddings
        from sparknlp.training import CoNLL

        from interestlake.core.session import build_session

        settings = {"spark.master": "local[2]", "spark.driver.memory": "4g"}
        self.spark = build_session(str(ROOT / "conf"), "local", settings)
        OUT.mkdir(parents=True, exist_ok=True)
        folder = made_once(cache_folder() / "bench" / "word-states", word_onnx, "model.onnx")
        bert = BertEmbeddings.loadSavedModel(folder, self.spark).setInputCols(["sentence", "token"])
        bert = bert.setOutputCol("embeddings").setCaseSensitive(False).setMaxSentenceLength(MAX_TOKENS).setBatchSize(16)
        self.frames = {}
        for name, sentences in {"train": train, **others}.items():
            frame = CoNLL().readDataset(self.spark, four_columns(sentences, OUT / f"{name}.conll"))
            self.frames[name] = bert.transform(frame).cache()

    def fit(self, epochs: int):
        from sparknlp.annotator import NerCrfApproach

        approach = NerCrfApproach().setInputCols(["sentence", "token", "pos", "embeddings"]).setLabelColumn("label")
        approach = approach.setOutputCol("ner").setMaxEpochs(epochs).setRandomSeed(42).setVerbose(0)
        return approach.fit(self.frames["train"])

    def f1(self, model, name: str) -> dict[str, float]:
        rows = model.transform(self.frames[name]).selectExpr("label.result AS label", "ner.result AS ner").collect()
        return entity_scores([row["label"] for row in rows], [row["ner"] for row in rows])["all"]


def main(argv: list[str] | None = None) -> int:
    options = options_of("bench.tagger", __doc__, argv)
    files = {name: read_sentences(getattr(options, name), f"--{name}") for name in PARTS}
    tagger = TaggerModel.load(tuned("train-tagger", options, OUT / "ours"))
    rows = {"interestlake train-tagger": {
        name: entity_scores(files[name].tags, tagger.predict(files[name].words)["tags"])["all"]
        for name in ("dev", "test")
    }}  # fmt: skip
    crf = Crf(files["train"], {name: files[name] for name in ("dev", "test")})
    found = []
    for epochs in EPOCHS:
        began = time.perf_counter()
        model = crf.fit(epochs)
        found.append((crf.f1(model, "dev"), epochs, model))
        print(
            f"  Spark NLP CRF, {epochs} epochs: dev F1 {found[-1][0]['f1']:.4f}, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    dev, epochs, model = max(found, key=lambda one: one[0]["f1"])
    rows[f"Spark NLP CRF, {epochs} epochs by dev"] = {"dev": dev, "test": crf.f1(model, "test")}
    print(f"\n{'':<34}{'dev F1':>8}{'test F1':>9}{'precision':>11}{'recall':>8}   entities {dev['support']} of dev")
    for name, row in rows.items():
        test = row["test"]
        print(f"{name:<34}{row['dev']['f1']:>8.4f}{test['f1']:>9.4f}{test['precision']:>11.4f}{test['recall']:>8.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
