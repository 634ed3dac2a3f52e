"""Changes are read by somebody else before they are proposed, and made better."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.scripted import Script
from mux_tui.core.cascade import Cascade
from mux_tui.core.config.file_work import Workflow
from mux_tui.core.config.settings import Settings
from mux_tui.core.events import (
    AttemptEnded,
    AttemptStarted,
    BackendEvent,
    Proposed,
    Reviewed,
    RunEvent,
    TextDelta,
)
from mux_tui.core.task import Task, Usage
from mux_tui.core.work import Finding
from tests.core.file_work.projects import PYTHON
from tests.core.file_work.review_shop import (
    BROKEN,
    CLEAN,
    FINDING,
    MENDED,
    ONE,
    PROOF,
    TASK,
    TOLD,
    Reader,
    ReviewShop,
    edit,
    held,
)

COMMENTED = PYTHON.repaired.replace("):\n", "):\n    # All.\n", 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a fault."""
    return PYTHON.lay(tmp_path / "work")


async def test_a_review_without_findings_changes_nothing(
    root: Path, tmp_path: Path
) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED], [CLEAN])
    outcome = await shop.do()
    assert outcome.applied
    assert shop.of(Reviewed) == [Reviewed("claude", ())]
    assert shop.proposals[0].reviewer == "claude"
    assert shop.proposals[0].findings == ()
    assert len(shop.local_backend.requests) == 1
    assert shop.codex_reader.requests == []


async def test_a_reviewer_sees_the_diff_and_nothing_else(
    root: Path, tmp_path: Path
) -> None:
    """It is put into an empty directory and may not write."""
    shop = ReviewShop(root, tmp_path, [MENDED], [CLEAN])
    await shop.do()
    (request,) = shop.claude_reader.requests
    assert shop.claude_reader.saw == [[]]
    assert not request.cwd.is_relative_to(root)
    assert not request.cwd.exists()
    assert not request.writes
    assert "+    return sum(prices)\n" in request.prompt
    assert TASK in request.prompt
    assert str(root) not in request.prompt
    assert "unittest" not in request.prompt


async def test_nobody_is_asked_unless_the_settings_say_so(
    root: Path, tmp_path: Path
) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED], settings=Settings())
    outcome = await shop.do()
    assert outcome.applied
    assert shop.claude_reader.requests == []
    assert shop.of(Reviewed) == []
    assert shop.proposals[0].reviewer is None


async def test_a_finding_is_worked_in_by_the_local_model(
    root: Path, tmp_path: Path
) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED, TOLD], [ONE])
    outcome = await shop.do()
    assert outcome.applied
    assert (root / "basket.py").read_text() == COMMENTED
    first, second = shop.of(Reviewed)
    finding = Finding("say what it is", "basket.py", 1)
    assert first.findings == (finding,)
    assert second.findings == (replace(finding, fixed=True),)
    assert outcome.findings == shop.proposals[0].findings == second.findings
    assert outcome.work is not None
    assert "+    # All." in outcome.work.patch
    assert "-    return sum(prices) + 1" in outcome.work.patch
    assert outcome.verdict is not None
    assert outcome.verdict.status == "pass"
    assert [one.route for one in outcome.attempts] == ["local", "local"]
    kinds = [type(event) for event in shop.events]
    last = len(kinds) - 1 - kinds[::-1].index(AttemptEnded)
    assert kinds.index(Reviewed) < last < kinds.index(Proposed)


async def test_the_local_model_is_shown_the_files_with_the_changes_in_them(
    root: Path, tmp_path: Path
) -> None:
    """A file that the changes add is there too."""
    more = "rates.py\n<<<<<<< SEARCH\n=======\nRATE = 7\n>>>>>>> REPLACE\n"
    draft = Script(f"{MENDED.text}\n{more}")
    note = edit("rates.py", "RATE = 7\n", "RATE = 8\n")
    held_up = held({"path": "rates.py", "line": 1, "text": "7 is too little"})
    shop = ReviewShop(root, tmp_path, [draft, note], [held_up])
    outcome = await shop.do()
    asked = shop.local_backend.requests[1].prompt
    assert "RATE = 7" in asked
    assert "7 is too little" in asked
    assert outcome.findings[0].fixed
    assert (root / "rates.py").read_text() == "RATE = 8\n"
    assert (root / "basket.py").read_text() == PYTHON.repaired


async def test_a_change_that_fails_the_proof_is_not_taken(
    root: Path, tmp_path: Path
) -> None:
    two = held(FINDING, {"path": "basket.py", "text": "add a comment"})
    shop = ReviewShop(root, tmp_path, [MENDED, BROKEN, TOLD], [two])
    outcome = await shop.do()
    assert (root / "basket.py").read_text() == COMMENTED
    first, second = outcome.findings
    assert first.fixed is False
    assert first.note.startswith("its change failed the proof: ")
    assert second.fixed is True


@pytest.mark.parametrize(
    "answer",
    [
        "It is fine as it is.",
        "../x.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n",
        edit(
            "basket.py", "    return sum(prices)\n", "    return sum(prices) + 1\n"
        ).text,
    ],
    ids=["prose", "refused", "taken back"],
)
async def test_an_answer_that_is_no_change_leaves_the_changes(
    answer: str, root: Path, tmp_path: Path
) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED, Script(answer)], [ONE])
    outcome = await shop.do()
    assert (root / "basket.py").read_text() == PYTHON.repaired
    assert outcome.findings[0].fixed is False
    assert outcome.findings[0].note.startswith("no usable change: ")
    assert outcome.route == "local"
    assert outcome.output == MENDED.text


async def test_findings_are_told_alone_if_the_settings_say_so(
    root: Path, tmp_path: Path
) -> None:
    settings = Settings(workflow=Workflow(review=True, apply_review=False))
    shop = ReviewShop(root, tmp_path, [MENDED], [ONE], settings=settings)
    outcome = await shop.do()
    assert len(shop.of(Reviewed)) == 1
    assert [one.fixed for one in outcome.findings] == [None]
    assert len(shop.local_backend.requests) == 1


async def test_only_so_many_findings_are_worked_in(root: Path, tmp_path: Path) -> None:
    many = held(*({"path": "basket.py", "text": f"fault {n}"} for n in range(7)))
    shop = ReviewShop(root, tmp_path, [MENDED, Script("No.")], [many])
    outcome = await shop.do()
    assert [one.fixed for one in outcome.findings] == [False] * 5 + [None] * 2


async def test_what_is_not_proved_may_stay_so(root: Path, tmp_path: Path) -> None:
    (root / "test_basket.py").unlink()
    shop = ReviewShop(root, tmp_path, [MENDED, TOLD], [ONE], verify=())
    outcome = await shop.do()
    assert outcome.verdict is not None
    assert outcome.verdict.status == "unknown"
    assert outcome.findings[0].fixed is True


async def test_a_local_model_that_fails_is_not_asked_again(
    root: Path, tmp_path: Path
) -> None:
    gone = Script(fault="connection", why="it is gone")
    two = held(FINDING, {"text": "another"})
    shop = ReviewShop(root, tmp_path, [MENDED, gone], [two])
    outcome = await shop.do()
    assert outcome.applied
    assert [one.fixed for one in outcome.findings] == [False, None]
    assert len(shop.of(AttemptStarted)) == 2


async def test_nobody_reviews_what_is_its_own(root: Path, tmp_path: Path) -> None:
    cloud = [Script("Done.", writes={"basket.py": PYTHON.repaired}), ONE]
    shop = ReviewShop(
        root, tmp_path, [Script("I cannot.")], cloud, present=("claude", "codex")
    )
    outcome = await shop.do()
    assert outcome.route == "claude"
    assert len(shop.claude_reader.requests) == 1
    assert shop.of(Reviewed) == [Reviewed("codex", ())]


async def test_what_a_review_costs_is_counted(root: Path, tmp_path: Path) -> None:
    dear = replace(CLEAN, usage=Usage(output_tokens=9, cost_usd=0.5))
    shop = ReviewShop(root, tmp_path, [MENDED], [dear])
    outcome = await shop.do()
    assert outcome.usage.cost_usd == 0.5
    assert len(outcome.attempts) == 1


class Waiting(Reader):
    """A reviewer that never answers."""

    asked: asyncio.Event

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Say that it was asked, and wait."""
        self.asked.set()
        await asyncio.Event().wait()
        async for event in super().run(request):
            yield event


def _waiting(shop: ReviewShop) -> asyncio.Event:
    shop.claude_reader = Waiting("claude", [CLEAN])
    shop.claude_reader.asked = asyncio.Event()
    return shop.claude_reader.asked


async def test_a_cancel_in_the_review_leaves_nothing_behind(
    root: Path, tmp_path: Path
) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED])
    asked = _waiting(shop)
    work = asyncio.create_task(shop.do())
    await asked.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
    assert list(shop.tools.paths.scratch.glob("*/*")) == []
    assert list(shop.tools.paths.scratch.glob("review-*")) == []


async def test_a_cancel_while_a_finding_is_worked_in_leaves_nothing_behind(
    root: Path, tmp_path: Path
) -> None:
    slow = Script("word " * 10_000, pause=0.01)
    shop = ReviewShop(root, tmp_path, [MENDED, slow], [ONE])
    begun = asyncio.Event()

    def noted(event: RunEvent) -> None:
        shop.events.append(event)
        if len(shop.of(AttemptStarted)) == 2 and isinstance(event, TextDelta):
            begun.set()

    task = Task(TASK, root, "r1", kind="files", verify=PROOF)
    work = asyncio.create_task(Cascade(task, shop.parts(), shop, noted).run())
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
    assert list(shop.tools.paths.scratch.glob("*/*")) == []


@pytest.mark.slow
async def test_a_review_that_takes_too_long_costs_only_itself(
    root: Path, tmp_path: Path
) -> None:
    """What was accepted is proposed all the same."""
    shop = ReviewShop(root, tmp_path, [MENDED])
    _waiting(shop)
    task = Task(TASK, root, "r1", kind="files", verify=PROOF, time_limit=8.0)
    outcome = await Cascade(task, shop.parts(), shop, shop.events.append).run()
    assert outcome.applied
    assert shop.notices[-1].startswith("the review was cut short: the time limit of 8")


async def test_no_copy_is_left(root: Path, tmp_path: Path) -> None:
    shop = ReviewShop(root, tmp_path, [MENDED, BROKEN], [ONE])
    await shop.do()
    assert list(shop.tools.paths.scratch.glob("*/*")) == []
    assert list(shop.tools.paths.scratch.glob("review-*")) == []
