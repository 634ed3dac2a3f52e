"""The house as `docs/architecture.md` draws it is the one that is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.contract.pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DRAWN = PAGE.partition("```\nmux_tui/\n")[2].partition("```")[0]
DEEPEST = 8
"""Columns before a name; what stands further right goes on with a sentence."""


def drawn() -> Iterator[Path]:
    """Each module and folder of the drawing, where it would be."""
    stack = [(0, ROOT / "mux_tui")]
    for line in DRAWN.splitlines():
        found = re.match(r"( +)(\S+(?: \S+)*)", line)
        assert found, line
        indent = len(found[1])
        if indent > DEEPEST:
            continue
        while stack[-1][0] >= indent:
            stack.pop()
        above = stack[-1][1]
        for name in found[2].split():
            yield above / name
            if name.endswith("/"):
                stack.append((indent, above / name))


def is_there(path: Path) -> bool:
    """Whether it is a folder, a module, or a file."""
    return path.exists() or path.with_suffix(".py").is_file()


def test_what_is_drawn_is_there() -> None:
    paths = list(drawn())
    assert len(paths) > 60
    assert [str(path) for path in paths if not is_there(path)] == []


def test_every_room_of_the_core_is_drawn() -> None:
    core = ROOT / "mux_tui" / "core"
    there = {child for child in core.iterdir() if not child.name.startswith("__")}
    known = {path.with_suffix("") for path in drawn()}
    assert {child.with_suffix("") for child in there} - known == set()
