"""A scratch copy as what a context is chosen from."""

import os
from pathlib import Path

from mux_tui.core.workspace.context import gather, sources_of
from mux_tui.core.workspace.scratch import ScratchOptions, scratch_copy
from tests.core.workspace.context.projects import question


async def test_the_copy_is_read_and_nothing_through_links(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "app.py").write_text("value = 1\n")
    (root / "link.py").symlink_to("app.py")
    (tmp_path / "outside").write_text("outside")
    options = ScratchOptions(environ=dict(os.environ))
    async with scratch_copy(root, tmp_path / "scratch", options) as copy:
        with sources_of(copy) as sources:
            assert sources.sizes == {"app.py": 10}
            said = f"{copy.path}/app.py:1 is wrong"
            context = gather(question("Fix it", failing=said), sources)
            assert "value = 1\n" in context.text
            (copy.path / "app.py").unlink()
            (copy.path / "app.py").symlink_to(tmp_path / "outside")
            context = gather(question("Fix app.py"), sources)
            assert "outside" not in context.text
            assert [one.why for one in context.left_out] == ["cannot be read"]
