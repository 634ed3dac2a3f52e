"""The SDK is loaded by the server, and by nothing else."""

import pytest

from tests.contract.test_imports import modules_after

SDK = {"mcp", "mcp_types", "pydantic", "starlette"}


@pytest.mark.parametrize(
    "code",
    [
        "from mux_tui.__main__ import main; main(['--version'])",
        "from mux_tui.__main__ import main; main(['mcp', '--help'])",
        "import mux_tui.tui.app, mux_tui.tui.launch",
        "import mux_tui.core.engine, mux_tui.core.mcp_clients",
    ],
)
def test_nobody_else_loads_the_sdk(code: str) -> None:
    assert not modules_after(code) & SDK


def test_the_server_loads_no_screen_and_no_model_library() -> None:
    loaded = modules_after("import mux_tui.mcp.serve")
    assert "mcp" in loaded
    assert not loaded & {"textual", "rich", "mlx", "mlx_lm", "transformers", "numpy"}
