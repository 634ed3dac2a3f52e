"""What the doctor finds, one area at a time."""

import os
import socket
from pathlib import Path

import pytest

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import (
    Cloud,
    LocalProvider,
    Providers,
    Server,
    Settings,
)
from mux_tui.core.doctor import machine
from mux_tui.core.doctor.check import Check, CheckStatus, Report
from mux_tui.core.doctor.cloud import check_clis
from mux_tui.core.doctor.model import (
    check_endpoint,
    check_files,
    check_port,
    check_server,
)
from mux_tui.core.doctor.report import examine
from mux_tui.core.hardware.memory import Memory
from mux_tui.core.model_server.inspection import ServerState, ServerStatus
from mux_tui.core.paths import Paths
from tests.fake_cli import FakeClis
from tests.upstream import upstream


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Directories of this test's own."""
    return Paths.from_environment({"MUX_HOME": str(tmp_path / "mux")})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model of one megabyte."""
    folder = tmp_path / "a-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"x" * 1_000_000)
    return folder


def found(*statuses: CheckStatus) -> Report:
    """A report with these findings."""
    return Report(tuple(Check(f"c{n}", s, "") for n, s in enumerate(statuses)))


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ((), "ok"),
        (("ok", "note"), "ok"),
        (("note", "warning", "ok"), "warning"),
        (("warning", "problem", "ok"), "problem"),
    ],
)
def test_a_report_is_as_bad_as_its_worst_finding(
    statuses: tuple[CheckStatus, ...], worst: CheckStatus
) -> None:
    assert found(*statuses).status == worst


def test_the_interpreter_and_its_packages_are_told() -> None:
    check = machine.check_python()
    assert check.status == "ok"
    assert "mlx-lm" in check.summary


def test_places_that_can_be_written_to_are_well(paths: Paths) -> None:
    assert machine.check_disk(paths).status in ("ok", "warning")
    assert "GB free" in machine.check_disk(paths).summary
    assert not paths.data_dir.exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.touch()
    paths = Paths.from_environment({"MUX_HOME": str(blocker)})
    check = machine.check_disk(paths)
    assert check.status == "warning"
    assert check.summary == f"nothing can be written to {paths.data_dir}"
    assert "MUX_HOME" in check.fix


def test_a_little_disk_is_a_warning(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "free_disk", lambda place: 1_000_000)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    assert machine.check_disk(paths).status == "warning"


@pytest.mark.parametrize(
    ("available", "running", "status"),
    [
        (2_000_000, False, "ok"),
        (1_150_000, False, "ok"),
        (1_149_999, False, "warning"),
        (1, True, "ok"),
    ],
)
def test_memory_is_compared_with_the_model_and_its_room(
    available: int,
    running: bool,
    status: CheckStatus,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def memory() -> Memory:
        return Memory(total=10_000_000, available=available, limited=False)

    def model_bytes(_: Path) -> int:
        return 1_000_000

    monkeypatch.setattr(machine, "memory", memory)
    monkeypatch.setattr(machine, "model_bytes", model_bytes)
    assert machine.check_memory(model, running).status == status


def test_a_model_is_shown_with_its_size(model: Path) -> None:
    assert check_files(Settings(), model).summary == "a-model, 0.0 GB"
    assert check_files(Settings(), None).status == "warning"


def test_a_named_model_that_is_missing_is_a_problem() -> None:
    local = LocalProvider(model="/nowhere\x1b[2J")
    check = check_files(Settings(providers=Providers(local=local)), None)
    assert check.status == "problem"
    assert "\x1b" not in check.summary


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("stopped", "ok"),
        ("stale", "ok"),
        ("starting", "ok"),
        ("crashed", "warning"),
        ("unresponsive", "warning"),
    ],
)
async def test_a_server_that_is_down_is_no_problem_by_itself(
    state: ServerState, status: CheckStatus, model: Path
) -> None:
    check = await check_server(ServerStatus(state, "As it is."), model)
    assert check.status == status
    assert bool(check.fix) == (status == "warning")


async def test_a_server_that_says_ready_and_gives_no_token_is_a_problem(
    model: Path,
) -> None:
    async with upstream("http-500-text") as server:
        status = ServerStatus("ready", "It is ready.", base_url=server.base_url, pid=1)
        check = await check_server(status, model)
    assert check.status == "problem"
    assert "gives no token" in check.summary


def test_a_port_that_somebody_else_has_is_a_problem() -> None:
    stopped = ServerStatus("stopped", "")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings = Settings(server=Server(port=port))
        check = check_port(settings, stopped)
        ours = check_port(settings, ServerStatus("ready", "", pid=os.getpid()))
    assert check.status == "problem"
    assert f"(pid {os.getpid()})" in check.summary
    assert ours.status == "ok"
    assert check_port(Settings(), stopped).status == "ok"


async def test_an_endpoint_is_asked_for_a_token() -> None:
    async with upstream(model="big") as server:
        local = LocalProvider(base_url=server.base_url)
        settings = Settings(providers=Providers(local=local))
        check = await check_endpoint(settings, {})
    assert check.status == "ok"
    assert "serves big, a token in" in check.summary
    gone = await check_endpoint(settings, {})
    assert (gone.status, "connection refused" in gone.summary) == ("problem", True)


def variables(tmp_path: Path, mode: str = "answer") -> dict[str, str]:
    """An environment with fakes of the cloud CLIs."""
    clis = FakeClis(tmp_path / "clis")
    clis.say(mode)
    home = str(tmp_path / "mux")
    return {"PATH": f"{clis.folder}:/usr/bin:/bin", "HOME": home, "MUX_HOME": home}


async def test_a_cli_that_is_not_logged_in_is_a_warning_with_the_command(
    tmp_path: Path,
) -> None:
    checks = await check_clis(Settings(), variables(tmp_path, "logged-out"))
    by_id = {check.id: check for check in checks}
    assert by_id["cli_claude"].status == "warning"
    assert by_id["cli_claude"].fix == "claude auth login"
    assert by_id["cloud"].status == "warning"


async def test_what_may_not_leave_needs_no_cli(tmp_path: Path) -> None:
    settings = Settings(cloud=Cloud(permission="never"))
    (*_, cloud) = await check_clis(settings, {"PATH": str(tmp_path)})
    assert (cloud.id, cloud.status) == ("cloud", "ok")


async def tasks(tmp_path: Path, **overrides: str) -> Check:
    """Whether anybody could do a task, without a local model."""
    settings = {key.replace("_", ".", 1): value for key, value in overrides.items()}
    report = await examine(Environment(variables(tmp_path)), tmp_path, settings)
    (check,) = [check for check in report.checks if check.id == "tasks"]
    return check


async def test_a_cli_can_do_tasks_only_if_it_may_be_asked(tmp_path: Path) -> None:
    assert (await tasks(tmp_path)).status == "ok"
    assert (await tasks(tmp_path, cloud_permission="never")).status == "problem"
    # Nobody knows how this one is logged in.
    assert (await tasks(tmp_path, cloud_order='["gemini"]')).status == "problem"


async def test_a_wrong_setting_is_told_once_with_where_to_mend_it(
    tmp_path: Path,
) -> None:
    environment = Environment(variables(tmp_path))
    (tmp_path / ".mux.toml").write_text("[server]\nport = 1\n")
    report = await examine(environment, tmp_path, {})
    config = report.checks[0]
    assert (config.id, config.status, config.detail) == ("config", "problem", "")
    assert "mux config edit" not in config.fix
    environment.paths.config_dir.mkdir(parents=True)
    environment.paths.config_file.write_text("[server]\nport = 'x'\nprt = 1\n")
    both = (await examine(environment, tmp_path, {})).checks[0]
    assert len(both.detail.splitlines()) == 3
    assert both.fix == "mux config edit"
