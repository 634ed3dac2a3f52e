"""A failing test is mended: drafted, proved, repaired, written, taken back."""

import shutil
from pathlib import Path

import pytest

from mux_tui.core.backends.scripted import Script
from mux_tui.core.events import (
    Checked,
    Drafted,
    Escalated,
    Gathered,
    Proposed,
    Retrying,
    Verified,
    Written,
)
from mux_tui.core.workspace.undo import undo
from tests.core.file_work.projects import ALL, PYTHON, Project
from tests.core.file_work.shop import Shop


@pytest.mark.parametrize("project", ALL, ids=lambda project: project.name)
async def test_a_wrong_draft_is_repaired_and_the_right_one_written(
    project: Project, tmp_path: Path
) -> None:
    """Fail, repair, pass, diff, apply, undo."""
    assert shutil.which(project.needs)
    root = project.lay(tmp_path)
    shop = Shop(root, tmp_path, [Script(project.wrong), Script(project.right)])

    outcome = await shop.run(project.task)

    assert [event.verdict.status for event in shop.of(Verified)] == ["fail", "pass"]
    assert len(shop.of(Retrying)) == 1
    assert outcome.status == "done"
    assert outcome.applied
    assert outcome.files == (project.fault,)
    assert (root / project.fault).read_text() == project.repaired
    assert outcome.work is not None
    assert f"+++ b/{project.fault}" in outcome.work.patch
    assert [file.kept for file in outcome.work.files] == [1]
    kinds = [type(event) for event in shop.events]
    assert kinds.index(Gathered) < kinds.index(Drafted) < kinds.index(Checked)
    assert kinds.index(Proposed) < kinds.index(Written)

    undo("r1", shop.tools.archive)
    assert (root / project.fault).read_text() == project.files[project.fault]


async def test_nothing_is_written_before_the_yes(tmp_path: Path) -> None:
    root = PYTHON.lay(tmp_path)
    shop = Shop(root, tmp_path, [Script(PYTHON.right)], yes=False)

    outcome = await shop.run(PYTHON.task)

    assert outcome.status == "declined"
    assert outcome.reason == "changes_declined"
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
    assert shop.proposals[0].verdict is not None
    assert shop.proposals[0].verdict.status == "pass"


async def test_what_stays_wrong_goes_to_the_cloud_which_works_in_a_copy(
    tmp_path: Path,
) -> None:
    root = PYTHON.lay(tmp_path)
    fix = {"basket.py": PYTHON.repaired}
    cloud = [Script("I have mended it.", writes=fix)]
    shop = Shop(root, tmp_path, [Script(PYTHON.wrong)], cloud)

    outcome = await shop.run(PYTHON.task)

    assert outcome.route == "claude"
    assert outcome.applied
    assert (root / "basket.py").read_text() == PYTHON.repaired
    (handed,) = shop.of(Escalated)
    assert "sum(prices) + 2" in handed.brief
    request = shop.claude_backend.requests[0]
    assert request.writes
    assert request.cwd != root
    assert not request.cwd.exists()
