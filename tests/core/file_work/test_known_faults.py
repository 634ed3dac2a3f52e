"""Faults that tools for file work are known for, each tried on the whole way."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.backends.scripted import Script
from mux_tui.core.change import digest
from mux_tui.core.config.settings import Router, Settings
from mux_tui.core.events import Proposed
from tests.core.file_work.projects import PYTHON
from tests.core.file_work.shop import Shop

AT_HOME = Settings(router=Router(escalate_on=()))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a fault, and nothing around it."""
    return PYTHON.lay(tmp_path / "work")


def _whole_file(**more: object) -> str:
    file = {"path": "basket.py", "content": PYTHON.repaired}
    return json.dumps({"files": [file], "summary": "Mended.", **more})


async def test_no_directory_is_taken_out_of_the_task(
    root: Path, tmp_path: Path
) -> None:
    """`CI/CD` is no path, and neither is any other word."""
    around = set(tmp_path.iterdir())
    words = f"Set up CI/CD in / and /CD, under {tmp_path}/elsewhere/app; fix basket.py"
    shop = Shop(root, tmp_path, [Script(_whole_file())])
    outcome = await shop.run(words)
    assert outcome.files == ("basket.py",)
    assert set(tmp_path.iterdir()) - around <= {tmp_path / "mux"}
    assert not Path("/CD").exists()


async def test_commands_of_a_model_are_shown_and_never_run(
    root: Path, tmp_path: Path
) -> None:
    marks = [f"touch {tmp_path}/pwned", "touch pwned; exit 1"]
    shop = Shop(root, tmp_path, [Script(_whole_file(commands=marks))])
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    assert outcome.work is not None
    assert outcome.work.commands == tuple(marks)
    assert shop.of(Proposed)[0].proposal.work.commands == tuple(marks)
    assert not (tmp_path / "pwned").exists()
    assert not (root / "pwned").exists()


@pytest.mark.parametrize(
    "text",
    [
        f"<think>Let me {{think}} about [it].</think>\n{_whole_file()}",
        f"Here you are:\n```json\n{_whole_file()}\n```\nGood luck!",
        f"```\n{_whole_file()}\n```",
    ],
    ids=["reasoning", "fence and prose", "bare fence"],
)
async def test_what_stands_around_an_answer_does_not_spoil_it(
    text: str, root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [Script(text)])
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    assert len(shop.local_backend.requests) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"files": [{"path": "basket.py", "content": null}]}',
        '{"files": "basket.py"}',
        '{"files": [3]}',
        '{"files": [{"path": ["a"], "content": "x"}]}',
        '{"files": [{"path": "basket.py", "content": "cut of',
        "{" * 5000,
        "```json\n```",
        " ",
    ],
    ids=range(8),
)
async def test_an_answer_of_the_wrong_shape_is_no_crash(
    text: str, root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [Script(text)], settings=AT_HOME)
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "failed"
    assert outcome.sentence
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]


async def test_an_edit_of_a_file_that_is_there_is_a_success(
    root: Path, tmp_path: Path
) -> None:
    """And each file's operation is known afterwards, with what it was before."""
    shop = Shop(root, tmp_path, [Script(PYTHON.right)])
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "done"
    assert outcome.work is not None
    (file,) = outcome.work.files
    assert file.kind == "modify"
    assert file.before == digest(PYTHON.files["basket.py"].encode())
    assert file.after == digest(PYTHON.repaired.encode())


async def test_commands_of_the_user_run_in_the_copy(root: Path, tmp_path: Path) -> None:
    """Not where mux was started, and not in the user's tree."""
    proof = "sh -c 'touch was-here; grep -q \"sum(prices)$\" basket.py'"
    shop = Shop(root, tmp_path, [Script(PYTHON.right)], verify=(proof,))
    outcome = await shop.run("Change total in basket.py")
    assert outcome.verdict is not None
    assert outcome.verdict.status == "pass"
    assert not (root / "was-here").exists()
    assert not Path("was-here").exists()


async def test_nothing_to_prove_it_with_is_not_a_pass(
    root: Path, tmp_path: Path
) -> None:
    (root / "test_basket.py").unlink()
    shop = Shop(root, tmp_path, [Script(PYTHON.right)])
    outcome = await shop.run("Change total in basket.py")
    assert outcome.verdict is not None
    assert outcome.verdict.status == "unknown"


async def test_a_program_that_is_not_there_proves_nothing(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [Script(PYTHON.right)], verify=("no-such-program",))
    outcome = await shop.run("Change total in basket.py")
    assert outcome.verdict is not None
    assert outcome.verdict.status == "unknown"


async def test_a_dead_model_is_asked_once(root: Path, tmp_path: Path) -> None:
    dead = Script(fault="connection", why="refused")
    settings = replace(AT_HOME)
    shop = Shop(root, tmp_path, [dead], present=(), settings=settings)
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "failed"
    assert len(shop.local_backend.requests) == 1


async def test_a_deleted_test_is_no_way_to_pass(root: Path, tmp_path: Path) -> None:
    gone = json.dumps({"files": [{"path": "test_basket.py", "delete": True}]})
    shop = Shop(
        root, tmp_path, [Script(gone)], settings=AT_HOME, apply="auto", yes=False
    )
    outcome = await shop.run(PYTHON.task)
    assert not outcome.applied
    assert (root / "test_basket.py").exists()
