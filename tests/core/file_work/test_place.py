"""One copy of the project serves a whole task, and no draft sees another's traces."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.scripted import Script, Scripted
from mux_tui.core.change import FileChange
from mux_tui.core.events import BackendEvent, Checked, Notice, Verified
from mux_tui.core.file_work.place import Place
from mux_tui.core.workspace.refused import PathRefused
from mux_tui.core.workspace.scratch import ScratchOptions
from tests.core.file_work.projects import PYTHON
from tests.core.file_work.shop import Shop

_FAULTY = PYTHON.files["basket.py"].encode()
_WRONG = FileChange("basket.py", _FAULTY, b"wrong = 1\n")
_RIGHT = FileChange("basket.py", _FAULTY, PYTHON.repaired.encode())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a fault."""
    return PYTHON.lay(tmp_path)


@dataclass
class Watched:
    """A place, and the directory that its copies are in."""

    root: Path
    folder: Path
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def __post_init__(self) -> None:
        """Make the place."""
        self.place = Place(self.root, self.folder, ScratchOptions({}), self.stack)

    @property
    def copies(self) -> list[str]:
        """The copies there are."""
        return sorted(path.name for path in self.folder.glob("copy-*"))


async def test_drafts_take_turns_in_one_copy(root: Path, tmp_path: Path) -> None:
    watched = Watched(root, tmp_path / "scratch")
    place = watched.place
    async with watched.stack:
        copy = await place.untouched()
        first = watched.copies
        for change in (_WRONG, _RIGHT):
            assert await place.holding((change,), ()) is copy
            assert (copy.path / "basket.py").read_bytes() == change.after
            (copy.path / "left.txt").write_text("by a test")
            (copy.path / "test_basket.py").write_text("broken by a test")
        assert await place.untouched() is copy
        assert (copy.path / "basket.py").read_bytes() == _FAULTY
        assert not (copy.path / "left.txt").exists()
        assert watched.copies == first
    assert watched.copies == []


async def test_a_copy_that_cannot_be_brought_back_is_replaced(
    root: Path, tmp_path: Path
) -> None:
    """The old one is gone at once."""
    watched = Watched(root, tmp_path / "scratch")
    place = watched.place
    async with watched.stack:
        copy = await place.untouched()
        place.touch()
        (copy.path / "test_basket.py").unlink()
        (root / "test_basket.py").write_text("# the user's\n")
        other = await place.untouched()
        assert not copy.path.exists()
        assert (other.path / "test_basket.py").read_text() == "# the user's\n"
        assert len(watched.copies) == 1


async def test_a_draft_for_newer_files_gets_a_newer_copy(
    root: Path, tmp_path: Path
) -> None:
    watched = Watched(root, tmp_path / "scratch")
    async with watched.stack:
        await watched.place.untouched()
        (root / "basket.py").write_text("newer = 1\n")
        change = FileChange("basket.py", b"newer = 1\n", b"newer = 2\n")
        copy = await watched.place.holding((change,), ())
        assert (copy.path / "basket.py").read_text() == "newer = 2\n"
        with pytest.raises(PathRefused):
            await watched.place.holding((_RIGHT,), ())
        assert len(watched.copies) == 1


async def test_a_fresh_copy_is_made_only_of_a_changed_directory(
    root: Path, tmp_path: Path
) -> None:
    watched = Watched(root, tmp_path / "scratch")
    place = watched.place
    async with watched.stack:
        copy = await place.untouched()
        await place.refresh()
        assert await place.untouched() is copy
        (root / "more.py").write_text("more = 1\n")
        await place.refresh()
        assert ((await place.untouched()).path / "more.py").exists()


class Observed(Scripted):
    """A model that lets somebody do something while it answers."""

    meanwhile: Callable[[], object]

    async def run(self, request: Request) -> AsyncGenerator[BackendEvent, None]:
        """Do it, then answer."""
        self.meanwhile()
        async for event in super().run(request):
            yield event


def observed(shop: Shop, meanwhile: Callable[[], object]) -> None:
    """Have something done at each request to the local model."""
    backend = Observed("local", list(shop.local), "small-model")
    backend.meanwhile = meanwhile
    shop.local_backend = backend


async def test_a_task_with_a_repair_makes_one_copy(root: Path, tmp_path: Path) -> None:
    shop = Shop(root, tmp_path, [Script(PYTHON.wrong), Script(PYTHON.right)])
    seen: list[str] = []
    folder = shop.tools.paths.scratch
    observed(shop, lambda: seen.extend(one.name for one in folder.glob("copy-*")))

    outcome = await shop.run(PYTHON.task)

    assert outcome.applied
    assert len(seen) == 2
    assert len(set(seen)) == 1


async def test_what_tests_do_to_the_project_reaches_no_draft(
    root: Path, tmp_path: Path
) -> None:
    """They break the file that is to be mended, as early as in the untouched copy."""
    spoils = "import pathlib; pathlib.Path('basket.py').write_text('x = 1')"
    path = root / "test_basket.py"
    path.write_text(
        path.read_text() + f"\n\ndef tearDownModule():\n    {spoils}\n", "utf-8"
    )
    shop = Shop(root, tmp_path, [Script(PYTHON.wrong), Script(PYTHON.right)])

    outcome = await shop.run(PYTHON.task)

    assert [event.verdict.status for event in shop.of(Verified)] == ["fail", "pass"]
    assert outcome.applied
    assert (root / "basket.py").read_text() == PYTHON.repaired
    first, second = shop.local_backend.requests
    assert "return sum(prices) + 1\n" in first.prompt
    assert "return sum(prices) + 1\n" in second.prompt


async def test_a_command_finds_what_the_one_before_it_has_built(
    root: Path, tmp_path: Path
) -> None:
    build = "sh -c 'test ! -e built; touch built'"
    commands = (build, "sh -c 'test -e built && grep -q \"prices)$\" basket.py'")
    shop = Shop(root, tmp_path, [Script(PYTHON.right)], verify=commands)

    outcome = await shop.run(PYTHON.task)

    assert outcome.verdict is not None
    assert outcome.verdict.status == "pass"
    assert [event.check.status for event in shop.of(Checked)] == ["pass"] * 3


async def test_a_proof_is_of_the_project_as_it_is_when_the_draft_is_there(
    root: Path, tmp_path: Path
) -> None:
    """The user changes another file while the model thinks, and that breaks a test."""
    shop = Shop(root, tmp_path, [Script(PYTHON.right)])
    other = "import unittest\n\n\nclass T(unittest.TestCase):\n"
    other += "    def test_other(self):\n        self.assertEqual(1, 2)\n"
    observed(shop, lambda: (root / "test_other.py").write_text(other))

    await shop.run(PYTHON.task)

    assert not [notice for notice in shop.of(Notice) if "meanwhile" in notice.text]
    told = shop.of(Verified)[0].verdict
    assert told.status == "pass"
    assert "1 failed before and still do" in told.summary


def edited_while_the_cloud_works(root: Path, tmp_path: Path, edited: str) -> Shop:
    """The user saves the file that the cloud CLI is changing in its copy."""
    cloud = [Script("I have mended it.", writes={"basket.py": PYTHON.repaired})]
    shop = Shop(root, tmp_path, [Script(PYTHON.wrong)], cloud)
    backend = Observed("claude", cloud, "big-model")
    backend.meanwhile = lambda: (root / "basket.py").write_text(edited)
    shop.claude_backend = backend
    return shop


async def test_your_edit_while_the_cloud_works_stays_beside_its_own(
    root: Path, tmp_path: Path
) -> None:
    top = "# Prices.\n\n\n\n\n"
    edited = top + PYTHON.files["basket.py"]
    shop = edited_while_the_cloud_works(root, tmp_path, edited)

    outcome = await shop.run(PYTHON.task)

    assert outcome.applied
    assert outcome.route == "claude"
    assert (root / "basket.py").read_text() == top + PYTHON.repaired
    assert shop.of(Verified)[-1].verdict.status == "pass"
    assert "you changed meanwhile, and keep: basket.py" in [
        notice.text for notice in shop.of(Notice)
    ]
    (change,) = shop.proposals[0].changes.changes
    assert change.before == edited.encode()


async def test_the_same_lines_changed_by_you_and_the_cloud_are_refused(
    root: Path, tmp_path: Path
) -> None:
    edited = PYTHON.files["basket.py"].replace("+ 1", "* 2")
    shop = edited_while_the_cloud_works(root, tmp_path, edited)

    outcome = await shop.run(PYTHON.task)

    assert not outcome.applied
    assert (root / "basket.py").read_text() == edited
    told = [attempt.work.unusable for attempt in outcome.attempts if attempt.work]
    assert any("in the same lines" in why for why in told)
