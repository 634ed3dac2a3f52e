"""A detached process outlives its starter, and keeps to itself."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mux_tui.core.process.detached import collect, start_detached


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        time.sleep(0.01)


def start(code: str, log: Path, environment: dict[str, str] | None = None) -> int:
    argv = [sys.executable, "-S", "-c", code]
    return start_detached(argv, environment or {}, log.parent, log)


def test_it_leads_a_session_reads_nothing_and_writes_to_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    log.chmod(0o600)
    code = (
        "import os, sys; print(os.getsid(0) == os.getpid() == os.getpgid(0),"
        " repr(sys.stdin.read()), os.getcwd(), sorted(os.environ.items()), flush=True);"
        " print('error', file=sys.stderr)"
    )
    pid = start(code, log, {"A": "1", "LC_ALL": "C"})
    wait_for(lambda: collect(pid) is not None)
    assert log.read_text() == (
        f"before\nTrue '' {tmp_path} [('A', '1'), ('LC_ALL', 'C')]\nerror\n"
    )


def test_a_new_log_is_for_the_owner_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    pid = start("", log)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    wait_for(lambda: collect(pid) is not None)


def test_a_log_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        start("", tmp_path / "log")
    assert not (tmp_path / "elsewhere").exists()


def test_its_exit_status_can_be_asked_for_again_and_again(tmp_path: Path) -> None:
    pid = start("raise SystemExit(7)", tmp_path / "log")
    wait_for(lambda: collect(pid) is not None)
    assert collect(pid) == collect(pid) == 7
    pid = start("import time; time.sleep(60)", tmp_path / "log")
    assert collect(pid) is None
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: collect(pid) is not None)
    assert collect(pid) == -signal.SIGKILL
    assert collect(os.getpid()) is None


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        start_detached([str(tmp_path / "none")], {}, tmp_path, tmp_path / "log")


def test_it_outlives_a_starter_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = "import time; print('up', flush=True); time.sleep(60)"
    starter = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from mux_tui.core.process.detached import start_detached\n"
        f"log = Path({str(log)!r})\n"
        f"argv = [sys.executable, '-S', '-c', {child!r}]\n"
        "print(start_detached(argv, {}, log.parent, log), flush=True)\n"
        "os.killpg(0, signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", starter],
        stdout=subprocess.PIPE,
        start_new_session=True,
        timeout=60,
    )
    pid = int(done.stdout)
    try:
        assert done.returncode == -signal.SIGKILL
        wait_for(lambda: log.read_text() == "up\n")
        os.kill(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)
