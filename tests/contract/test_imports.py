"""Each door imports only what it needs, seen in a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = {
    "textual",
    "rich",
    "httpx",
    "aiosqlite",
    "sqlite3",
    "psutil",
    "tomlkit",
    "tokenizers",
    "transformers",
    "numpy",
    "gguf",
    "mlx",
    "mlx_lm",
    "mcp",
    "huggingface_hub",
    "opentelemetry",
    "asyncio",
}


def modules_after(code: str) -> set[str]:
    """The top-level modules a fresh interpreter holds after running `code`."""
    names = "' '.join(name for name, module in sys.modules.items() if module)"
    script = f"import sys\n{code}\nsys.stderr.write({names})"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_the_version_is_told_without_anything_heavy() -> None:
    loaded = modules_after("from mux_tui.__main__ import main; main(['--version'])")
    assert not loaded & (HEAVY | {"argparse", "tomllib"})


def test_the_help_is_told_without_anything_heavy() -> None:
    loaded = modules_after("from mux_tui.__main__ import main; main(['--help'])")
    assert not loaded & HEAVY


@pytest.mark.parametrize("module", ["mux_tui.core.engine", "mux_tui.cli.app"])
def test_headless_code_never_loads_a_screen_or_a_model_library(module: str) -> None:
    loaded = modules_after(f"import {module}")
    assert not loaded & {"textual", "rich", "mlx", "mlx_lm", "transformers", "mcp"}
    assert not loaded & {"opentelemetry", "requests", "google"}
