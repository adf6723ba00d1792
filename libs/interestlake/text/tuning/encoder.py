"""The encoder under training: BERT with or without adapters, mean pooling, learning rates by layer, heads."""

import warnings
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .batches import padded
from .plan import Plan

RANK, ALPHA = 16, 32
# AdaLoRA starts with more ranks than it keeps on average
START_RANK, KEPT_RANK = 24, 16
ADAPTED = ["query", "key", "value", "dense"]
# a frozen base bears, and adapters need, a higher rate than all weights at once
ADAPTER_RATE = 5.0
NORM_FLOOR = 1e-9


class Encoder(nn.Module):
    """BERT from a folder; `method` says which of its weights are trained, `half` whether it computes in bfloat16.

    Word-piece vectors are trained with `words` and method "full" alone: they are half of all weights, and pieces that
    train does not hold lose their place beside those that it does. The pooler is not used.
    """

    def __init__(self, folder: str, method: str = "full", half: bool = False, steps: int = 1, words: bool = False):
        super().__init__()
        from transformers import AutoModel
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        # it warns of the pooler's weights, which are left out on purpose
        transformers_logging.set_verbosity_error()
        self.bert: Any = AutoModel.from_pretrained(
            folder,
            attn_implementation="sdpa",
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32,
            add_pooling_layer=False,
        )
        self.width, self.method = self.bert.config.hidden_size, method
        self.in_half = half
        self.layers = self.bert.config.num_hidden_layers
        self.bert.get_input_embeddings().weight.requires_grad_(words and method == "full")
        if method != "full":
            self.bert = _adapted(self.bert, method, steps)

    @property
    def device(self) -> torch.device:
        return next(self.bert.parameters()).device

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask: (batch, tokens) int64 -> states (batch, tokens, width) float32."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.in_half):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float()

    def pooled(self, ids: Tensor, mask: Tensor) -> Tensor:
        """ids, mask: (batch, tokens) -> mean over the tokens (batch, width)."""
        shown = mask.unsqueeze(-1).float()  # (batch, tokens, 1)
        return (self(ids, mask) * shown).sum(1) / shown.sum(1).clamp(min=NORM_FLOOR)

    @torch.inference_mode()
    def vectors(self, pieces: list[list[int]], batches: list[list[int]]) -> Tensor:
        """n lists of ids, `batches` of their numbers -> (n, width) float32 on the CPU, dropout off."""
        was_training = self.training
        self.eval()
        pooled_rows = torch.zeros(len(pieces), self.width)
        for rows in batches:
            pooled_rows[rows] = self.pooled(*padded([pieces[row] for row in rows], self.device)).cpu()
        self.train(was_training)
        return pooled_rows

    def groups(self, head: nn.Module, plan: Plan) -> list[dict]:
        """Optimizer groups: layer l of L has rate * decay ** (L - 1 - l) (Howard and Ruder, 2018), the head its own.

        Biases and norms have no weight decay.
        """
        groups = [{"params": list(head.parameters()), "lr": plan.head_rate, "weight_decay": 0.0}]
        rate = plan.learning_rate * (1.0 if self.method == "full" else ADAPTER_RATE)
        for name, weight in self.bert.named_parameters():
            if weight.requires_grad:
                parts = name.split(".")
                layer = int(parts[parts.index("layer") + 1]) if "layer" in parts else -1
                # a word that a batch lacks must not shrink
                decay = plan.weight_decay if weight.ndim > 1 and "word_embeddings" not in name else 0.0
                lr = rate * plan.layer_decay ** (self.layers - 1 - layer)
                groups.append({"params": [weight], "lr": lr, "weight_decay": decay})
        return groups

    def penalty(self) -> Tensor | float:
        """AdaLoRA's 0.1 * mean |P P' - I| over its factors (Zhang et al., 2023); 0 for the other methods."""
        if self.method != "adalora":
            return 0.0
        products = [
            weight @ weight.T if "lora_A" in name else weight.T @ weight
            for name, weight in self.bert.named_parameters()
            if "lora_A" in name or "lora_B" in name
        ]
        return 0.1 * sum(torch.norm(p - torch.eye(len(p), device=p.device)) for p in products) / len(products)

    def after_step(self, step: int) -> None:
        """AdaLoRA gives its ranks out anew; call it between backward and the clearing of gradients."""
        if self.method == "adalora":
            self.bert.base_model.update_and_allocate(step)

    def merged(self) -> Any:
        """The plain BERT with adapters added into its weights; this encoder then holds it too."""
        if self.method != "full":
            self.bert, self.method = self.bert.merge_and_unload(), "full"
        return self.bert


def _adapted(bert: nn.Module, method: str, steps: int) -> nn.Module:
    # imported here: seconds that a full fine-tuning need not wait for
    from peft import AdaLoraConfig, LoraConfig, get_peft_model

    if method == "lora":
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=ADAPTED)
    else:
        config = AdaLoraConfig(
            init_r=START_RANK, target_r=KEPT_RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=ADAPTED,
            tinit=steps // 10, tfinal=steps // 2, deltaT=max(1, steps // 100), total_step=max(2, steps),
        )  # fmt: skip
    with warnings.catch_warnings():  # peft asks transformers by a name that this one renames
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(bert, config)


class CosineHead(nn.Module):
    """logits = scale * cos(v, w_c) + b_c (Gidaris and Komodakis, 2018), w_c started at the mean unit vector of class c.

    The start is the nearest-mean classifier of the untrained encoder, so no step is lost on a random head.
    """

    def __init__(self, means: Tensor, scale: float, dropout: float = 0.0):
        super().__init__()
        self.weight = nn.Parameter(F.normalize(means, dim=1))  # (classes, width)
        self.bias = nn.Parameter(torch.zeros(len(means)))
        self.scale, self.dropout = scale, nn.Dropout(dropout)

    def forward(self, vectors: Tensor) -> Tensor:
        """(batch, width) -> logits (batch, classes)."""
        unit = F.normalize(self.dropout(vectors), dim=1)
        return self.scale * unit @ F.normalize(self.weight, dim=1).T + self.bias


class LinearHead(nn.Sequential):
    """Dropout and one linear map: (..., width) -> logits (..., classes)."""

    def __init__(self, width: int, classes: int, dropout: float = 0.0):
        super().__init__(nn.Dropout(dropout), nn.Linear(width, classes))


def class_means(vectors: Tensor, labels: Tensor, classes: int) -> Tensor:
    """vectors (n, width), labels (n,) int64 -> mean unit vector of each class (classes, width)."""
    means = torch.zeros(classes, vectors.shape[1])
    return means.index_add_(0, labels, F.normalize(vectors, dim=1))


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """n / (classes * n_c), the weights under which every class counts the same; 1 for a class without rows."""
    counts = torch.bincount(labels, minlength=classes).float()
    return torch.where(counts > 0, len(labels) / (classes * counts.clamp(min=1)), torch.ones(classes))
