from ..recommending.conftest import context_of, planted  # noqa: F401
