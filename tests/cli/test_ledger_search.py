"""`mux ledger search`, `stats` and `export` with a query."""

import csv
import io
import json
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from tests.core.ledger.many import Stored, store


@pytest.fixture
def path(own_home: Path) -> Path:
    """A ledger with three runs, where `mux` keeps it."""
    place = own_home / "mux" / "data" / "ledger.db"
    place.parent.mkdir(parents=True)
    store(
        place,
        [
            Stored(run_id="01a-x", task="Fix the null pointer"),
            Stored(run_id="01b-x", task="Rename it", status="failed", verdict="fail"),
            Stored(
                run_id="01c-x",
                task="Null again",
                route="claude",
                reason="low_confidence",
                cost_usd=0.25,
            ),
        ],
    )
    return place


def test_runs_are_found_by_words_and_conditions(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "search", "null -route:claude"]) == ExitCode.OK
    captured = capsys.readouterr()
    header, row = captured.out.splitlines()
    assert header.split()[0] == "run"
    assert row.startswith("01a-x")
    assert captured.err == "1 of 1 runs that match\n"


def test_what_is_found_is_told_in_full_as_json(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "search", "null  ", "-n", "1", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.search/4"
    assert (document["query"], document["count"]) == ("null", 2)
    assert document["count_is_exact"] is True
    assert [run["run_id"] for run in document["runs"]] == ["01c-x"]


def test_no_match_is_said(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "search", "kwyjibo"]) == ExitCode.OK
    assert capsys.readouterr().err == "no run matches\n"


@pytest.mark.parametrize("command", ["search", "stats", "export"])
def test_a_query_that_cannot_be_read_is_one_line_and_exit_code_2(
    path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", command, "rout:claude"]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith("mux: there is no key rout: at character 1. Did you mean")
    assert error.count("\n") == 1


def test_statistics_are_told_in_tables(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "stats"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "done        2, 50% of them on this machine" in out
    assert "why they left this machine" in out
    assert "low_confidence" in out
    assert "cost        $0.25" in out


def test_savings_are_told_with_what_they_are_measured_by(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    price = ["--set", "ledger.baseline_output_price=10000"]
    assert main(["ledger", "stats", *price]) == ExitCode.OK
    told = " ".join(capsys.readouterr().out.split())
    assert "saved $0.20 against the same tokens at the prices of claude-sonnet" in told
    assert "$10000 written, a million each (1 local runs with counted" in told
    assert "if each local run had cost $0.2500, the mean of 1 cloud runs" in told
    assert main(["ledger", "stats", "--json"]) == ExitCode.OK
    saving = json.loads(capsys.readouterr().out)["saving"]
    assert (saving["runs"], saving["mean_cloud_usd"]) == (1, 0.25)


def test_statistics_are_told_in_full_as_json(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "stats", "route:claude", "--json"]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "mux.ledger.stats/4"
    assert (document["runs"], document["escalated"]) == (1, 1)
    assert document["escalations"] == [{"reason": "low_confidence", "runs": 1}]
    assert document["target_local_implementation_ratio"] == 0.8
    assert document["local_implementation_ratio"] is None
    assert main(["ledger", "stats", "kwyjibo"]) == ExitCode.OK
    assert capsys.readouterr().err == "no run matches\n"


def test_the_local_share_of_file_work_stands_beside_its_target(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("01d-x", "local"), ("01e-x", "claude"), ("01f-x", "local")
    store(path, [Stored(run_id=id, route=route, kind="files") for id, route in more])
    target = ["--set", "workflow.target_local_ratio=0.7"]
    assert main(["ledger", "stats", *target]) == ExitCode.OK
    told = capsys.readouterr().out
    assert "file work   3 done, 67% of it on this machine (target 70%)\n" in told
    assert main(["ledger", "stats", "--json", *target]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert document["target_local_implementation_ratio"] == 0.7
    assert document["local_implementation_ratio"] == 2 / 3


def test_an_export_can_be_kept_to_a_query_and_has_three_forms(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "export", "null", "--csv"]) == ExitCode.OK
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["run_id"] for row in rows] == ["01a-x", "01c-x"]
    assert main(["ledger", "export", "null", "--markdown"]) == ExitCode.OK
    assert capsys.readouterr().out.count("\n## ") == 2
    target = tmp_path / "runs.csv"
    argv = ["ledger", "export", "status:failed", "--csv", "-o", str(target)]
    assert main(argv) == ExitCode.OK
    assert f"1 runs written to {target}" in capsys.readouterr().err
    assert "01b-x" in target.read_text()


def test_one_form_at_a_time(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "export", "--csv", "--jsonl"]) == ExitCode.USAGE
    assert "not allowed with" in capsys.readouterr().err


def test_searching_makes_no_ledger(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("search", "stats", "export"):
        assert main(["ledger", command]) == ExitCode.OK
        assert "no runs yet" in capsys.readouterr().err
    assert main(["ledger", "stats", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["runs"] == 0
    assert not (own_home / "mux" / "data").exists()


def test_parquet_goes_into_a_file(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "export", "--parquet"]) == ExitCode.USAGE
    assert "Add --output FILE" in capsys.readouterr().err
    target = tmp_path / "runs.parquet"
    assert main(["ledger", "export", "--parquet", "-o", str(target)]) == ExitCode.OK
    assert "3 runs written" in capsys.readouterr().err
    assert target.read_bytes()[:4] == b"PAR1"
