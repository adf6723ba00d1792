from ..recommending.conftest import planted  # noqa: F401
