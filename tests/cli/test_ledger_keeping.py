"""`mux ledger label`, `import`, `prune`, `backup`, `vacuum`, `check`, `repair`."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from tests.core.ledger.many import Stored, store
from tests.core.ledger.test_import import PRIOR, lines_of


@pytest.fixture
def path(own_home: Path) -> Path:
    """A ledger with two runs, where `mux` keeps it."""
    place = own_home / "mux" / "data" / "ledger.db"
    place.parent.mkdir(parents=True)
    now = time.time()
    runs = [("01a-x", now - 100 * 86_400), ("01b-x", now - 60)]
    store(place, [Stored(run_id=id, started_at=at) for id, at in runs])
    return place


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    """The document that a command prints; it says of itself what it is."""
    assert main(["ledger", *argv, "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == f"mux.ledger.{argv[0].removeprefix('un')}/1"
    return document


def test_a_run_is_labelled_and_found_by_it(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["ledger", "label", "01b", "bad", "forgot", "the tests\x1b[2J"]
    assert main(argv) == ExitCode.OK
    assert "01b-x is labelled bad: forgot the tests" in (err := capsys.readouterr().err)
    assert "\x1b" not in err
    assert main(["ledger", "search", "label:bad", "--json"]) == ExitCode.OK
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert (run["run_id"], run["label"]) == ("01b-x", "bad")
    assert main(["ledger", "show", "01b"]) == ExitCode.OK
    assert "label       bad: forgot the tests" in capsys.readouterr().out
    assert told(capsys, "unlabel", "01b")["label"] is None
    document = told(capsys, "label", "01a", "good")
    assert (document["run_id"], document["label_text"]) == ("01a-x", None)
    assert main(["ledger", "list"]) == ExitCode.OK
    assert " good " in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["label", "01b", "note"], "a note has no words"),
        (["label", "01b", "fine"], "invalid choice"),
        (["label", "01b", "note", "x" * 2001], "longer than 2000"),
        (["prune"], "--older-than"),
        (["prune", "--older-than", "soon"], "soon is not 90d"),
        (["prune", "--older-than", "90d"], "Add --yes"),
    ],
)
def test_what_cannot_be_done_is_said(
    path: Path, argv: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", *argv]) == ExitCode.USAGE
    assert why in capsys.readouterr().err


def test_a_run_that_is_not_there_cannot_be_labelled(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "label", "09", "good"]) == ExitCode.FAILED
    assert "no such run" in capsys.readouterr().err


def test_old_runs_are_deleted_after_a_yes(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "prune", "--older-than", "90d", "--yes")
    assert (document["runs"], document["requests"]) == (1, 0)
    assert main(["ledger", "list", "--json"]) == ExitCode.OK
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["run_id"] == "01b-x"
    assert told(capsys, "prune", "--older-than", "90d", "--yes")["runs"] == 0


def test_an_older_ledger_is_imported(
    own_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Into a ledger that is made for it; paths are those of the work directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run_ledger.jsonl").write_bytes(lines_of(PRIOR))
    (tmp_path / "run_ledger-1.jsonl").write_bytes(lines_of(PRIOR, '{"cut'))
    assert told(capsys, "import", "run_ledger.jsonl")["added"] == 1
    files = ["run_ledger-1.jsonl", "run_ledger.jsonl"]
    assert main(["ledger", "import", *files]) == ExitCode.FAILED
    err = capsys.readouterr().err
    assert "run_ledger-1.jsonl, line 2 is left out: it is not JSON" in err
    assert "0 runs added, 2 were there already, 1 lines left out" in err
    assert main(["ledger", "import", "missing"]) == ExitCode.ENVIRONMENT
    assert "cannot read" in capsys.readouterr().err


def test_a_copy_is_made_and_room_is_given_back(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "copy.db"
    assert told(capsys, "backup", str(target))["bytes"] == target.stat().st_size
    assert main(["ledger", "backup", str(target)]) == ExitCode.USAGE
    assert "--force" in capsys.readouterr().err
    assert told(capsys, "backup", str(target), "--force")["file"] == str(target)
    assert told(capsys, "vacuum")["bytes_before"] > 0


def test_a_whole_ledger_is_said_to_be_whole(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = told(capsys, "check")
    assert (document["ok"], document["runs"], document["problem"]) == (True, 2, "")
    assert told(capsys, "repair")["repaired"] is False
    assert main(["ledger", "check"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("whole: 2 runs in ")


def test_a_damaged_ledger_is_told_and_repaired(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(b"garbage" * 1000)
    assert main(["ledger", "check"]) == ExitCode.FAILED
    assert "mux ledger repair" in capsys.readouterr().err
    assert main(["ledger", "repair"]) == ExitCode.USAGE
    assert "Add --yes" in capsys.readouterr().err
    assert path.read_bytes() == b"garbage" * 1000
    document = told(capsys, "repair", "--yes")
    assert document["repaired"] is True
    assert Path(document["aside"]).read_bytes() == b"garbage" * 1000
    assert told(capsys, "check")["ok"] is True


def test_what_needs_runs_says_that_there_are_none(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("check", "vacuum", "repair"):
        assert main(["ledger", command]) == ExitCode.OK
    assert main(["ledger", "backup", "x"]) == ExitCode.FAILED
    assert "no runs yet" in capsys.readouterr().err
    assert not (own_home / "mux" / "data").exists()
