"""All checks together: real commands, run in the work directory."""

import os
import shlex
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Verification
from mux_tui.core.task import Check, Verdict
from mux_tui.core.verification.verdict import summed_up, verify

PYTHON = shlex.quote(sys.executable)


def python(program: str) -> str:
    """A command that runs a Python program."""
    return f"{PYTHON} -c {shlex.quote(program)}"


@pytest.fixture
def environ() -> Mapping[str, str]:
    return dict(os.environ)


async def verdict(
    command: str, cwd: Path, environ: Mapping[str, str], answer: str = "an answer"
) -> Verdict:
    return await verify(answer, (command,), Verification(time_limit=20), cwd, environ)


async def test_nothing_to_check_is_never_a_pass(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    told = await verify("an answer", (), Verification(), tmp_path, environ)
    assert (told.status, told.summary, told.checks) == (
        "unknown",
        "nothing to check",
        (),
    )


async def test_the_answer_arrives_on_standard_input(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    program = "import sys; assert sys.stdin.buffer.read() == 'größe\\n'.encode()"
    told = await verdict(python(program), tmp_path, environ, "größe\n")
    assert told.status == "pass"


async def test_a_command_need_not_read_the_answer(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    told = await verdict(python("pass"), tmp_path, environ, "x" * 3_000_000)
    assert told.status == "pass"


async def test_commands_run_in_the_work_directory(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    (tmp_path / "here").touch()
    told = await verdict(
        python("import os; assert os.listdir() == ['here']"), tmp_path, environ
    )
    assert told.status == "pass"


async def test_a_failing_command_fails_with_its_last_lines(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    program = "for i in range(99): print(i)\nprint('\\x1b[31mred'); raise SystemExit(3)"
    told = await verdict(python(program), tmp_path, environ)
    assert told.status == "fail"
    (check,) = told.checks
    assert check.detail.startswith("exit status 3\n")
    assert "\n98\n" in check.detail
    assert "\n5\n" not in check.detail
    assert "\x1b" not in check.detail


async def test_a_command_that_is_not_there_is_unknown_and_never_a_pass(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    for command in ("no-such-program-anywhere", "./missing.sh", ""):
        told = await verdict(command, tmp_path, environ)
        assert told.status == "unknown"
        assert "not found" in told.checks[0].detail


async def test_a_command_that_cannot_be_started_is_unknown(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    (tmp_path / "plain.txt").write_text("x")
    told = await verdict("./plain.txt", tmp_path, environ)
    assert told.status == "unknown"


async def test_a_command_that_cannot_be_split_is_unknown(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    told = await verdict("echo 'open", tmp_path, environ)
    assert told.status == "unknown"


async def test_a_program_of_the_project_is_found_from_the_work_directory(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    script = tmp_path / "check.sh"
    script.write_text("#!/bin/sh\ngrep -q answer\n")
    script.chmod(0o755)
    assert (await verdict("./check.sh", tmp_path, environ)).status == "pass"


async def test_no_shell_reads_the_command(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    program = "import sys; assert sys.argv[1:] == ['$HOME', ';', 'touch', 'x', '*']"
    told = await verdict(f"{python(program)} $HOME ; touch x *", tmp_path, environ)
    assert told.status == "pass"
    assert not (tmp_path / "x").exists()


async def test_a_command_over_its_time_limit_is_unknown(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    started = time.monotonic()
    told = await verify(
        "x",
        (python("import time; time.sleep(60)"),),
        Verification(time_limit=1),
        tmp_path,
        environ,
    )
    assert told.status == "unknown"
    assert "did not end within 1 s" in told.summary
    assert time.monotonic() - started < 50


async def test_a_command_ended_by_a_signal_is_unknown(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    told = await verdict(python(program), tmp_path, environ)
    assert told.status == "unknown"
    assert "signal 9" in told.checks[0].detail


async def test_the_settings_commands_are_used_when_the_task_has_none(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    settings = Verification(commands=(python("raise SystemExit(1)"),))
    assert (await verify("x", (), settings, tmp_path, environ)).status == "fail"
    own = (python("pass"),)
    assert (await verify("x", own, settings, tmp_path, environ)).status == "pass"


async def test_code_that_does_not_parse_fails_unless_it_is_switched_off(
    tmp_path: Path, environ: Mapping[str, str]
) -> None:
    answer = "```python\ndef f(\n```"
    told = await verify(answer, (), Verification(), tmp_path, environ)
    assert told.status == "fail"
    off = Verification(parse_code=False)
    assert (await verify(answer, (), off, tmp_path, environ)).status == "unknown"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("pass", "pass"), "pass"),
        (("pass", "unknown"), "unknown"),
        (("unknown", "fail", "pass"), "fail"),
        (("unknown",), "unknown"),
    ],
)
def test_the_sum_of_checks(statuses: tuple[str, ...], expected: str) -> None:
    checks = [
        Check(f"c{number}", status)  # pyright: ignore[reportArgumentType]
        for number, status in enumerate(statuses)
    ]
    told = summed_up(checks)
    assert told.status == expected
    assert told.checks == tuple(checks)
