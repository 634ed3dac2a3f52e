"""Which editor is meant."""

from pathlib import Path

import pytest

from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.process.editor import named_editor, usual_editor


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VISUAL": "code -w", "EDITOR": "vi"}, ["code", "-w"]),
        ({"VISUAL": "", "EDITOR": "'my editor' -n"}, ["my editor", "-n"]),
        ({}, []),
    ],
)
def test_visual_comes_before_editor(
    variables: dict[str, str], words: list[str]
) -> None:
    assert named_editor(variables) == words


def test_open_quotes_are_told() -> None:
    with pytest.raises(UsageError, match="no closing quotation"):
        named_editor({"EDITOR": "vi 'open"})


def test_the_first_usual_one_on_the_path_is_taken(tmp_path: Path) -> None:
    for name in ("vi", "vim"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert usual_editor({"PATH": str(tmp_path)}) == [str(tmp_path / "vim")]


def test_without_any_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="export EDITOR="):
        usual_editor({"PATH": str(tmp_path)})
