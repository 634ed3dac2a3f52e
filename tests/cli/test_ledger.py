"""`mux ledger`: lists, pages and exports what was recorded."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.exchange import Exchange
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import (
    OWNER,
    a_decision,
    a_failure,
    a_task,
    an_attempt,
    an_exchange,
    an_outcome,
)


@pytest.fixture
def path(own_home: Path) -> Path:
    """Where `mux` keeps its ledger in this test."""
    return own_home / "mux" / "data" / "ledger.db"


def recorded(path: Path, *runs: tuple[str, str]) -> None:
    """Record finished runs of these ids and texts."""

    async def record() -> None:
        async with open_ledger(path, LedgerSettings()) as ledger:
            for run_id, text in runs:
                await ledger.begin(a_task(text, run_id), OWNER)
                await ledger.decided(run_id, a_decision())
                attempts = an_attempt(1, text), a_failure(2)
                await ledger.finish(an_outcome(run_id, text, *attempts))

    asyncio.run(record())


def test_the_newest_runs_are_listed_as_a_table(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."), ("01b-x", "Second task."))
    assert main(["ledger", "list"]) == ExitCode.OK
    header, second, first = capsys.readouterr().out.splitlines()
    assert header.split()[:4] == ["run", "when", "status", "route"]
    assert second.startswith("01b-x  ")
    assert first.endswith(
        "done    local  0.75  pass    120/34  2.5      -      -      First task."
    )
    assert header.index("task") == first.index("First") == second.index("Second")


def test_the_list_is_as_long_as_asked(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, *((f"01{n}-x", "Hi") for n in range(5)))
    assert main(["ledger", "list", "--limit", "2", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.list/4"
    assert [run["run_id"] for run in document["runs"]] == ["014-x", "013-x"]
    assert document["runs"][0]["route"] == "local"


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many", "²"])
def test_a_limit_out_of_bounds_is_wrong_usage(
    limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "list", f"--limit={limit}"]) == ExitCode.USAGE
    assert "not between 1 and 1000" in capsys.readouterr().err


def test_looking_for_runs_makes_no_ledger(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "list"]) == ExitCode.OK
    assert main(["ledger", "export"]) == ExitCode.OK
    assert main(["ledger", "show", "01a"]) == ExitCode.FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[:2] == ["no runs yet", "no runs yet"]
    assert main(["ledger", "list", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["runs"] == []
    assert not path.parent.exists()


def requested(path: Path, *exchanges: Exchange) -> None:
    """Record requests through the proxy."""

    async def record() -> None:
        async with open_ledger(path, LedgerSettings()) as ledger:
            for exchange in exchanges:
                await ledger.record_exchange(exchange, OWNER)

    asyncio.run(record())


def test_the_newest_requests_through_the_proxy_are_listed(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Exchange("01b", status="failed", error="\x1b[2Jthe server is down")
    requested(path, an_exchange("01a"), failed)
    assert main(["ledger", "requests"]) == ExitCode.OK
    header, second, first = capsys.readouterr().out.splitlines()
    assert header.split()[:5] == ["request", "when", "kind", "status", "route"]
    told = first.split()
    assert told[0] == "01a"
    assert told[6:13] == ["313.4", "40.0", "12010/40", "96%", "0.25", "1.5", "2+1"]
    assert second.endswith("␛[2Jthe server is down")


def test_requests_are_told_in_full_as_json_and_by_conversation(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    requested(path, an_exchange("01a"), Exchange("01b", session_id="other"))
    argv = ["ledger", "requests", "--session", "session-1", "-n", "5", "--json"]
    assert main(argv) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.requests/1"
    (request,) = document["requests"]
    assert (request["exchange_id"], request["tokens_cached"]) == ("01a", 11_500)
    assert request["cuts"][0]["what"] == "tool Workflow"


def test_without_requests_that_is_said(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "requests"]) == ExitCode.OK
    assert "no requests through the proxy yet" in capsys.readouterr().err
    assert not path.exists()


def test_a_run_is_shown_by_the_beginning_of_its_id(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First\ntask."), ("01b-x", "Second task."))
    assert main(["ledger", "show", "01a"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "run         01a-x\n" in out
    assert "decided     local: Nothing speaks against the local model.\n" in out
    assert "status      done: The local model did it.\n" in out
    assert "answered by local · chat_completions · starter-135m\n" in out
    assert "tokens      120/34, 100 of them cached, $0.5000\n" in out
    assert "not_logged_in" in out
    assert out.endswith("\ntask:\nFirst\ntask.\n\nanswer:\nFirst\ntask.\n")


def test_a_run_is_shown_as_one_document(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."))
    assert main(["ledger", "show", "01a", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.show/4"
    assert document["run"]["run_id"] == "01a-x"
    assert len(document["run"]["attempts"]) == 2


def test_an_unknown_run_fails_with_a_way_out(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."))
    assert main(["ledger", "show", "zzz\x1b[2J"]) == ExitCode.FAILED
    assert capsys.readouterr().err == (
        "mux: no such run: zzz␛[2J. See: mux ledger list\n"
    )


def test_a_beginning_of_several_ids_lists_them(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."), ("01b-x", "Second task."))
    assert main(["ledger", "show", "01"]) == ExitCode.USAGE
    assert "more than one run begins with 01: 01a-x, 01b-x" in capsys.readouterr().err


def test_hostile_texts_reach_no_terminal(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "\x1b]0;owned\x07\x9b2J\r\u202e"))
    for argv in (["list"], ["show", "01a"], ["show", "01a", "--json"], ["export"]):
        assert main(["ledger", *argv]) == ExitCode.OK
        out = capsys.readouterr().out
        assert not set(out) & set("\x1b\x07\x9b\r\u202e")


def test_an_export_goes_to_standard_output_or_to_a_private_file(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."), ("01b-x", "Second task."))
    assert main(["ledger", "export", "--jsonl"]) == ExitCode.OK
    exported = capsys.readouterr().out
    assert [json.loads(line)["run_id"] for line in exported.splitlines()] == [
        "01a-x",
        "01b-x",
    ]
    assert '"route":"local"' in exported

    target = tmp_path / "runs.jsonl"
    target.write_text("an older export")
    assert main(["ledger", "export", "--output", str(target)]) == ExitCode.OK
    assert target.read_text() == exported
    assert target.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["runs.jsonl"]
    assert "2 runs written" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing/runs.jsonl", "folder", "n\0ul"])
def test_an_export_that_cannot_be_written_says_why_and_leaves_nothing(
    path: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."))
    (tmp_path / "folder").mkdir()
    target = f"{tmp_path}/{name}"
    assert main(["ledger", "export", "--output", target]) == ExitCode.ENVIRONMENT
    error = capsys.readouterr().err
    assert error.startswith(f"mux: cannot write {tmp_path}/")
    assert error.count("\n") == 1
    assert os.listdir(tmp_path) == ["folder"]


def test_an_export_to_a_full_device_says_so(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(path, ("01a-x", "First task."))
    assert main(["ledger", "export", "-o", "/dev/full"]) == ExitCode.ENVIRONMENT
    assert "cannot write /dev/full: No space left" in capsys.readouterr().err


def test_a_reader_that_has_enough_ends_the_export_quietly(path: Path) -> None:
    recorded(path, *((f"01{n:03}-x", "word " * 2000) for n in range(60)))
    command = f"{sys.executable} -m mux_tui ledger export | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["run_id"] == "01000-x"
    assert done.stderr == ""


@pytest.mark.parametrize("command", [["list"], ["show", "01"], ["export"]])
def test_a_damaged_ledger_is_one_line_and_exit_code_3(
    path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is not a database\n" * 200)
    assert main(["ledger", *command]) == ExitCode.ENVIRONMENT
    error = capsys.readouterr().err
    assert error.startswith(f"mux: the ledger {path} is damaged: ")
    assert error.count("\n") == 1


def test_a_ledger_of_a_newer_mux_is_exit_code_2(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    recorded(path, ("01a-x", "First task."))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999999")
    connection.close()
    assert main(["ledger", "list"]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert "written by a newer mux (schema 999999" in error
    assert "Nothing was changed" in error


def test_another_ledger_can_be_named(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.db"
    recorded(other, ("01a-x", "First task."))
    assert main(["ledger", "list", "--set", f"ledger.path={other}"]) == ExitCode.OK
    assert "01a-x" in capsys.readouterr().out
