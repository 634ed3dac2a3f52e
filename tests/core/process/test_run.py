"""Running commands: what comes out, and that nothing stays behind."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from mux_tui.core.process.group import group_alive
from mux_tui.core.process.run import (
    Exit,
    Finished,
    Line,
    ProcessStartError,
    run,
    stream,
)
from tests.core.process.waiting import running, until

HERE = Path("/")
ENV = {"PATH": os.defpath}


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def python(script: str) -> list[str]:
    return [sys.executable, "-IS", "-c", script]


async def finished(
    argv: Sequence[str], stdin: bytes = b"", output_cap: int = 1 << 20
) -> Finished:
    return await run(
        argv, cwd=HERE, env=ENV, stdin=stdin, time_limit=20, output_cap=output_cap
    )


async def test_both_outputs_and_the_status_are_returned():
    done = await finished(shell("echo out; echo err >&2; exit 3"))
    assert (done.stdout, done.stderr) == ("out", "err")
    assert (done.exit.code, done.exit.signal, done.exit.stopped) == (3, None, "")
    assert done.exit.stderr_tail == "err\n"


async def test_lines_come_while_the_command_still_runs(tmp_path: Path):
    script = f"echo first; while [ ! -e {tmp_path}/go ]; do sleep 0.01; done; echo last"
    seen: list[str] = []
    async with aclosing(stream(shell(script), cwd=HERE, env=ENV)) as events:
        async for event in events:
            if isinstance(event, Line):
                seen.append(event.text)
                (tmp_path / "go").touch()
    assert seen == ["first", "last"]


async def test_input_larger_than_any_pipe_arrives_and_then_ends():
    done = await finished(shell("wc -c"), stdin=b"x" * 5_000_000)
    assert done.stdout.strip() == "5000000"


async def test_without_input_standard_input_is_at_its_end():
    assert (await finished(["/bin/cat"])).exit.code == 0


async def test_input_that_nobody_reads_is_no_error():
    done = await finished(shell("exec true"), stdin=b"x" * 5_000_000)
    assert done.exit.code == 0


async def test_the_environment_is_exactly_the_given_one():
    done = await run(["/usr/bin/env"], cwd=HERE, env={"ONLY": "this"})
    assert done.stdout == "ONLY=this"


async def test_the_command_has_no_terminal_and_a_session_of_its_own():
    script = """if True:
        import os
        try: os.open("/dev/tty", os.O_RDWR); print("tty")
        except OSError: print("none")
        print(os.getsid(0) == os.getpid() == os.getpgid(0))
    """
    assert (await finished(python(script))).stdout == "none\nTrue"


async def test_a_long_line_is_whole():
    script = "print('L' * (2 << 20))"
    done = await finished(python(script), output_cap=1 << 22)
    assert len(done.stdout) == 2 << 20


async def test_a_flood_is_read_to_its_end_in_flat_memory():
    script = """if True:
        import sys
        for pipe in sys.stdout, sys.stderr:
            for _ in range(800): pipe.buffer.write(b"f" * 65535 + b"\\n")
        print("the end")
    """
    before = psutil.Process().memory_info().rss
    done = await finished(python(script))
    assert done.exit.code == 0
    assert done.stdout.endswith("the end…")
    assert len(done.stdout) < 1_200_000
    assert psutil.Process().memory_info().rss - before < 60_000_000


async def test_a_reader_that_lags_holds_the_command_back():
    script = "import os\nwhile True: os.write(1, b'x' * 1000 + b'\\n')"
    before = psutil.Process().memory_info().rss
    events = stream(python(script), cwd=HERE, env=ENV, output_cap=1 << 40)
    async with aclosing(events):
        await anext(events)
        await asyncio.sleep(0.3)
        assert psutil.Process().memory_info().rss - before < 40_000_000


async def test_a_signal_is_told_apart_from_an_exit():
    end = (await finished(shell("kill -9 $$"))).exit
    assert (end.code, end.signal) == (None, 9)


async def test_a_time_limit_ends_the_whole_group():
    script = "sleep 600 & echo $!; sleep 600"
    done = await run(shell(script), cwd=HERE, env=ENV, time_limit=0.2)
    assert done.exit.stopped == "time_limit"
    assert done.exit.signal == 15
    assert done.exit.seconds < 2
    assert not running(int(done.stdout))


async def test_a_command_deaf_to_sigterm_is_killed_after_the_grace():
    script = "trap '' TERM INT HUP; echo deaf; while true; do sleep 1; done"
    end = (await run(shell(script), cwd=HERE, env=ENV, time_limit=0.2, grace=0.3)).exit
    assert (end.stopped, end.signal) == ("time_limit", 9)
    assert 0.5 <= end.seconds < 2


async def test_silence_is_a_stall_and_talk_is_not():
    talk = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.1; done; sleep 600"
    done = await run(shell(talk), cwd=HERE, env=ENV, stall_limit=0.4)
    assert done.exit.stopped == "stalled"
    assert done.stdout.split() == list("123456")


async def test_a_lagging_reader_is_no_stall():
    script = "print('first'); print(('y' * 1000 + '\n') * 3000)"
    events = stream(python(script), cwd=HERE, env=ENV, stall_limit=0.2)
    async with aclosing(events):
        await anext(events)
        await asyncio.sleep(0.4)
        rest = [event async for event in events]
    assert isinstance(rest[-1], Exit)
    assert rest[-1].stopped == ""


@pytest.mark.parametrize("session", [False, True])
async def test_a_grandchild_that_holds_the_pipe_does_not_hold_us(session: bool):
    script = f"""if True:
        import subprocess, sys
        sleeper = [sys.executable, "-IS", "-c", "import time; time.sleep(600)"]
        print(subprocess.Popen(sleeper, start_new_session={session}).pid)
    """
    done = await finished(python(script))
    pid = int(done.stdout)
    assert done.exit.seconds < 2
    if session:
        # It left the group on purpose: out of our reach, but it cannot hold us.
        psutil.Process(pid).kill()
    else:
        assert not running(pid)


async def test_a_command_that_closes_its_pipes_is_waited_for():
    script = "exec >&- 2>&-; sleep 0.3; exit 7"
    assert (await finished(shell(script))).exit.code == 7


@pytest.mark.parametrize("deaf", ["", "trap '' TERM INT HUP; "])
async def test_closing_the_generator_ends_the_group_within_two_seconds(deaf: str):
    script = f"{deaf}sleep 600 & echo $$; while true; do sleep 1; done"
    events = stream(shell(script), cwd=HERE, env=ENV)
    line = await anext(events)
    assert isinstance(line, Line)
    started = time.monotonic()
    await events.aclose()
    assert time.monotonic() - started < 2
    assert not group_alive(int(line.text))


async def test_cancelling_the_reader_ends_the_group_even_when_cancelled_twice():
    pids: list[int] = []
    before = {child.pid for child in psutil.Process().children()}

    async def read() -> None:
        script = "trap '' TERM; echo $$; while true; do sleep 1; done"
        async with aclosing(stream(shell(script), cwd=HERE, env=ENV)) as events:
            async for event in events:
                assert isinstance(event, Line)
                pids.append(int(event.text))

    task = asyncio.create_task(read())
    await until(lambda: pids)
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not group_alive(pids[0])
    children = {child.pid for child in psutil.Process().children()}
    assert not [pid for pid in children - before if running(pid)]


async def test_no_process_of_ours_is_left_after_a_run():
    before = psutil.Process().children()
    await finished(shell("echo done"))
    assert not [new for new in psutil.Process().children() if new not in before]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "no such program"),
        ("#!/nowhere/interpreter\n", "the interpreter in its first line is missing"),
        ("\x7fELF nonsense", "it is no program for this system"),
    ],
)
async def test_a_program_that_cannot_start_is_named_with_the_reason(
    tmp_path: Path, text: str | None, why: str
):
    program = tmp_path / "program"
    if text is not None:
        program.write_text(text)
        program.chmod(0o755)
    with pytest.raises(ProcessStartError) as caught:
        await finished([str(program)])
    assert caught.value.why == why
    assert str(program) in caught.value.what


async def test_a_program_that_is_not_executable_is_named_with_the_reason(
    tmp_path: Path,
):
    (tmp_path / "program").write_text("text")
    with pytest.raises(ProcessStartError, match="permission denied"):
        await finished([str(tmp_path / "program")])


async def test_a_missing_work_directory_is_named(tmp_path: Path):
    with pytest.raises(ProcessStartError, match="no work directory .*gone"):
        await run(["/bin/true"], cwd=tmp_path / "gone", env=ENV)


async def test_arguments_that_no_system_takes_are_one_named_error():
    with pytest.raises(ProcessStartError, match="too long"):
        await finished(["/bin/echo", "x" * 10_000_000])
    with pytest.raises(ProcessStartError, match="NUL"):
        await finished(["/bin/echo", "a\0b"])


async def test_a_failed_start_leaves_no_process_behind(tmp_path: Path):
    before = psutil.Process().children()
    with pytest.raises(ProcessStartError):
        await finished([str(tmp_path / "nothing")])
    assert not [new for new in psutil.Process().children() if new not in before]
