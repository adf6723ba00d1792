"""Encoders of any size with random weights, in a folder as transformers saves them. No Spark here."""

import json
from pathlib import Path

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_encoder(
    folder: Path,
    words: list[str],
    family: str = "bert",
    hidden: int = 384,
    layers: int = 6,
    heads: int = 12,
    inner: int = 1536,
    positions: int = 512,
    seed: int = 0,
) -> Path:
    """A BERT or DistilBERT of this shape whose vocabulary is `words`, letters and their continuations."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted({letter for word in words for letter in word} | set("abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"))
    vocabulary = list(dict.fromkeys([*MARKS, *letters, *(f"##{letter}" for letter in letters), *words]))
    tokenizer = Tokenizer(models.WordPiece({word: at for at, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    kind = {"tokenizer_class": "BertTokenizerFast", "do_lower_case": True, "model_max_length": positions,
            "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
            "mask_token": "[MASK]"}  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(kind), encoding="utf-8")
    torch.manual_seed(seed)
    if family == "bert":
        config = BertConfig(vocab_size=len(vocabulary), hidden_size=hidden, num_hidden_layers=layers,
                            num_attention_heads=heads, intermediate_size=inner, max_position_embeddings=positions,
                            initializer_range=0.1)  # fmt: skip
        model = BertModel(config)
    else:
        config = DistilBertConfig(vocab_size=len(vocabulary), dim=hidden, n_layers=layers, n_heads=heads,
                                  hidden_dim=inner, max_position_embeddings=positions,
                                  initializer_range=0.1)  # fmt: skip
        model = DistilBertModel(config)
    model.eval().save_pretrained(folder)
    return folder
