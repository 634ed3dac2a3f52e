"""Running commands: what comes out, and that nothing stays behind."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from mux_tui.core.process import run as run_module
from mux_tui.core.process.group import group_alive
from mux_tui.core.process.guard import Guard
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
        argv, cwd=HERE, env=ENV, stdin=stdin, time_limit=60, output_cap=output_cap
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
    done = await run(shell(script), cwd=HERE, env=ENV, time_limit=1.5)
    assert done.exit.stopped == "time_limit"
    assert done.exit.signal == 15
    assert done.exit.seconds < 30
    assert not running(int(done.stdout))


async def test_a_command_deaf_to_sigterm_is_killed_after_the_grace():
    script = "trap '' TERM INT HUP; echo deaf; while true; do sleep 1; done"
    end = (await run(shell(script), cwd=HERE, env=ENV, time_limit=1.5, grace=0.3)).exit
    assert (end.stopped, end.signal) == ("time_limit", 9)
    assert 1.8 <= end.seconds < 30


async def test_silence_is_a_stall_and_talk_is_not():
    talk = "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done; sleep 600"
    done = await run(shell(talk), cwd=HERE, env=ENV, stall_limit=1.5)
    assert done.exit.stopped == "stalled"
    assert done.stdout.split() == list("12345678")


async def test_a_lagging_reader_is_no_stall():
    script = "print('first'); print(('y' * 1000 + '\n') * 3000)"
    events = stream(python(script), cwd=HERE, env=ENV, stall_limit=1)
    async with aclosing(events):
        await anext(events)
        await asyncio.sleep(1.2)
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
    assert done.exit.seconds < 30
    if session:
        # It left the group on purpose: out of our reach, but it cannot hold us.
        psutil.Process(pid).kill()
    else:
        assert not running(pid)


async def test_a_command_that_closes_its_pipes_is_waited_for():
    script = "exec >&- 2>&-; sleep 0.3; exit 7"
    assert (await finished(shell(script))).exit.code == 7


@pytest.mark.parametrize("deaf", ["", "trap '' TERM INT HUP; "])
async def test_closing_the_generator_ends_the_group(deaf: str):
    script = f"{deaf}sleep 600 & echo $$; while true; do sleep 1; done"
    events = stream(shell(script), cwd=HERE, env=ENV)
    line = await anext(events)
    assert isinstance(line, Line)
    await events.aclose()
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


async def test_cancelled_again_and_again_while_it_starts_it_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
):
    async def no_guard(_: str = "") -> Guard:
        return Guard()

    monkeypatch.setattr(run_module, "start_guard", no_guard)
    before = {child.pid for child in psutil.Process().children()}
    starting = asyncio.create_task(finished(shell("sleep 600")))
    await asyncio.sleep(0)
    while not starting.done():
        starting.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await starting
    children = {child.pid for child in psutil.Process().children()}
    assert not [pid for pid in children - before if running(pid)]


LOOP_THAT_ENDS = """
import asyncio, gc, sys
from pathlib import Path
from mux_tui.core.process.run import run

async def main(turns, more):
    argv = ["/bin/sh", "-c", "echo begun; exec sleep 600"]
    running = asyncio.create_task(run(argv, cwd=Path("/"), env={}))
    for _ in range(turns):
        await asyncio.sleep(0.001)
    running.cancel()
    for _ in range(more):
        await asyncio.sleep(0)

for turns in (1, 5, 50, 100):
    for more in range(5):
        asyncio.run(main(turns, more))
        gc.collect()
"""


def test_an_event_loop_that_ends_meanwhile_ends_the_command_with_it():
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", LOOP_THAT_ENDS],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


LOOP_THAT_ENDS_AMID_A_START = """
import asyncio, sys
from pathlib import Path
from mux_tui.core.process.run import run

reached = asyncio.Event()

async def never(*_):
    reached.set()
    await asyncio.Event().wait()

async def main():
    setattr(asyncio.get_running_loop(), sys.argv[1], never)
    argv = ["/bin/sh", "-c", "exec sleep 600"]
    running = asyncio.create_task(run(argv, cwd=Path("/"), env={}))
    await reached.wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("pipe", ["connect_write_pipe", "connect_read_pipe"])
def test_an_event_loop_that_ends_before_the_pipes_are_connected_comes_to_its_end(
    pipe: str,
):
    """The first is the watchdog's, the second the command's."""
    done = subprocess.run(
        [sys.executable, "-c", LOOP_THAT_ENDS_AMID_A_START, pipe],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


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
