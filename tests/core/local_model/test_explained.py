"""A task's error says what became of the server that was answering it."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Backend, Request
from mux_tui.core.backends.chat_completions import ChatCompletions, make_client
from mux_tui.core.backends.chat_endpoint import Endpoint
from mux_tui.core.config.settings import LocalProvider, Server, Settings
from mux_tui.core.errors import BackendError, BackendFault
from mux_tui.core.events import BackendEvent, ServerChanged, TextDelta
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.local_model.explained import Explained
from mux_tui.core.local_model.managed import ManagedModel
from mux_tui.core.model_server import memory_guard
from mux_tui.core.model_server.inspection import ServerStatus
from mux_tui.core.task import Route
from tests.core.model_server.conftest import Make


class Failing:
    """A backend that says one word and fails."""

    name = "failing"
    route: Route = "local"
    model = "m"

    def __init__(self, fault: BackendFault, why: str = "") -> None:
        """Fail so."""
        self._error = BackendError(fault, "it failed", why, "do something")

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Fail, after a word."""
        del request
        yield TextDelta("word")
        raise self._error


async def _error(backend: Backend, status: ServerStatus) -> BackendError:
    async def told() -> ServerStatus:
        return status

    events = Explained(backend, told).run(Request("x", Path("/")))
    assert await anext(events) == TextDelta("word")
    with pytest.raises(BackendError) as caught:
        await anext(events)
    return caught.value


CRASHED = ServerStatus(
    "crashed", "It has crashed: memory ran out.", advice="Choose less"
)


@pytest.mark.parametrize("fault", ["cut", "connection"])
async def test_a_cut_answer_is_put_down_to_the_crash(fault: BackendFault) -> None:
    error = await _error(Failing(fault), CRASHED)
    assert error.fault == fault
    assert str(error) == "it failed: it has crashed: memory ran out. Choose less"


async def test_a_server_that_is_well_is_not_blamed() -> None:
    ready = ServerStatus("ready", "It is ready.")
    assert str(await _error(Failing("cut"), ready)) == "it failed. do something"
    assert "crashed" not in str(await _error(Failing("usage"), CRASHED))


async def test_a_fault_that_names_memory_says_what_to_change() -> None:
    why = "[METAL] Command buffer execution failed: Insufficient Memory"
    error = await _error(Failing("backend_error", why), CRASHED)
    assert (error.why, error.next_step[:22]) == (why, "Choose a smaller model")


async def test_a_server_that_dies_of_memory_while_it_answers_is_explained(
    make: Make, model: Path, pids: Path
) -> None:
    """With a real process, a real connection, and the words that Metal leaves."""
    settings = Settings()
    async with make_client("http://127.0.0.1") as client:

        def backend(endpoint: Endpoint) -> Backend:
            return ChatCompletions(
                client, endpoint, LocalProvider(stall_timeout=60), settings.limits
            )

        local = ManagedModel(make("dies-answering"), model, settings, backend)
        asked = await local.ready(_ignored)
        pids.with_name("die").touch()
        with pytest.raises(BackendError) as caught:
            await anext(asked.run(Request("hello", Path("/"))))
    assert "it has crashed: memory ran out. Choose a smaller" in str(caught.value)
    state = await local.state()
    assert state.status == "crashed"
    assert "memory ran out. Choose a smaller model" in state.detail


@pytest.mark.parametrize(("guard", "bounded"), [("refuse", True), ("warn", False)])
async def test_a_prompt_whose_memory_is_not_there_does_not_fit(
    guard: str,
    bounded: bool,
    make: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The window that decisions and the proxy go by is what memory holds."""
    model = tmp_path / "large"
    model.mkdir()
    config = {
        "num_hidden_layers": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_size": 4096,
        "max_position_embeddings": 131_072,
    }
    (model / "config.json").write_text(json.dumps(config))
    index = {"metadata": {"total_parameters": 10**9}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index))
    (model / "model.safetensors").write_bytes(b"x")
    now = Memory(8 * 10**9, 8 * 10**9)
    monkeypatch.setattr(memory_guard, "memory", lambda: now)

    server = Server(memory_guard=guard)  # pyright: ignore[reportArgumentType]

    def backend(_: Endpoint) -> Backend:
        return Failing("cut")

    local = ManagedModel(make(), model, Settings(server=server), backend)
    window = (await local.state()).context_window
    assert window
    assert (window < 50_000) is bounded
    assert (await local.state()).context_source == (
        "this machine's memory" if bounded else "the model's files"
    )
    endpoint = await local.endpoint(_ignored)
    assert endpoint.context_window == window


def _ignored(_: ServerChanged) -> None:
    """For tests that do not look at the phases."""
