"""A foreign server is looked at, restarted by its command, and looked at again."""

import sys
from pathlib import Path

from mux_tui.core.config.settings import LocalRuntime
from mux_tui.core.local_model.recovery import Recovery, recover


async def recovered(flag: Path, *command: str, limit: float = 60) -> Recovery:
    """Recover a server which is healthy when `flag` exists."""
    runtime = LocalRuntime(
        restart_command=command,
        health_retries=2,
        health_retry_delay=0,
        restart_timeout=limit,
    )

    async def healthy() -> bool:
        return flag.exists()

    return await recover(healthy, runtime, {"PATH": "/usr/bin:/bin"}, flag.parent)


async def test_a_healthy_server_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "up").touch()
    found = await recovered(tmp_path / "up", "touch", "restarted")
    assert found == Recovery("healthy", probes=(True,))
    assert not (tmp_path / "restarted").exists()


async def test_a_server_that_is_down_is_restarted(tmp_path: Path) -> None:
    found = await recovered(tmp_path / "up", "touch", "up")
    assert (found.status, found.probes, found.restart_code) == (
        "recovered",
        (False, True),
        0,
    )


async def test_without_a_command_nothing_is_tried(tmp_path: Path) -> None:
    found = await recovered(tmp_path / "up")
    assert found.status == "unhealthy_no_restart_command"
    assert not found.restart_attempted


async def test_a_restart_that_does_not_help_is_said(tmp_path: Path) -> None:
    found = await recovered(tmp_path / "up", "true")
    assert found.status == "still_unhealthy_after_restart"
    assert found.probes == (False, False, False)


async def test_a_restart_command_that_fails_is_said(tmp_path: Path) -> None:
    script = "import sys; sys.exit('no \\x1b[31mpermission')"
    found = await recovered(tmp_path / "up", sys.executable, "-c", script)
    assert (found.status, found.restart_code) == ("restart_failed", 1)
    assert "no ␛[31mpermission" in found.detail


async def test_a_restart_command_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = await recovered(tmp_path / "up", "no-such-program")
    assert found.status == "restart_failed"
    assert "no such program" in found.detail


async def test_a_restart_command_that_hangs_is_ended(tmp_path: Path) -> None:
    found = await recovered(tmp_path / "up", "sleep", "60", limit=0.2)
    assert found.status == "restart_failed"
    assert "over 0.2 seconds" in found.detail
