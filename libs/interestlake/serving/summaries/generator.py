"""Writers of one's own: a transformers folder, or a server that speaks OpenAI's chat completions."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...core.errors import BadInput

PROMPT = "Rewrite these statements as one short text. Add nothing that they do not say.\n{statements}\nText:"
MOST_TOKENS = 160
SECONDS = 60
KEY_VARIABLE = "INTERESTLAKE_GENERATOR_KEY"
Generate = Callable[[Sequence[str]], str]


def make_generator(folder: str | None, endpoint: str | None, model: str | None) -> Generate | None:
    """A writer of statements -> text; None where neither is named. BadInput for both, or for what is not there."""
    if folder and endpoint:
        where = "--generator or --endpoint"
        raise BadInput.of("generator", found="a folder and an endpoint", expected="one of them", where=where)
    if folder:
        return from_folder(folder)
    return from_endpoint(endpoint, model or "default") if endpoint else None


def prompt_of(statements: Sequence[str]) -> str:
    return PROMPT.format(statements="\n".join(f"- {text}" for text in statements))


def from_folder(folder: str) -> Generate:
    """Any causal or sequence-to-sequence model of transformers with its tokenizer; greedy. Nothing is downloaded."""
    if not (Path(folder) / "config.json").is_file():
        raise BadInput.of(
            "generator", found=f"{folder} without config.json", expected="a transformers folder", where="--generator"
        )
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    model = kind.from_pretrained(folder, local_files_only=True, trust_remote_code=False).eval()
    room = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None) or 1024
    new = min(MOST_TOKENS, room // 2)

    def generate(statements: Sequence[str]) -> str:
        given = tokenizer(prompt_of(statements), return_tensors="pt", truncation=True, max_length=room - new)
        given = {name: given[name] for name in ("input_ids", "attention_mask")}
        filler = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        with torch.inference_mode():
            tokens = model.generate(**given, max_new_tokens=new, do_sample=False, pad_token_id=filler)[0]
        if not config.is_encoder_decoder:
            tokens = tokens[given["input_ids"].shape[1] :]
        return tokenizer.decode(tokens, skip_special_tokens=True).strip()

    return generate


def from_endpoint(endpoint: str, model: str) -> Generate:
    """POST <endpoint>/chat/completions at temperature 0; a key, where needed, in INTERESTLAKE_GENERATOR_KEY."""
    if not endpoint.startswith(("http://", "https://")):
        raise BadInput.of("endpoint", found=endpoint, expected="http(s)://host/v1", where="--endpoint")
    address = endpoint.rstrip("/") + "/chat/completions"

    def generate(statements: Sequence[str]) -> str:
        asked = {"model": model, "temperature": 0, "max_tokens": MOST_TOKENS,
                 "messages": [{"role": "user", "content": prompt_of(statements)}]}  # fmt: skip
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        request = urllib.request.Request(address, json.dumps(asked).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                answered = json.loads(answer.read())
            return str(answered["choices"][0]["message"]["content"]).strip()
        except (urllib.error.URLError, OSError, ValueError, KeyError, IndexError, TypeError) as fault:
            raise BadInput.of(
                f"endpoint {endpoint}",
                found=f"{type(fault).__name__}: {fault}",
                expected="an answer of chat completions",
                where="--endpoint",
            ) from fault

    return generate
