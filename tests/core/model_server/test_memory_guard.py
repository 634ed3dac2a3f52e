"""How much of this machine's memory a model takes, and what is left for contexts."""

import json
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.model_server import memory_guard
from mux_tui.core.model_server.launch import plan
from mux_tui.core.model_server.memory_guard import (
    LEAST_CONTEXT,
    checked_memory,
    memory_fit,
)

GB = 10**9
PER_TOKEN = 2 * 32 * 8 * 128 * 2
"""Bytes that the model below remembers of one token."""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The shape of a model of 8 billion parameters in 4 bits, without its weights."""
    directory = tmp_path / "eight"
    directory.mkdir()
    config = {
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "num_attention_heads": 32,
        "head_dim": 128,
        "hidden_size": 4096,
        "max_position_embeddings": 131_072,
        "torch_dtype": "bfloat16",
        "quantization": {"bits": 4, "group_size": 64},
    }
    (directory / "config.json").write_text(json.dumps(config))
    index = {"metadata": {"total_parameters": 8_000_000_000}}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    with (directory / "model.safetensors").open("wb") as file:
        file.truncate(4_500_000_000)
    return directory


def _machine(
    monkeypatch: pytest.MonkeyPatch, total: float, free: float | None = None
) -> None:
    now = Memory(round(total * GB), round((total if free is None else free) * GB))
    monkeypatch.setattr(memory_guard, "memory", lambda: now)


def test_a_large_machine_holds_the_whole_context(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 64)
    fit = memory_fit(model)
    assert fit.least == 4_500_000_000 + PER_TOKEN * LEAST_CONTEXT
    assert fit.least < fit.need < 7 * GB
    assert (fit.certain, fit.sentence, fit.window) == (False, "", None)


def test_on_a_smaller_one_memory_limits_the_context(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 16)
    fit = memory_fit(model)
    assert fit.window is not None
    assert LEAST_CONTEXT < fit.window < 131_072
    assert fit.contexts is not None
    assert 0 <= fit.contexts - fit.window * PER_TOKEN < PER_TOKEN
    assert fit.contexts + fit.need < 16 * GB + PER_TOKEN * LEAST_CONTEXT


def test_what_hardly_fits_is_warned_of_and_what_cannot_is_refused(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 16, free=2)
    assert checked_memory(model, Server()).endswith("and 2.0 GB are free")
    _machine(monkeypatch, 7)
    assert "are for a model" in checked_memory(model, Server())
    assert memory_fit(model).window == LEAST_CONTEXT

    _machine(monkeypatch, 5)
    with pytest.raises(ServerError, match=r"eight does not fit .* there are 5\.0 GB"):
        checked_memory(model, Server())
    assert checked_memory(model, Server(memory_guard="warn"))
    assert checked_memory(model, Server(memory_guard="off")) == ""


def test_machines_that_share_a_model_need_their_part_each(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 5)
    assert memory_fit(model, 2).least == memory_fit(model).least // 2
    assert "about 2.9 GB" in checked_memory(model, Server(), 2)


def test_the_server_is_told_what_its_contexts_may_take(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 16)

    def flags(**settings: str) -> tuple[str, ...]:
        facts = Server(openblas=False, **settings)  # pyright: ignore[reportArgumentType]
        return plan(("p",), model, facts, Environment({})).flags

    contexts = str(memory_fit(model).contexts)
    pairs = dict(zip(flags()[::2], flags()[1::2], strict=True))
    assert pairs["--prompt-cache-bytes"] == contexts
    assert pairs["--mux-needs"] == str(memory_fit(model).least)
    assert "--mux-needs" not in flags(memory_guard="warn")
    assert "--prompt-cache-bytes" in flags(memory_guard="warn")
    assert len(flags(memory_guard="off")) == len(flags()) - 4


def test_files_that_tell_little_are_judged_by_their_size(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _machine(monkeypatch, 16)
    (model / "config.json").write_text("{}")
    fit = memory_fit(model)
    assert (fit.least, fit.window, fit.contexts) == (4_500_000_000, None, None)
    (model / "config.json").unlink()
    assert memory_fit(model) == fit
