"""`mux ledger undo`, `redo` and `show`, on real files."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.change import ChangeSet, Refusal
from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.ledger.store import open_ledger
from mux_tui.core.paths import Paths
from mux_tui.core.work import FileStat, Finding, Work
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.diff import patch
from mux_tui.core.workspace.results import Applied
from tests.cli.muxing import World
from tests.core.ledger.facts import (
    OWNER,
    a_file_decision,
    a_file_outcome,
    a_task,
)
from tests.core.workspace.trees import change, changes, made

OLD = "".join(f"line {number}\n" for number in range(20))
NEW = OLD.replace("line 3\n", "by the run\n")
WANTED = changes(change("src/text", OLD, NEW), change("made\x1b[2J", None, "made\r\n"))


def recorded(
    paths: Paths, run_id: str, wanted: ChangeSet = WANTED, **facts: object
) -> None:
    """Record a run that would have made, or has made, these changes."""
    work = Work(
        tuple(
            FileStat(one.path, one.kind, 1, 2, 1, "", "ab" * 32, kept=1, note="sure")
            for one in wanted.changes
        ),
        patch=patch(wanted.changes),
    )
    outcome = a_file_outcome(run_id, **({"work": work, "findings": ()} | facts))

    async def record() -> None:
        async with open_ledger(paths.ledger, LedgerSettings()) as ledger:
            await ledger.begin(a_task("Do it.", run_id), OWNER)
            await ledger.decided(run_id, a_file_decision())
            await ledger.finish(outcome)

    asyncio.run(record())


@pytest.fixture
def paths(own_home: Path) -> Paths:
    """mux's directories in this test."""
    return Paths.from_environment({"MUX_HOME": str(own_home / "mux")})


@pytest.fixture
def work(paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work directory, the current one, in which a run has changed files."""
    root = made(tmp_path / "work", {"src/text": OLD})
    assert isinstance(apply(root, WANTED, "01a-x", Archive(paths.changes)), Applied)
    recorded(paths, "01a-x")
    monkeypatch.chdir(root)
    return root


def test_the_newest_changes_here_go_and_come_again(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "undo"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.out == "src/text\nmade␛[2J\n"
    assert f"the changes of 01a-x in {work} are taken back\n" in captured.err
    assert captured.err.endswith("Do them again: mux ledger redo 01a-x\n")
    assert (work / "src" / "text").read_text() == OLD
    assert [path.name for path in work.iterdir()] == ["src"]

    assert main(["ledger", "show", "01a"]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "changes     2 files, +2 −4, taken back 20" in told
    assert "way back    mux ledger redo 01a-x\n" in told

    assert main(["ledger", "redo", "01a"]) == ExitCode.OK
    assert (work / "src" / "text").read_text() == NEW
    assert (work / "made\x1b[2J").read_bytes() == b"made\r\n"
    assert "Take them back: mux ledger undo 01a-x" in capsys.readouterr().err
    assert main(["ledger", "show", "01a"]) == ExitCode.OK
    assert "2 files, +2 −4, applied\n" in capsys.readouterr().out


def test_what_was_done_is_told_as_json(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "undo", "01a", "--json"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "schema": "mux.ledger.undo/1",
        "run_id": "01a-x",
        "done": True,
        "directory": str(work),
        "files": ["src/text", "made\x1b[2J"],
        "changed_since": [],
        "refused": [],
        "notes": [],
    }
    assert captured.err == ""
    (work / "src" / "text").write_text("other")
    assert main(["ledger", "redo", "01a", "--json"]) == ExitCode.FAILED
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.redo/1"
    assert (document["done"], document["changed_since"]) == (False, ["src/text"])


def test_files_that_changed_since_are_listed_and_merged_only_when_asked(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = work / "src" / "text"
    mine = NEW.replace("line 15\n", "mine\n")
    text.write_text(mine)
    assert main(["ledger", "undo"]) == ExitCode.FAILED
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "mux: nothing was changed: these files have changed since",
        "  src/text",
        "Merge, if nothing is in conflict: mux ledger undo 01a-x --merge",
        "Merge, with conflicts marked in the files: mux ledger undo 01a-x"
        " --mark-conflicts",
    ]
    assert text.read_text() == mine
    assert (work / "made\x1b[2J").exists()

    assert main(["ledger", "undo", "--merge"]) == ExitCode.OK
    assert text.read_text() == OLD.replace("line 15\n", "mine\n")
    assert not (work / "made\x1b[2J").exists()


def test_a_conflict_is_written_only_when_asked(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = work / "src" / "text"
    mine = NEW.replace("by the run\n", "mine\n")
    text.write_text(mine)
    assert main(["ledger", "undo", "--merge"]) == ExitCode.FAILED
    error = capsys.readouterr().err
    assert "cannot be merged by themselves\n  src/text\n" in error
    assert "--mark-conflicts" in error
    assert " --merge" not in error
    assert text.read_text() == mine

    assert main(["ledger", "undo", "--mark-conflicts"]) == ExitCode.OK
    assert "look for <<<<<<<" in capsys.readouterr().err
    assert "mine\n" in text.read_text()
    assert "line 3\n" in text.read_text()


def test_a_file_that_cannot_be_merged_at_all_is_left_alone(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "src" / "text").write_bytes(b"\0\1")
    assert main(["ledger", "undo", "--mark-conflicts"]) == ExitCode.FAILED
    assert capsys.readouterr().err == (
        "mux: nothing was changed: these files have changed since,"
        " and cannot be merged\n  src/text\n"
    )


def test_a_path_that_became_a_link_is_refused(
    work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.write_text(NEW)
    (work / "src" / "text").unlink()
    (work / "src" / "text").symlink_to(outside)
    assert main(["ledger", "undo"]) == ExitCode.FAILED
    assert capsys.readouterr().err == (
        "mux: nothing was changed: these files cannot be written\n"
        "  src/text: is a symbolic link\n"
    )
    assert outside.read_text() == NEW


def test_what_cannot_be_meant_is_wrong_usage(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "redo", "01a"]) == ExitCode.USAGE
    assert "have not been taken back" in capsys.readouterr().err
    assert main(["ledger", "redo"]) == ExitCode.USAGE
    assert "no changes to do again in" in capsys.readouterr().err
    assert main(["ledger", "undo", "--merge", "--mark-conflicts"]) == ExitCode.USAGE
    assert main(["ledger", "undo"]) == ExitCode.OK
    assert main(["ledger", "undo", "01a"]) == ExitCode.USAGE
    assert "are taken back already" in capsys.readouterr().err
    assert main(["ledger", "undo", "zz"]) == ExitCode.FAILED
    assert "no such run: zz" in capsys.readouterr().err


def test_a_damaged_ledger_keeps_nobody_from_the_way_back(
    work: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    paths.ledger.write_bytes(b"this is not a database\n" * 200)
    assert main(["ledger", "undo"]) == ExitCode.OK
    assert "this is not recorded: the ledger" in capsys.readouterr().err
    assert (work / "src" / "text").read_text() == OLD


def test_broken_settings_of_a_project_keep_nobody_from_the_way_back(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They may have come with a checkout, or out of the run itself."""
    (work / ".mux.toml").write_text("[verification]\ncommands = ['true']\n")
    assert main(["ledger", "undo", "01a-x"]) == ExitCode.OK
    assert (work / "src" / "text").read_text() == OLD
    assert "this is not recorded" in capsys.readouterr().err
    assert main(["ledger", "redo"]) == ExitCode.OK
    assert (work / "src" / "text").read_text() == NEW


def test_a_list_tells_what_became_of_the_files(
    work: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(paths, "01b-x", applied=False)
    assert main(["ledger", "undo", "-q"]) == ExitCode.OK
    assert capsys.readouterr().err == ""
    assert main(["ledger", "list"]) == ExitCode.OK
    _, newer, older = capsys.readouterr().out.splitlines()
    assert "2.5      2 proposed    -      Do it." in newer
    assert "2.5      2 taken back  -      Do it." in older
    assert main(["ledger", "search", "applied:yes", "--json"]) == ExitCode.OK
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert (run["run_id"], run["files"], run["applied"]) == ("01a-x", 2, True)


def test_all_that_file_work_left_is_shown(
    work: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    left = Work(
        (
            FileStat("a.py", "modify", 3, 1, 2, "12" * 32, "ab" * 32, kept=1),
            FileStat("b", "delete", 0, 9, 1, "cd" * 32, "", confidence=0.8, note="odd"),
        ),
        patch="+x\n",
        refused=(Refusal(".git/x\x1b", "belongs to git"),),
        commands=("rm -rf \x1b[2J/",),
    )
    findings = (Finding("Off by one.", "a.py", 3, True, "done"), Finding("No test."))
    recorded(paths, "01b-x", work=left, findings=findings, applied=False)
    assert main(["ledger", "show", "01b"]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "changes     2 files, +3 −10, proposed\n" in told
    assert "proved by   python\n" in told
    assert "way back    mux ledger show 01b-x --patch\n" in told
    files = [line.split() for line in told.splitlines() if line[:2] in ("M ", "D ")]
    assert files == [
        ["M", "a.py", "+3", "−1", "1", "of", "2", "12" * 6, "ab" * 6],
        ["D", "b", "+0", "−9", "-", "cd" * 6, "-"]
        + "placed by likeness, 80% sure; odd".split(),
    ]
    assert "review:\n  a.py:3: Off by one. (worked in): done\n  No test.\n" in told
    assert "not to be changed:\n  .git/x␛: belongs to git\n" in told
    assert "none was run:\n  rm -rf ␛[2J/\n" in told


def test_a_patch_is_exact_in_a_pipe(world: World, tmp_path: Path) -> None:
    """`git apply` takes it, line ends and all."""
    paths = Paths.from_environment(world.environment)
    wanted = changes(change("text", "one\r\ntwo\n", "one\r\n2\x1b\n"))
    recorded(paths, "01a-x", wanted)
    shown = subprocess.run(
        [sys.executable, "-m", "mux_tui", "ledger", "show", "01a", "--patch"],
        env=world.environment,
        capture_output=True,
        check=True,
    )
    assert shown.stdout.decode() == patch(wanted.changes)
    root = made(tmp_path / "fresh", {"text": "one\r\ntwo\n"})
    subprocess.run(["git", "apply"], input=shown.stdout, cwd=root, check=True)
    assert (root / "text").read_bytes() == b"one\r\n2\x1b\n"


def test_a_patch_without_credentials_says_that_they_are_missing(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "sk-" + "ant-api03-CANARYcanary0123456789"
    recorded(paths, "01a-x", changes(change("env", None, f"KEY={secret}\n")))
    assert main(["ledger", "show", "01a", "--patch"]) == ExitCode.OK
    captured = capsys.readouterr()
    assert secret not in captured.out
    assert "it may not apply" in captured.err


def test_a_run_without_a_patch_says_why(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = Work((FileStat("a", "add", 1, 0, 1, "", "ab" * 32),))
    recorded(paths, "01a-x", work=quiet)
    recorded(paths, "01b-x", work=None, applied=False)
    for run_id, why in (
        ("01a", "store_prompts is off"),
        ("01b", "no changes of files"),
    ):
        assert main(["ledger", "show", run_id, "--patch"]) == ExitCode.FAILED
        captured = capsys.readouterr()
        assert captured.out == ""
        assert why in captured.err
    assert main(["ledger", "show", "01a", "--patch", "--json"]) == ExitCode.USAGE
