"""How the server is started: arguments, variables, port."""

import socket
import sys
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.model_server import launch as launch_module
from mux_tui.core.model_server.launch import choose_port, mlx_program, plan

MODEL = Path("/models/a")


def test_the_server_sees_no_secret_of_ours() -> None:
    environment = Environment(
        {
            "PATH": "/bin",
            "LC_ALL": "C",
            "OPENAI_API_KEY": "secret",
            "HF_TOKEN": "secret",
            "https_proxy": "http://user:secret@proxy",
            "PYTHONSTARTUP": "evil.py",
        }
    )
    launch = plan(("python",), MODEL, Server(openblas=False), environment)
    assert launch.environment == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def test_openblas_is_loaded_before_what_the_user_preloads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(program: str) -> Path:
        return Path("/lib/blas.so")

    monkeypatch.setattr(launch_module, "find_openblas", found)
    environment = Environment({"LD_PRELOAD": "/lib/mine.so"})
    preload = plan(("p",), MODEL, Server(), environment).environment["LD_PRELOAD"]
    assert preload == "/lib/blas.so /lib/mine.so"
    off = plan(("p",), MODEL, Server(openblas=False), environment)
    assert off.environment["LD_PRELOAD"] == "/lib/mine.so"


def test_the_server_listens_on_loopback_for_pages_of_its_own_alone() -> None:
    launch = plan(("p", "q"), MODEL, Server(idle_minutes=0.5), Environment({}))
    argv = launch.argv("token", 4000, Path("/state/server.exit"))
    pairs = dict(zip(argv[2::2], argv[3::2], strict=True))
    assert argv[:2] == ("p", "q")
    assert pairs == {
        "--mux-instance": "token",
        "--mux-exit-mark": "/state/server.exit",
        "--mux-idle-minutes": "0.5",
        "--mux-log-limit": "16777216",
        "--model": "/models/a",
        "--host": "127.0.0.1",
        "--port": "4000",
        "--allowed-origins": "http://127.0.0.1:4000",
        "--prompt-concurrency": "1",
        "--decode-concurrency": "4",
    }


def test_everything_that_matters_is_in_the_fingerprint() -> None:
    def fingerprint(model: Path = MODEL, **settings: float) -> str:
        facts = Server(**settings)  # pyright: ignore[reportArgumentType]
        return plan(("p",), model, facts, Environment({})).fingerprint

    plain = fingerprint()
    assert plain == fingerprint(start_timeout=9.0)
    others = (
        fingerprint(idle_minutes=1),
        fingerprint(port=5000),
        fingerprint(Path("/b")),
    )
    assert len({plain, *others}) == 4


def test_the_program_runs_on_our_own_python() -> None:
    python, flag, script = mlx_program(sys.executable)
    assert (python, flag) == (sys.executable, "-P")
    assert Path(script).is_file()


def test_a_free_port_can_be_bound_and_a_taken_one_names_its_holder() -> None:
    port = choose_port(0)
    assert choose_port(port) == port
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(ServerError, match=f"port {port} is in use by .* to 0"),
    ):
        choose_port(port)
