"""What is ours and what is the other program's."""

import pytest

from mux_tui.cli.passthrough import separated


@pytest.mark.parametrize(
    ("argv", "ours", "theirs"),
    [
        ([], [], []),
        (["-p", "hi"], [], ["-p", "hi"]),
        (["--profile", "core", "-p", "hi"], ["--profile", "core"], ["-p", "hi"]),
        (["--profile=core", "--debug"], ["--profile=core"], ["--debug"]),
        (["-q", "--set", "a=b", "--resume"], ["-q", "--set", "a=b"], ["--resume"]),
        (["--", "--profile", "x"], [], ["--profile", "x"]),
        (
            ["--model", "m", "--profile", "core"],
            [],
            ["--model", "m", "--profile", "core"],
        ),
        (["-p", "--", "-h"], [], ["-p", "--", "-h"]),
        (["--profile"], ["--profile"], []),
    ],
)
def test_from_the_first_foreign_word_on_everything_is_theirs(
    argv: list[str], ours: list[str], theirs: list[str]
) -> None:
    assert separated(argv) == [*ours, "--", *theirs]
