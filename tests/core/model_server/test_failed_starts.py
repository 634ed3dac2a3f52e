"""A start that cannot succeed says why, soon, and leaves nothing behind."""

import shutil
import socket
import time
from pathlib import Path

import pytest

from mux_tui.core.errors import ServerError
from mux_tui.core.events import ServerChanged, ServerEvent
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.model_server import memory_guard
from mux_tui.core.model_server.startup import PortLost, ServerDied
from mux_tui.core.paths import Paths
from tests.core.model_server.conftest import Make, alive, started


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("dies", "memory ran out. Choose a smaller model"),
        ("dies-plainly", "ValueError: no such layer"),
        ("dies-warming", "memory ran out. Choose a smaller model"),
        ("exhausts-memory", "memory ran out. Choose a smaller model"),
        ("no-room", "a-model does not fit into memory: the model needs about 13.0 GB"),
        ("killed", "killed, perhaps by the system"),
        ("no-token", "thread died"),
        ("gives-up", "the model cannot be loaded"),
    ],
)
async def test_a_death_before_the_first_token_is_told_at_once(
    mode: str, why: str, make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    begun = time.monotonic()
    with pytest.raises(ServerDied) as caught:
        await make(mode).start(model)
    assert time.monotonic() - begun < 30
    assert why in str(caught.value)
    assert caught.value.next_step
    assert "\x1b" not in f"{caught.value}{caught.value.log_lines}"
    assert alive(pids) == []
    assert not paths.server_record.exists()


async def test_the_last_log_lines_come_with_the_error(make: Make, model: Path) -> None:
    with pytest.raises(ServerDied, match="exit status 1") as caught:
        await make("dies").start(model)
    assert caught.value.log_lines[0] == "loading ␛[31mmodel.safetensors"
    assert len(caught.value.log_lines) == 2


async def test_a_server_that_is_never_ready_is_ended_at_the_limit(
    make: Make, model: Path, paths: Paths, pids: Path
) -> None:
    for mode in ("silent", "never"):
        with pytest.raises(ServerError) as caught:
            await make(mode, start_timeout=0.5).start(model)
        assert "no token within" in str(caught.value)
        assert str(paths.server_log) in str(caught.value)
    assert alive(pids) == []


async def test_a_taken_port_is_told_with_its_holder_who_is_left_alone(
    make: Make, model: Path, pids: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            ServerError, match=rf"port {port} is in use by .*\(pid \d+\)"
        ):
            await make(port=port).start(model)
        assert started(pids) == []
        assert other.fileno() >= 0


async def test_a_free_port_lost_to_somebody_else_is_replaced_by_another(
    make: Make, model: Path, pids: Path
) -> None:
    running = await make("port-taken-once").start(model)
    assert len(started(pids)) == 2
    assert alive(pids) == [running.pid]


async def test_an_impostor_is_not_taken_for_our_server(
    make: Make, model: Path, pids: Path
) -> None:
    with pytest.raises(PortLost):
        await make("impostor").start(model)
    assert alive(pids) == []


@pytest.mark.parametrize("what", ["missing", "a file", "empty", "a link to itself"])
async def test_what_is_no_model_is_refused_before_anything_starts(
    what: str, make: Make, tmp_path: Path, pids: Path
) -> None:
    path = tmp_path / "model"
    if what == "a file":
        path.write_text("")
    elif what == "empty":
        path.mkdir()
    elif what == "a link to itself":
        path.symlink_to(path)
    with pytest.raises(ServerError, match=r"mux setup"):
        await make().start(path)
    assert started(pids) == []


async def test_a_program_that_cannot_be_run_is_one_line(
    model: Path, paths: Paths, make: Make, tmp_path: Path
) -> None:
    server = make()
    server._program = (str(tmp_path / "no-such-program"),)  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(ServerError, match="cannot be started: No such file"):
        await server.start(model)
    assert (await server.status()).state == "stopped"


async def test_too_little_free_memory_is_a_warning_and_no_block(
    make: Make, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_guard, "memory", lambda: Memory(10**11, 900))
    events = list[ServerEvent]()
    await make().start(model, events.append)
    assert "needs about" in str(events[0])
    assert events[-1] == ServerChanged("ready", "a-model")


async def test_what_certainly_does_not_fit_is_refused_before_anything_is_ended(
    make: Make, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pids: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(model, other)
    running = await make().start(other)
    monkeypatch.setattr(memory_guard, "memory", lambda: Memory(900, 900))
    with pytest.raises(ServerError) as caught:
        await make().start(model)
    assert "a-model does not fit into memory: it needs 0.0 GB" in str(caught.value)
    assert "server.memory_guard" in caught.value.next_step
    assert alive(pids) == [running.pid]


@pytest.mark.parametrize(("guard", "warns"), [("warn", True), ("off", False)])
async def test_the_user_may_try_what_does_not_fit(
    guard: str,
    warns: bool,
    make: Make,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory_guard, "memory", lambda: Memory(900, 900))
    events = list[ServerEvent]()
    await make(memory_guard=guard).start(model, events.append)
    assert ("it needs" in str(events[0])) is warns
