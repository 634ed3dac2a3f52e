"""The model servers of the tests below `core.model_server`, played by a program."""

from tests.core.model_server.conftest import make, model, paths, pids

__all__ = ["make", "model", "paths", "pids"]
