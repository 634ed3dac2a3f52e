"""Exports for people: safe to open, and exactly the runs of the query."""

import csv
import io
import stat
from pathlib import Path

import pytest

from mux_tui.core.config.settings import Ledger as LedgerSettings
from mux_tui.core.errors import EnvironmentProblem, LedgerError
from mux_tui.core.ledger.export import FORMS, Form, export, suffix
from mux_tui.core.ledger.export_file import export_file
from mux_tui.core.ledger.query_parse import parse
from mux_tui.core.ledger.store import open_ledger
from tests.core.ledger.facts import OWNER, a_file_decision, a_file_outcome, a_task
from tests.core.ledger.many import Stored, store


async def exported(path: Path, form: Form, text: str = "") -> str:
    pieces: list[str] = []
    async with open_ledger(path, LedgerSettings()) as ledger:
        await export(ledger, pieces.append, form, parse(text))
    return "".join(pieces)


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_table_holds_the_runs_oldest_first(path: Path) -> None:
    store(
        path,
        [
            Stored(run_id="01a-x", task='say "hi",\nplease', files='["a.py", "b.py"]'),
            Stored(run_id="01b-x", confidence=None, cost_usd=0.5),
        ],
    )
    first, second = records(await exported(path, "csv"))
    assert (first["run_id"], second["run_id"]) == ("01a-x", "01b-x")
    assert first["task"] == 'say "hi",\nplease'
    assert first["files"] == "a.py\nb.py"
    assert (first["confidence"], second["confidence"]) == ("0.75", "")
    assert (first["input_tokens"], second["cost_usd"]) == ("100", "0.5")
    assert first["timestamp"].endswith("Z")


async def test_people_are_told_of_changed_files(path: Path) -> None:
    async with open_ledger(path, LedgerSettings()) as ledger:
        for run_id, applied in (("01a-x", True), ("01b-x", False)):
            await ledger.begin(a_task(run_id=run_id), OWNER)
            await ledger.decided(run_id, a_file_decision())
            await ledger.finish(a_file_outcome(run_id, applied=applied))
        await ledger.taken_back("01a-x", 5.0)
    first, second = records(await exported(path, "csv"))
    assert (first["file_count"], first["lines_added"]) == ("2", "5")
    assert (first["lines_removed"], first["oracle"]) == ("0", "python")
    assert (first["changes"], second["changes"]) == ("taken back", "proposed")
    text = await exported(path, "markdown")
    assert "- changes: 2 files, +5 −0, taken back\n" in text
    assert r"- files: src/sum.py (+1 −0), new.txt (+4 −0)" in text


@pytest.mark.parametrize(
    "task",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "  =1", "\r=1", "\uff1d1", '"=1'],
)
async def test_no_cell_of_a_table_is_a_formula(path: Path, task: str) -> None:
    store(path, [Stored(task=task)])
    (record,) = records(await exported(path, "csv"))
    assert record["task"].lstrip()[0] in "'\""
    assert record["task"].lstrip("'").strip() == task.strip()


async def test_no_form_holds_control_bytes(path: Path) -> None:
    store(path, [Stored(task="a\x1b[2Jb\x9bc\u202ed", output="\x07")])
    for form in FORMS:
        text = await exported(path, form)
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(text)


async def test_a_document_shows_words_as_words(path: Path) -> None:
    store(
        path,
        [
            Stored(
                task="# not a title\n```\nfence\n```` longer",
                cwd="/code/*odd*_<b>",
                verdict=None,
            )
        ],
    )
    text = await exported(path, "markdown")
    assert text.startswith("# Runs\n\n## 01a-x\n\n- when: ")
    assert "\n`````text\n# not a title\n```\nfence\n```` longer\n`````\n" in text
    assert r"- directory: /code/\*odd\*\_\<b\>" in text
    assert "- checks" not in text


async def test_only_the_runs_of_the_query_are_written(path: Path) -> None:
    store(path, [Stored(run_id=f"01{n}-x", retries=n) for n in range(120)])
    lines: dict[Form, str] = {"jsonl": '"run_id"', "csv": "\n01", "markdown": "\n## "}
    for form, line in lines.items():
        text = await exported(path, form, "retries>=100")
        assert text.count(line) == 20


async def test_a_file_is_written_whole_and_for_the_owner_alone(
    path: Path, tmp_path: Path
) -> None:
    store(path, [Stored(task="naïve 漢")])
    target = tmp_path / f"runs{suffix('csv')}"
    target.write_text("old")
    async with open_ledger(path, LedgerSettings()) as ledger:
        assert await export_file(ledger, target, "csv", parse("naive")) == 1
        assert "naïve 漢" in target.read_text(encoding="utf-8")
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        with pytest.raises(EnvironmentProblem, match="cannot write"):
            await export_file(ledger, tmp_path / "no" / "where", "csv")
    with pytest.raises(LedgerError):
        await export_file(ledger, target, "csv")
    assert "naïve 漢" in target.read_text(encoding="utf-8")
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["runs.csv"]
