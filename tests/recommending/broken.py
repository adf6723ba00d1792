"""Models of the registry that fail, and a way to put a model in the registry's place."""

from dataclasses import replace

from interestlake.models import registry
from interestlake.models.registry import BY_NAME
from interestlake.recommending import budget


def put(monkeypatch, model):
    """A model in place of the registry's of that name."""
    entries = tuple(model if one.name == model.name else one for one in registry.MODELS)
    monkeypatch.setattr(registry, "MODELS", entries)
    monkeypatch.setattr(budget, "MODELS", entries)


def failing(name: str, after: int = 0):
    """The registry's model, whose fits fail from the `after`-th on."""
    model, calls = BY_NAME[name], []

    def fit(pairs, side, params, seed):
        calls.append(params)
        if len(calls) > after:
            raise MemoryError("no room for 3 matrices")
        return model.fit(pairs, side, params, seed)

    return replace(model, fit=fit)
