"""Proposals of changes made of bytes, and the window that asks about them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from mux_tui.core.change import ChangeSet, FileChange, Refusal
from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Check, Task, Verdict
from mux_tui.core.work import Finding, Work
from mux_tui.core.workspace.figures import work_of
from mux_tui.tui.app import MuxApp
from mux_tui.tui.dialogs.review import ReviewWindow
from tests.tui.stage import until

RUN = "01k9zq3m00000000000r0189"

SERVICE = """\
\"\"\"Users: found, renamed, deleted.\"\"\"

from shop.errors import UserNotFound


class UserService:
    \"\"\"What can be done with users.\"\"\"

    def __init__(self, repo):
        self.repo = repo

    def find(self, user_id):
        return self.repo.get(user_id)

    def rename(self, user_id, name):
        user = self.repo.get(user_id)
        user.name = name
        self.repo.save(user)

    def count(self):
        return len(self.repo.all())

    def names(self):
        return [user.name for user in self.repo.all()]

    def emails(self):
        return [user.email for user in self.repo.all()]

    def delete(self, user_id):
        self.repo.delete(self.repo.get(user_id).id)
"""

_GUARD = "        if user is None:\n            raise UserNotFound(user_id)\n"

MENDED = SERVICE.replace(
    "        user.name = name\n", f"{_GUARD}        user.name = name\n"
).replace(
    "        self.repo.delete(self.repo.get(user_id).id)\n",
    "        user = self.repo.get(user_id)\n        self.repo.delete(user.id)\n",
)
"""The same with changes in two places."""

TEST = """\
import pytest

from shop.errors import UserNotFound


def test_a_missing_user_is_told(service):
    with pytest.raises(UserNotFound):
        service.rename(404, "nobody")
"""

PROVED = Verdict(
    "pass",
    "54 passed",
    (Check("pytest", "pass", "", 3.2), Check("ruff", "pass", "", 0.1)),
)

TWO_FILES = (
    FileChange("src/user_service.py", SERVICE.encode(), MENDED.encode()),
    FileChange("tests/test_user_none.py", None, TEST.encode()),
)
FINDINGS = (
    Finding("The guard belongs into find().", "src/user_service.py", 16),
    Finding("No test deletes a missing user.", fixed=False, note="out of scope"),
)


def proposed(
    root: Path,
    changes: Sequence[FileChange] = TWO_FILES,
    *,
    verdict: Verdict | None = PROVED,
    refused: tuple[Refusal, ...] = (),
    again: str = "",
    findings: tuple[Finding, ...] = (),
    commands: tuple[str, ...] = (),
    left_behind: tuple[str, ...] = (),
    run_id: str = RUN,
) -> Proposal:
    """Changes that wait for a yes."""
    made = ChangeSet(tuple(changes), (), commands=commands)
    work: Work = replace(work_of(made, left_behind), refused=refused)
    reviewer = "claude" if findings else None
    return Proposal(
        *(run_id, 1, "local", "qwen2.5-coder-7b", root, made, work),
        verdict=verdict,
        findings=findings,
        reviewer=reviewer,
        again=again,
    )


class Approval:
    """Somebody who waits for the answer."""

    def __init__(self, app: MuxApp, proposal: Proposal) -> None:
        """Ask as the core does."""
        task = Task("Guard UserService", proposal.root, proposal.run_id)
        asking = app.desk.questions.approve(task, proposal)
        self.answer = asyncio.ensure_future(asking)

    async def given(self, pilot: Pilot[int]) -> ChangeSet | None:
        """The answer."""
        await until(pilot, self.answer.done, "nobody has answered")
        return self.answer.result()


def window_of(app: MuxApp) -> ReviewWindow | None:
    """The review that is shown, if it takes an answer."""
    top = app.screen
    return top if isinstance(top, ReviewWindow) and top.armed else None


async def reviewing(app: MuxApp, pilot: Pilot[int]) -> ReviewWindow:
    """Wait until changes are shown, and a key is an answer."""
    await until(pilot, lambda: window_of(app) is not None, "nothing was asked")
    window = window_of(app)
    assert window is not None
    await until(pilot, lambda: not window.diff.waiting)
    await until(pilot, lambda: window.diff.current is not None)
    await pilot.pause()
    return window
