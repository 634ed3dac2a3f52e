"""Every way that file work can end besides the good one."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.scripted import Script
from mux_tui.core.cascade import Cascade
from mux_tui.core.change import ChangeSet
from mux_tui.core.config.file_work import LocalExecutor, Workflow
from mux_tui.core.config.settings import Router, Settings
from mux_tui.core.errors import UsageError
from mux_tui.core.events import (
    BackendEvent,
    Drafted,
    Escalated,
    Notice,
    Proposed,
    Retrying,
    Written,
)
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Task
from mux_tui.core.workspace.diff import selected
from tests.core.file_work.projects import PYTHON
from tests.core.file_work.shop import Shop

PROSE = Script("You should remove the + 1 at the end.")
RIGHT = Script(PYTHON.right)
WRONG = Script(PYTHON.wrong)
AT_HOME = Settings(router=Router(escalate_on=()))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a fault."""
    return PYTHON.lay(tmp_path / "work")


def _untouched(root: Path) -> bool:
    return all((root / name).read_text() == text for name, text in PYTHON.files.items())


async def test_an_answer_in_prose_is_asked_for_once_more(
    root: Path, tmp_path: Path
) -> None:
    """And the model is told what was wrong with it."""
    shop = Shop(root, tmp_path, [PROSE, RIGHT])
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    first, second = shop.of(Drafted)
    assert first.work.unusable
    assert not second.work.unusable
    assert first.work.unusable in shop.local_backend.requests[1].prompt


async def test_two_bad_answers_of_different_words_go_to_the_cloud(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(
        root,
        tmp_path,
        [PROSE, Script("Well, it is hard.")],
        [Script("Done.", writes={"basket.py": PYTHON.repaired})],
    )
    outcome = await shop.run(PYTHON.task)
    assert len(shop.local_backend.requests) == 2
    assert outcome.route == "claude"
    assert outcome.applied


async def test_the_same_bad_answer_again_ends_the_asking(
    root: Path, tmp_path: Path
) -> None:
    settings = replace(AT_HOME, local_executor=LocalExecutor(max_attempts=9))
    shop = Shop(root, tmp_path, [PROSE], settings=settings)
    outcome = await shop.run(PYTHON.task)
    assert len(shop.local_backend.requests) == 2
    assert outcome.reason == "verification_failed"
    assert "cannot be used" in outcome.sentence
    assert _untouched(root)


async def test_a_format_fault_does_not_use_up_the_repair(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [PROSE, WRONG, RIGHT])
    outcome = await shop.run(PYTHON.task)
    assert len(shop.of(Retrying)) == 2
    assert outcome.applied


async def test_the_repair_is_told_the_failing_lines(root: Path, tmp_path: Path) -> None:
    shop = Shop(root, tmp_path, [WRONG, RIGHT])
    await shop.run(PYTHON.task)
    repair = shop.local_backend.requests[1].prompt
    assert "AssertionError: 5 != 3" in repair
    assert "sum(prices) + 2" in repair


@pytest.mark.parametrize(
    "path", ["../outside.py", "/etc/cron.d/x", ".git/hooks/pre-commit", ".env"]
)
async def test_a_refused_path_refuses_the_whole_draft(
    path: str, root: Path, tmp_path: Path
) -> None:
    draft = f"{PYTHON.right}\n{path}\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n"
    shop = Shop(root, tmp_path, [Script(draft)], settings=AT_HOME)
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "failed"
    assert outcome.work is not None
    assert [one.path for one in outcome.work.refused] == [path]
    assert _untouched(root)
    assert not (root / path).exists() or path.startswith("/")


async def test_never_proposes_and_writes_nothing(root: Path, tmp_path: Path) -> None:
    shop = Shop(root, tmp_path, [RIGHT], apply="never")
    outcome = await shop.run(PYTHON.task)
    assert (outcome.status, outcome.applied) == ("done", False)
    assert outcome.work is not None
    assert "-    return sum(prices) + 1" in outcome.work.patch
    assert shop.proposals == []
    assert len(shop.of(Proposed)) == 1
    assert _untouched(root)


async def test_auto_writes_what_is_proved(root: Path, tmp_path: Path) -> None:
    shop = Shop(root, tmp_path, [RIGHT], apply="auto")
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    assert shop.proposals == []


async def test_auto_asks_for_what_is_not_proved(root: Path, tmp_path: Path) -> None:
    (root / "test_basket.py").unlink()
    shop = Shop(root, tmp_path, [RIGHT], apply="auto", yes=False)
    outcome = await shop.run(PYTHON.task)
    assert outcome.reason == "changes_declined"
    assert len(shop.proposals) == 1
    assert any("not proved" in event.text for event in shop.of(Notice))


async def test_a_part_of_the_changes_can_be_kept(root: Path, tmp_path: Path) -> None:
    more = "notes.txt\n<<<<<<< SEARCH\n=======\nhello\n>>>>>>> REPLACE\n"
    shop = Shop(root, tmp_path, [Script(f"{PYTHON.right}\n{more}")])

    async def only_the_fix(_task: Task, proposal: Proposal) -> ChangeSet:
        kept = tuple(
            selected(change, {0})
            for change in proposal.changes.changes
            if change.path == "basket.py"
        )
        return replace(proposal.changes, changes=kept)

    shop.approve = only_the_fix
    outcome = await shop.run(PYTHON.task)
    assert outcome.files == ("basket.py",)
    assert outcome.work is not None
    kept = {file.path: file.kept for file in outcome.work.files}
    assert kept == {"basket.py": 1, "notes.txt": 0}
    assert not (root / "notes.txt").exists()


async def test_files_that_changed_elsewhere_are_merged_proved_and_asked_again(
    root: Path, tmp_path: Path
) -> None:
    """While somebody thinks about the yes, the user goes on editing."""
    shop = Shop(root, tmp_path, [RIGHT])
    file = root / "basket.py"
    asked: list[Proposal] = []

    async def edited_meanwhile(_task: Task, proposal: Proposal) -> ChangeSet:
        asked.append(proposal)
        if len(asked) == 1:
            file.write_text("# Prices.\n\n\n\n\n" + file.read_text())
        return proposal.changes

    shop.approve = edited_meanwhile
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    assert file.read_text() == "# Prices.\n\n\n\n\n" + PYTHON.repaired
    assert [one.again for one in asked] == ["", "changed meanwhile: basket.py"]
    assert asked[1].verdict is not None
    assert asked[1].verdict.status == "pass"
    assert len(shop.of(Written)) == 1


async def test_a_conflict_with_the_user_s_own_edit_writes_nothing(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [RIGHT])
    mine = PYTHON.files["basket.py"].replace("+ 1", "* 2")

    async def edited_meanwhile(_task: Task, proposal: Proposal) -> ChangeSet:
        (root / "basket.py").write_text(mine)
        return proposal.changes

    shop.approve = edited_meanwhile
    outcome = await shop.run(PYTHON.task)
    assert (outcome.status, outcome.reason) == ("failed", "base_changed")
    assert (root / "basket.py").read_text() == mine


async def test_a_tree_that_cannot_be_written_is_said(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [RIGHT])

    async def blocked(_task: Task, proposal: Proposal) -> ChangeSet:
        (root / "basket.py").unlink()
        (root / "basket.py").mkdir()
        return proposal.changes

    shop.approve = blocked
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "failed"
    assert outcome.reason in ("write_refused", "base_changed")
    assert "basket.py" in outcome.sentence


async def test_what_stays_in_the_copy_is_told_with_the_proposal(
    root: Path, tmp_path: Path
) -> None:
    """A cloud CLI may leave caches behind, which are no part of its changes."""
    made = {"basket.py": PYTHON.repaired, "__pycache__/x.pyc": "cache"}
    cloud = [Script("Done.", writes=made)]
    shop = Shop(root, tmp_path, [WRONG], cloud)
    outcome = await shop.run(PYTHON.task)
    assert outcome.files == ("basket.py",)
    (told,) = shop.proposals[0].work.left_behind
    assert told.startswith("__pycache__")


async def test_the_cloud_that_changes_nothing_has_not_done_it(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [WRONG], [Script("All is well.")])
    outcome = await shop.run(PYTHON.task)
    assert outcome.status == "failed"
    assert "changed no file" in outcome.sentence
    assert _untouched(root)


async def test_the_settings_can_keep_writing_at_home(
    root: Path, tmp_path: Path
) -> None:
    settings = Settings(workflow=Workflow(cloud_write_fallback=False))
    shop = Shop(root, tmp_path, [WRONG], settings=settings)
    outcome = await shop.run(PYTHON.task)
    assert outcome.reason == "verification_failed"
    assert shop.claude_backend.requests == []
    assert shop.of(Escalated) == []


async def test_a_home_directory_is_no_project(tmp_path: Path) -> None:
    """All of it would be copied."""
    shop = Shop(Path("/"), tmp_path, [RIGHT])
    with pytest.raises(UsageError, match="file work is not done"):
        await shop.run(PYTHON.task)


@pytest.mark.parametrize("name", ["my notes.txt", "gradlew", "my dir/new one.txt"])
async def test_a_file_with_an_odd_name_can_be_changed(
    name: str, root: Path, tmp_path: Path
) -> None:
    (root / "my notes.txt").write_text("old\n")
    (root / "gradlew").write_text("old\n")
    (root / "my dir").mkdir()
    search = "" if name.startswith("my dir") else "old\n"
    answer = f"{name}\n<<<<<<< SEARCH\n{search}=======\nnew\n>>>>>>> REPLACE\n"
    shop = Shop(root, tmp_path, [Script(answer)])
    outcome = await shop.run("Write new instead of old.")
    assert outcome.files == (name,)
    assert (root / name).read_text() == "new\n"


async def test_a_project_that_is_gone_is_not_the_model_s_fault(
    root: Path, tmp_path: Path
) -> None:
    """Nobody else is asked, and nobody is told to set a model up."""
    shop = Shop(root, tmp_path, [RIGHT])
    ask = shop.local_backend.run

    def gone(request: Request) -> AsyncGenerator[BackendEvent, None]:
        shutil.rmtree(root)
        return ask(request)

    shop.local_backend.run = gone
    with pytest.raises(UsageError, match="cannot work in"):
        await shop.run(PYTHON.task)
    assert shop.claude_backend.requests == []


async def test_a_cancel_while_the_question_stands_writes_nothing(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [RIGHT])
    asked = asyncio.Event()

    async def thinking(_task: Task, proposal: Proposal) -> ChangeSet | None:
        asked.set()
        await asyncio.Event().wait()
        return proposal.changes

    shop.approve = thinking
    work = asyncio.create_task(shop.run(PYTHON.task))
    await asked.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert _untouched(root)
    assert list(shop.tools.paths.scratch.glob("*/*")) == []


@pytest.mark.slow
async def test_thinking_about_the_yes_is_not_the_task_s_time(
    root: Path, tmp_path: Path
) -> None:
    shop = Shop(root, tmp_path, [RIGHT])
    limit = 6.0
    text, proof = "Change total in basket.py", ("true",)
    task = Task(text, root, "r1", kind="files", time_limit=limit, verify=proof)

    async def slow(_task: Task, proposal: Proposal) -> ChangeSet:
        await asyncio.sleep(limit)
        return proposal.changes

    shop.approve = slow
    outcome = await Cascade(task, shop.parts(), shop, shop.events.append).run()
    assert outcome.applied


async def test_copies_are_gone_afterwards(root: Path, tmp_path: Path) -> None:
    shop = Shop(root, tmp_path, [WRONG, RIGHT])
    await shop.run(PYTHON.task)
    assert list(shop.tools.paths.scratch.glob("*/*")) == []
