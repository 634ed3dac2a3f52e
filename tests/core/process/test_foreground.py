"""A child in the foreground has our terminal and answers its keys."""

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.process.foreground import end_foreground, run_foreground

_ENV = {"PATH": os.defpath}


def _run(program: str, cwd: Path) -> int:
    return run_foreground([sys.executable, "-c", program], cwd, _ENV)


def test_the_childs_status_is_returned(tmp_path: Path) -> None:
    assert _run("raise SystemExit(7)", tmp_path) == 7


def test_the_end_by_a_signal_is_told_as_a_shell_does(tmp_path: Path) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    assert _run(program, tmp_path) == 128 + signal.SIGTERM


def test_the_child_has_our_output_directory_and_group(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _run("import os; print(os.getcwd(), os.getpgid(0), os.environ['PATH'])", tmp_path)
    assert capfd.readouterr().out.split() == [
        str(tmp_path.resolve()),
        str(os.getpgid(0)),
        os.defpath,
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_keys_that_interrupt_are_the_childs_to_answer(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Both get the signal, as from a terminal; only the child does something."""
    program = (
        "import os, signal, sys\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(9))\n"
        f"os.kill(os.getppid(), {int(number)})\n"
        f"os.kill(os.getpid(), {int(number)})\n"
        "signal.pause()\n"
    )
    before = signal.getsignal(number)
    assert _run(program, tmp_path) == 9
    assert signal.getsignal(number) == before


def test_the_child_begins_with_the_usual_answer_to_ctrl_c(tmp_path: Path) -> None:
    program = (
        "import signal, sys;"
        "sys.exit(signal.getsignal(signal.SIGQUIT) != signal.SIG_DFL)"
    )
    assert _run(program, tmp_path) == 0


def test_what_cannot_be_started_is_one_line(tmp_path: Path) -> None:
    for argv in (["no-such-editor"], [str(tmp_path)], ["a\0b"]):
        with pytest.raises(EnvironmentProblem, match="^cannot start ") as caught:
            run_foreground(argv, tmp_path, _ENV)
        assert "\n" not in str(caught.value)


def test_it_works_outside_of_the_main_thread(tmp_path: Path) -> None:
    statuses: list[int] = []
    thread = threading.Thread(
        target=lambda: statuses.append(_run("raise SystemExit(3)", tmp_path))
    )
    thread.start()
    thread.join(30)
    assert statuses == [3]


@pytest.mark.parametrize(("kill", "number"), [(False, 15), (True, 9)])
def test_another_thread_may_end_it(kill: bool, number: int, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    program = "import signal; open('pipe', 'w').close(); signal.pause()"
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(_run(program, tmp_path)))
    thread.start()
    (tmp_path / "pipe").read_bytes()
    end_foreground(kill)
    thread.join(30)
    assert statuses == [128 + number]
    end_foreground()
