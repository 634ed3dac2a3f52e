"""`mux run` from outside: what is printed, the exit code, and the row that is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mux_tui.core.process.group import group_alive
from tests.cli.muxing import World, model_server
from tests.fake_cli import ANSWER

QUESTION = "What is a context manager?"
SENTENCE = "The quick brown fox jumps over the lazy dog."


def pointed(world: World, base_url: str) -> World:
    """The world, using that model server."""
    world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = base_url
    return world


def last_run(world: World) -> dict[str, object]:
    """The newest row of the ledger."""
    runs = world.mux("ledger", "list", "--json").document["runs"]
    return runs[0]


def test_a_local_answer_is_the_only_thing_on_stdout(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux("run", QUESTION)
    assert (ended.code, ended.out) == (0, f"{SENTENCE}\n")
    assert "stays local" in ended.err
    assert "confidence" in ended.err


def test_json_is_one_event_a_line_and_ends_with_the_outcome(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux("run", QUESTION, "--json")
    names = [event["event"] for event in ended.events]
    assert names[:2] == ["started", "decided"]
    assert names[-1] == "finished"
    finished = ended.finished
    assert (finished["status"], finished["route"]) == ("done", "local")
    assert finished["output"] == SENTENCE
    assert finished["usage"]["output_tokens"] == 7
    assert "\x1b" not in ended.out


def test_quiet_says_nothing_but_the_answer(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux("run", "-q", QUESTION)
    assert (ended.out, ended.err) == (f"{SENTENCE}\n", "")


def test_the_task_is_a_row_with_everything_that_was_known(world: World) -> None:
    with model_server() as url:
        run_id = pointed(world, url).mux("run", QUESTION, "--json").finished["run_id"]
    shown = world.mux("ledger", "show", run_id, "--json").document
    run = shown.get("run", shown)
    assert (run["task"], run["status"], run["route"]) == (QUESTION, "done", "local")
    assert run["decision"]["inputs"]
    assert run["attempts"][0]["factors"]


def test_an_answer_that_was_escalated_away_never_reaches_a_pipe(cloudy: World) -> None:
    with model_server("ok-empty") as url:
        ended = pointed(cloudy, url).mux("run", QUESTION)
    assert (ended.code, ended.out) == (0, f"{ANSWER}\n")
    assert "goes to claude" in ended.err


@pytest.mark.parametrize(
    "mode", ["cut-between-events", "http-500-text", "http-200-html"]
)
def test_a_server_that_fails_is_said_and_the_cloud_is_asked(
    mode: str, cloudy: World
) -> None:
    with model_server(mode) as url:
        finished = pointed(cloudy, url).mux("run", QUESTION, "--json").finished
    assert (finished["status"], finished["route"]) == ("done", "claude")
    assert finished["attempts"][0]["fault"]


def test_a_server_that_is_not_there_escalates_and_says_why(cloudy: World) -> None:
    finished = (
        pointed(cloudy, "http://127.0.0.1:9/v1").mux("run", QUESTION, "--json").finished
    )
    assert (finished["route"], finished["reason"]) == ("claude", "local_unavailable")


def test_with_nobody_there_it_ends_with_3_and_a_way_out(world: World) -> None:
    ended = world.mux("run", QUESTION)
    assert (ended.code, ended.out) == (3, "")
    assert "mux setup --starter" in ended.err
    assert last_run(world)["reason"] == "local_down_and_cloud_unavailable"


def test_the_next_cli_is_asked_when_the_first_fails(cloudy: World) -> None:
    assert cloudy.clis
    cloudy.clis.say("exit-1")
    ended = cloudy.mux("run", QUESTION, "--json")
    assert ended.code == 1
    faults = [(a["route"], a["fault"]) for a in ended.finished["attempts"]]
    assert [route for route, _ in faults] == ["claude", "codex", "gemini"]
    assert all(fault for _, fault in faults)


def test_what_may_not_leave_is_declined_with_5(cloudy: World) -> None:
    ended = cloudy.mux(
        "run", "--route", "claude", QUESTION, "--set", "cloud.permission=never"
    )
    assert ended.code == 5
    assert cloudy.clis
    assert cloudy.clis.calls == []


def test_asking_without_a_terminal_is_a_no(cloudy: World) -> None:
    ended = cloudy.mux(
        "run", "--route", "claude", QUESTION, "--set", "cloud.permission=ask"
    )
    assert (ended.code, ended.out) == (5, "")


def test_a_check_that_fails_for_good_ends_with_6(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux("run", "--verify", "grep -q elephant", QUESTION)
    assert ended.code == 6
    assert "grep" in ended.err


def test_a_check_that_passes_is_told(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux(
            "run", "--verify", "grep -q fox", QUESTION, "--json"
        )
    assert (ended.code, ended.finished["verdict"]["status"]) == (0, "pass")


def test_a_time_limit_ends_with_4(world: World) -> None:
    with model_server("hang-mid") as url:
        ended = pointed(world, url).mux("run", "--time-limit", "1", QUESTION)
    assert ended.code == 4
    assert last_run(world)["reason"] == "time_limit"


@pytest.mark.parametrize(
    "task", ["--version", "-h", "/compact", "; rm -rf $HOME", "@x"]
)
def test_a_task_reaches_a_cli_as_text_whatever_it_looks_like(
    task: str, cloudy: World
) -> None:
    ended = cloudy.mux("run", "--route", "claude", "--", task)
    assert ended.code == 0
    assert cloudy.clis
    (call,) = (call for call in cloudy.clis.calls if call["stdin"])
    assert task in call["stdin"]
    assert not any(task == word for word in call["argv"])


def test_a_task_is_read_from_standard_input(world: World) -> None:
    with model_server() as url:
        ended = pointed(world, url).mux("run", "-", stdin=QUESTION)
    assert ended.out == f"{SENTENCE}\n"


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        ("", "empty"),
        ("a\0b", "NUL"),
        ("\x01\x02", "no readable text"),
        ("x" * 5_000_000, "too long"),
    ],
)
def test_what_is_no_task_ends_with_2_and_one_line(
    stdin: str, told: str, world: World
) -> None:
    ended = world.mux("run", "-", stdin=stdin)
    assert ended.code == 2
    assert told in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_work_directory_that_is_none_ends_with_2(name: str, world: World) -> None:
    (world.home / "file").touch()
    ended = world.mux("run", "--cwd", name, QUESTION)
    assert (ended.code, ended.err.count("\n")) == (2, 1)


def test_a_project_narrows_however_its_directory_is_named(cloudy: World) -> None:
    project = cloudy.home / "project"
    project.mkdir()
    (project / ".mux.toml").write_text('[cloud]\npermission = "never"\n')
    for name in ("~/project", str(project), "project"):
        ended = cloudy.mux("run", "--route", "claude", "x", "--cwd", name)
        assert (ended.code, name) == (5, name)


def test_a_broken_config_ends_with_2_and_names_file_and_line(world: World) -> None:
    file = world.home / "mux" / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[router]\nmin_confidense = 1\n")
    ended = world.mux("run", QUESTION)
    assert ended.code == 2
    assert f"{file}:2" in ended.err
    assert "min_confidence" in ended.err


def test_a_ledger_that_cannot_be_opened_does_not_stop_the_task(world: World) -> None:
    ledger = world.home / "mux" / "data" / "ledger.db"
    ledger.parent.mkdir(parents=True)
    ledger.write_bytes(b"this is no database" * 1000)
    with model_server() as url:
        ended = pointed(world, url).mux("run", QUESTION)
    assert (ended.code, ended.out) == (0, f"{SENTENCE}\n")
    assert "not recorded" in ended.err


def test_hostile_model_output_reaches_no_terminal(world: World) -> None:
    with model_server("text-ansi") as url:
        for arguments in (("run", QUESTION), ("run", QUESTION, "--json")):
            ended = pointed(world, url).mux(*arguments)
            assert "\x1b" not in ended.out + ended.err
            assert "\x9b" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_ends_the_run_in_order(
    number: signal.Signals, code: int, world: World
) -> None:
    """The exit code tells the signal, and the row tells that it was cancelled."""
    with model_server("endless") as url:
        process = pointed(world, url).start("run", QUESTION, "--json")
        assert process.stdout
        with process:
            until(process, "text_delta")
            process.send_signal(number)
            process.communicate(timeout=60)
    assert process.returncode == code
    assert last_run(world)["status"] == "cancelled"


def test_impatience_costs_neither_the_row_nor_a_process(cloudy: World) -> None:
    """Ctrl-C again and again, while a CLI is deaf to it."""
    assert cloudy.clis
    process = cloudy.start("run", "--route", "claude", "[[cli:ignore-term]] x")
    with process:
        while not cloudy.clis.calls:
            assert process.poll() is None
            time.sleep(0.02)
        for _ in range(4):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert last_run(cloudy)["status"] == "cancelled"
    (call,) = cloudy.clis.calls
    assert not group_alive(call["pgid"])


def test_kill_leaves_a_row_that_the_next_mux_marks(world: World) -> None:
    with model_server("endless") as url:
        process = pointed(world, url).start("run", QUESTION, "--json")
        with process:
            until(process, "text_delta")
            process.kill()
            process.communicate(timeout=60)
        pointed(world, url).mux("run", "--time-limit", "0.5", QUESTION)
    runs = world.mux("ledger", "list", "--json").document["runs"]
    assert runs[1]["status"] == "interrupted"


def test_a_directory_that_was_removed_is_one_clear_error(world: World) -> None:
    gone = world.home / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m mux_tui run x"
    done = subprocess.run(
        ["bash", "-c", script], env=world.environment, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("mux: the current directory is gone")


def until(process: subprocess.Popen[str], event: str) -> None:
    """Read the process's lines until this event has come."""
    assert process.stdout
    for line in process.stdout:
        if f'"event":"{event}"' in line:
            return
    raise AssertionError(f"no {event}")


def test_verification_runs_in_the_work_directory(world: World, tmp_path: Path) -> None:
    (tmp_path / "mark").touch()
    with model_server() as url:
        ended = pointed(world, url).mux(
            "run",
            "--cwd",
            str(tmp_path),
            "--verify",
            "test -e mark",
            QUESTION,
            "--json",
        )
    assert ended.finished["verdict"]["status"] == "pass"


def test_an_unwritable_home_does_not_stop_a_task(world: World) -> None:
    """A file stands where mux wants its directories."""
    (world.home / "mux").write_text("in the way")
    with model_server() as url:
        ended = pointed(world, url).mux("run", QUESTION)
    assert (ended.code, ended.out) == (0, f"{SENTENCE}\n")


def test_a_closed_pipe_ends_quietly(world: World) -> None:
    with model_server() as url:
        read, write = os.pipe()
        os.close(read)
        environment = pointed(world, url).environment
        done = subprocess.run(
            [sys.executable, "-m", "mux_tui", "run", "-q", QUESTION],
            env=environment,
            stdout=write,
            stderr=subprocess.PIPE,
            cwd=world.home,
        )
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
