"""The model servers of `core.model_server`'s tests, for replays."""

from tests.core.model_server.conftest import make, model, paths, pids

__all__ = ["make", "model", "paths", "pids"]
