"""What a killed mux left is ended at the next start, and old changes are forgotten."""

from pathlib import Path

from mux_tui.core.backends.scripted import Script
from mux_tui.core.change import digest
from mux_tui.core.config.file_work import Workflow
from mux_tui.core.config.settings import Settings
from mux_tui.core.file_work.upkeep import mended, tidied
from mux_tui.core.workspace.archive import Archive
from mux_tui.core.workspace.carry import Wish, prepare
from mux_tui.core.workspace.transition import Side
from mux_tui.core.workspace.tree import open_tree
from tests.core.file_work.projects import PYTHON
from tests.core.file_work.shop import Shop


async def test_nothing_is_made_where_nothing_was_written(tmp_path: Path) -> None:
    shop = Shop(tmp_path, tmp_path, [Script("x")])
    assert await mended(shop.tools) == []
    assert not shop.tools.paths.changes.exists()


async def test_what_was_cut_off_is_ended_and_told(tmp_path: Path) -> None:
    root = PYTHON.lay(tmp_path / "work")
    shop = Shop(root, tmp_path, [Script("x")])
    archive = shop.tools.archive
    text = PYTHON.files["basket.py"].encode()
    fixed = PYTHON.repaired.encode()
    with open_tree(root) as tree:
        after = Side(digest(fixed), 0o644)
        wish = Wish("basket.py", tree.look("basket.py"), after)
        cut = prepare(tree, "r7", "apply", [wish]).in_phase("placing")
    archive.begin(cut, {digest(text): text, digest(fixed): fixed})

    (told,) = await mended(shop.tools)

    assert "writing the changes of r7" in told
    assert "was cut off, and it was finished now" in told
    assert (root / "basket.py").read_bytes() == fixed
    assert await mended(shop.tools) == []


async def test_an_archive_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """And costs nothing else: the task goes on."""
    shop = Shop(tmp_path, tmp_path, [Script("x")])
    shop.tools.paths.changes.parent.mkdir(parents=True)
    shop.tools.paths.changes.mkdir()
    (shop.tools.paths.changes / "journals").mkdir()
    (shop.tools.paths.changes / "journals" / "x.json").mkdir()
    (told,) = await mended(shop.tools)
    assert "cannot read" in told
    await tidied(shop.tools)


async def test_old_changes_are_forgotten(tmp_path: Path) -> None:
    root = PYTHON.lay(tmp_path / "work")
    settings = Settings(workflow=Workflow(keep_days=0.0))
    shop = Shop(root, tmp_path, [Script(PYTHON.right)], settings=settings)
    outcome = await shop.run(PYTHON.task)
    assert outcome.applied
    await tidied(shop.tools)
    assert Archive(shop.tools.paths.changes).record("r1") is None
