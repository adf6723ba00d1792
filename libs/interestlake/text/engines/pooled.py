"""A Hugging Face encoder with its pooling, as one torch module: padded batches in, unit vectors out."""

import inspect
from typing import Any


def pooled_encoder(path: str, attention: str, pooling: str = "mean") -> Any:
    """A torch module (ids, mask, types), each (batch, tokens) int64 -> (batch, dimension) of unit length.

    `pooling` "mean" averages the last hidden states over a text's tokens, "cls" takes its first token's.
    `inputs` names what the wrapped model takes; the module ignores the others.
    """
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()

    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = AutoModel.from_pretrained(
                path, attn_implementation=attention, local_files_only=True, trust_remote_code=False
            )
            taken = inspect.signature(self.bert.forward).parameters
            self.typed = "token_type_ids" in taken
            self.inputs = ["input_ids", "attention_mask", *(["token_type_ids"] if self.typed else [])]

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            types = {"token_type_ids": token_type_ids} if self.typed else {}
            hidden = self.bert(input_ids=input_ids, attention_mask=attention_mask, **types)
            hidden = hidden.last_hidden_state  # (batch, tokens, dimension)
            if pooling == "cls":
                return torch.nn.functional.normalize(hidden[:, 0].float(), dim=1)
            shown = attention_mask.unsqueeze(-1).float()  # (batch, tokens, 1)
            mean = (hidden.float() * shown).sum(1) / shown.sum(1).clamp(min=1e-9)  # (batch, dimension)
            return torch.nn.functional.normalize(mean, dim=1)

    return Pooled().eval()
