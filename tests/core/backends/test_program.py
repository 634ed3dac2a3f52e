"""Where a command is looked for, and what is said when it is nowhere."""

from pathlib import Path

import pytest

from mux_tui.core.backends.program import find_program
from mux_tui.core.errors import BackendError


@pytest.mark.parametrize(
    "command",
    ["nothing-of-that-name", "x" * 300, "/" + "x" * 300, "~nobody-at-all/claude"],
)
def test_a_command_that_cannot_be_is_one_that_is_not_found(
    command: str, tmp_path: Path
) -> None:
    with pytest.raises(BackendError) as told:
        find_program(command, {"PATH": str(tmp_path)})
    assert told.value.fault == "not_found"


def test_directories_of_the_path_that_depend_on_the_project_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert find_program("claude", {"PATH": str(tmp_path)}) == program
    with pytest.raises(BackendError):
        find_program("claude", {"PATH": ".:"})
