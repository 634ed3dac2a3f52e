"""`mux ledger replay`: recorded tasks again, in copies, and compared."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.muxing import World, model_server
from tests.cli.promised import kept
from tests.cli.test_questions import terminal
from tests.core.file_work.projects import PYTHON
from tests.fake_cli import FakeClis

pytestmark = pytest.mark.slow

WRONG = ("ok", "--text", PYTHON.wrong)
RIGHT = ("ok", "--text", PYTHON.right)


@contextmanager
def served(world: World, *mode: str) -> Generator[None]:
    """A local model that says this."""
    with model_server(*mode) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield


def laid(world: World) -> Path:
    """The project, with the programs of this machine to prove it."""
    assert shutil.which(PYTHON.needs)
    world.variables["PATH"] = os.environ["PATH"]
    world.variables["MUX_CLOUD_PERMISSION"] = "never"
    return PYTHON.lay(world.home)


def repair(world: World, root: Path) -> str:
    """Have its fault mended; returns the run's id."""
    with served(world, *RIGHT):
        ended = world.mux(
            *("run", "--files", "--apply", "auto", "--json", PYTHON.task), cwd=root
        )
    assert ended.code == 0, ended.err
    return ended.finished["run_id"]


Mended = tuple[World, Path, str]


@pytest.fixture
def mended(world: World) -> Mended:
    """A project whose fault a run has mended, and that run's id."""
    root = laid(world)
    return world, root, repair(world, root)


@pytest.fixture
def asked(world: World) -> Generator[World]:
    """A world that has asked its local model one question."""
    with served(world, "ok"):
        assert world.mux("run", "What is a list?").code == 0
        yield world


def content_of(root: Path) -> dict[str, str]:
    """Every file below a directory, but for what Python compiles."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def replayed(world: World, *arguments: str, code: int = 0) -> dict[str, Any]:
    ended = world.mux("ledger", "replay", "--json", *arguments)
    assert ended.code == code, ended.err
    return ended.document


def rows(world: World, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(ledger(world), isolation_level=None)) as connection:
        return connection.execute(sql, values).fetchall()


def ledger(world: World) -> Path:
    return next((world.home / "mux").rglob("ledger.db"))


def test_a_fix_that_is_found_again_is_the_same(mended: Mended) -> None:
    """The test that the first run has mended fails again, in a copy.

    And the replay is a run of its own, which no statistics count and nobody can undo.
    """
    world, root, run_id = mended
    before = content_of(root)
    with served(world, *RIGHT):
        told = replayed(world, "kind:files")
        # Nor is it repeated itself.
        assert len(replayed(world, "--limit", "5")["comparisons"]) == 1
    (one,) = told["comparisons"]
    assert (one["word"], one["notes"]) == ("same", [])
    assert (one["original"]["verdict"], one["replay"]["verdict"]) == ("pass", "pass")
    assert one["replay"]["lines_added"] == one["original"]["lines_added"] == 1
    assert (told["totals"]["passed_now"], told["interrupted"]) == (1, False)

    replay_id = one["replay"]["run_id"]
    replay = world.mux("ledger", "show", "--json", replay_id).document["run"]
    assert (replay["replay_of"], replay["applied"]) == (run_id, False)
    assert replay["cwd"] == str(root)
    first = world.mux("ledger", "show", "--json", run_id).document["run"]
    assert first["replays"][0] == replay_id
    stats = world.mux("ledger", "stats", "--json").document
    assert (stats["runs"], stats["done"], stats["replays"]) == (1, 1, 2)
    shown = world.mux("ledger", "stats").out
    assert "replays     2 more, not counted here ($0.00)" in shown
    assert world.mux("ledger", "undo", replay_id).code == 2
    assert content_of(root) == before
    # The newest run that has changed files is still the first one.
    assert world.mux("ledger", "undo", cwd=root).code == 0
    assert (root / PYTHON.fault).read_text() == PYTHON.files[PYTHON.fault]


def test_a_fix_that_is_not_found_is_worse(mended: Mended) -> None:
    world, root, run_id = mended
    (root / "notes.txt").write_text("Mine.\n")
    before = content_of(root)
    with served(world, *WRONG):
        ended = world.mux("ledger", "replay", f"id:{run_id}")
    assert ended.code == 0, ended.err
    assert "worse" in ended.out
    assert "pass → fail" in ended.out
    assert "passed   1 → 0 of 1" in ended.out
    assert f"1/1 {run_id} again as" in ended.err
    assert content_of(root) == before


def test_files_that_changed_since_are_said(mended: Mended) -> None:
    world, root, run_id = mended
    file = root / PYTHON.fault
    file.write_text(PYTHON.files[PYTHON.fault] + "\n# Seen.\n")
    with served(world, *RIGHT):
        (one,) = replayed(world, f"id:{run_id}")["comparisons"]
    assert one["notes"] == ["on today's files: basket.py has changed since"]
    assert file.read_text().endswith("# Seen.\n")


def test_what_proofs_need_and_git_ignores_is_lent(world: World) -> None:
    """From the user's own directory, as the first time."""
    root = laid(world)
    (root / ".gitignore").write_text("data/\n")
    (root / "data").mkdir()
    (root / "data" / "prices.txt").write_text("1\n")
    test = root / "test_basket.py"
    test.write_text(f"open('data/prices.txt').close()\n{test.read_text()}")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    repair(world, root)
    with served(world, *RIGHT):
        (one,) = replayed(world)["comparisons"]
    assert (one["original"]["verdict"], one["word"]) == ("pass", "same")


def test_no_row_is_trusted(mended: Mended) -> None:
    """Paths, escape sequences, texts without end: said, and nothing is done."""
    world, root, run_id = mended
    before = content_of(root)
    hostile = f"{run_id}-\x1b[2J"
    copied = "INSERT INTO runs (run_id, task, cwd, kind, route_requested, started_at,"
    copied += " door, task_length, status, mux_version, owner_pid, owner_started)"
    copied += " SELECT ?, ?, cwd, ?, 'local', 1, 'cli', 1, 'done', '0', 0, 0 FROM runs"
    copied += " WHERE run_id = ?"
    rows(world, copied, hostile, "\x1b[2JSay hello.", "advisory", run_id)
    rows(world, copied, "01huge", "x" * 20_000_000, "advisory", run_id)
    rows(world, "UPDATE files SET path = '../../x'")
    with served(world, *RIGHT):
        ended = world.mux("ledger", "replay", "--yes")
    assert ended.code == 1
    assert "\x1b" not in ended.out + ended.err
    assert "the task is too long" in ended.err
    assert "../../x leaves the work directory" in ended.err
    assert len(ended.err) < 5_000
    assert content_of(root) == before
    assert not (world.home / "x").exists()
    assert list((world.home / "mux").rglob("copy-*")) == []


def test_an_interrupt_keeps_what_was_done(world: World) -> None:
    mode = ("ok", "--sequence", "ok,ok,ok,hang-mid")
    with served(world, *mode):
        for question in ("What is a list?", "What is a set?"):
            assert world.mux("run", question).code == 0
        with world.start("ledger", "replay", "--json") as process:
            assert process.stderr
            for line in process.stderr:
                if line.startswith("2/2"):
                    break
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    told = kept(json.loads(out))
    assert told["interrupted"] is True
    words = [(one["word"], one["replay"]["status"]) for one in told["comparisons"]]
    assert words[0] == ("unknown", "done")
    assert words[1:] in ([], [("unknown", "cancelled")])
    found = "SELECT status FROM runs WHERE replay_of IS NOT NULL ORDER BY id"
    statuses = rows(world, found)
    assert statuses[0] == ("done",)
    assert ("running",) not in statuses


def test_a_person_is_asked_before(asked: World) -> None:
    for keys, code in (("\r", 5), ("n\r", 5), ("y\r", 0)):
        with terminal(asked, "ledger", "replay") as screen:
            screen.until("do these tasks again? [y/N]")
            screen.type(keys)
            assert screen.ended() == code
    assert len(rows(asked, "SELECT 1 FROM runs WHERE replay_of IS NOT NULL")) == 1


def test_without_a_person_nothing_leaves_this_machine(
    asked: World, tmp_path: Path
) -> None:
    asked.clis = FakeClis(tmp_path / "clis")
    ended = asked.mux("ledger", "replay", "--route", "claude")
    assert (ended.code, asked.clis.calls) == (5, [])
    assert "1 of the tasks may leave this machine" in ended.err
    told = replayed(asked, "--route", "claude", "--model", "opus", "--yes")
    assert told["comparisons"][0]["replay"]["route"] == "claude"
    assert "opus" in asked.clis.calls[-1]["argv"]


def test_without_a_model_the_exit_code_says_so(asked: World) -> None:
    del asked.variables["MUX_PROVIDERS_LOCAL_BASE_URL"]
    ended = asked.mux("ledger", "replay")
    assert ended.code == 3, ended.err
    ended = asked.mux("ledger", "replay", "--model", "no-such-model")
    assert ended.code == 2
    assert "there is no model no-such-model on this machine" in ended.err


def test_what_cannot_be_asked_for_is_refused(asked: World, tmp_path: Path) -> None:
    assert asked.mux("ledger", "replay", "wrong:key").code == 2
    assert asked.mux("ledger", "replay", "--decide", "--model", "x").code == 2
    assert asked.mux("ledger", "replay", "--limit", "0").code == 2
    assert asked.mux("ledger", "replay", "--time-limit", "nan").code == 2
    assert asked.mux("ledger", "replay", "--verify", " ").code == 2
    nothing = asked.mux("ledger", "replay", "route:gemini")
    assert (nothing.code, nothing.err) == (0, "no run matches\n")
    empty = World(tmp_path)
    assert replayed(empty)["comparisons"] == []
    assert replayed(empty, "--decide")["moves"] == []


def test_other_settings_can_be_tried_on_past_runs(asked: World, tmp_path: Path) -> None:
    asked.clis = FakeClis(tmp_path / "clis")
    # The CLI was not there when the run was decided.
    change = ("--set", "router.keywords=list", "--set", "cloud.order=claude")
    before = ledger(asked).read_bytes()
    assert replayed(asked, "--decide", *change)["groups"] == []
    rows(
        asked, "UPDATE runs SET decision = replace(decision, '\"none\"', '\"claude\"')"
    )
    told = replayed(asked, "--decide", *change)
    assert (told["runs"], told["undecided"]) == (1, [])
    assert [(g["before"], g["after"], g["runs"]) for g in told["groups"]] == [
        ("local", "claude", 1)
    ]
    assert replayed(asked, "--decide")["moves"] == []
    shown = asked.mux("ledger", "replay", "--decide", *change).out
    assert "1 of 1 would have gone to claude at once instead of this machine" in shown
    assert asked.clis.calls == []
    assert rows(asked, "SELECT count(*) FROM runs") == [(1,)]
    assert before[:16] == b"SQLite format 3\0"
