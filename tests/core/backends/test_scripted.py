"""The backend that plays a script."""

from pathlib import Path

import pytest

from mux_tui.core.backends.base import Request
from mux_tui.core.backends.scripted import Script, Scripted


async def play(script: Script, request: Request) -> None:
    async for _ in Scripted("claude", [script]).run(request):
        pass


async def test_a_script_writes_and_deletes_where_it_may(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("x = 1\n")
    script = Script("Done.", writes={"new/deep/a.py": "y = 2\n", "old.py": None})
    await play(script, Request("do it", tmp_path, writes=True))
    assert (tmp_path / "new" / "deep" / "a.py").read_text() == "y = 2\n"
    assert not (tmp_path / "old.py").exists()


async def test_a_script_leaves_files_alone_where_it_only_reads(tmp_path: Path) -> None:
    await play(Script("Done.", writes={"a.py": "x"}), Request("do it", tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", ""])
async def test_a_script_writes_nowhere_else(path: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    script = Script("Done.", writes={path: "x"})
    with pytest.raises(ValueError, match="inside of its directory"):
        await play(script, Request("do it", project, writes=True))
    assert list(tmp_path.rglob("*")) == [project]
