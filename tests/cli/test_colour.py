"""The colour of marks: on a terminal, unless somebody does not want it."""

import io
import json

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.app import run
from mux_tui.cli.bare import Call
from mux_tui.cli.colour import is_coloured, marked
from mux_tui.cli.diagnostics import Diagnostics, ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.passthrough import separated

ESCAPE = "\x1b"

Capture = pytest.CaptureFixture[str]


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize(
    ("when", "stream", "variables", "coloured"),
    [
        ("auto", Screen(), {}, True),
        ("auto", Screen(), {"NO_COLOR": ""}, True),
        ("auto", Screen(), {"NO_COLOR": "1"}, False),
        ("auto", Screen(), {"TERM": "dumb"}, False),
        ("auto", io.StringIO(), {}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Screen(), {}, False),
    ],
)
def test_when_there_is_colour(
    when: str, stream: io.StringIO, variables: dict[str, str], coloured: bool
) -> None:
    assert is_coloured(when, stream, variables) is coloured


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("✓ done", "\x1b[32m✓\x1b[0m done"),
        ("  ✗ not done", "  \x1b[31m✗\x1b[0m not done"),
        ("✓", "\x1b[32m✓\x1b[0m"),
        ("done ✓", "done ✓"),
        ("✓✓ twice", "✓✓ twice"),
        ("", ""),
        ("   ", "   "),
    ],
)
def test_only_the_mark_that_begins_a_line_is_coloured(line: str, seen: str) -> None:
    assert marked(line) == seen


def test_foreign_escapes_stay_harmless_and_widths_stay_right() -> None:
    stream = Screen()
    output = Output(stream)
    output.coloured = True
    output.table([("✓ a", "1"), ("  b", "2\x1b[31m")])
    first, second, _ = stream.getvalue().split("\n")
    assert first == "\x1b[32m✓\x1b[0m a  1"
    assert second.startswith("  b  2")
    assert ESCAPE not in second


def test_narration_is_coloured_line_by_line() -> None:
    stream = Screen()
    diagnostics = Diagnostics(stream)
    diagnostics.coloured = True
    diagnostics.note("first\n✗ second")
    assert stream.getvalue() == "first\n\x1b[31m✗\x1b[0m second\n"


def test_a_pipe_has_no_escape_sequence_unless_it_is_wanted(capsys: Capture) -> None:
    main(["doctor"])
    assert ESCAPE not in capsys.readouterr().out
    main(["doctor", "--color", "always"])
    assert "\x1b[32m✓\x1b[0m " in capsys.readouterr().out
    main(["doctor", "--color", "always", "--json"])
    assert json.loads(capsys.readouterr().out)["schema"] == "mux.doctor/1"


def test_another_word_and_a_wrong_place_are_usage_errors(capsys: Capture) -> None:
    assert main(["doctor", "--color", "red"]) == ExitCode.USAGE
    assert "invalid choice: 'red'" in capsys.readouterr().err
    assert main(["--color", "never", "doctor"]) == ExitCode.USAGE
    assert "--color stands before the command" in capsys.readouterr().err
    assert main(["--color", "red"]) == ExitCode.USAGE


def test_claude_gets_its_own_options_and_not_ours() -> None:
    assert separated(["--color", "never", "-p"]) == ["--color", "never", "--", "-p"]


def test_the_cockpit_can_be_opened_without_colours() -> None:
    seen: list[Call] = []

    def cockpit(call: Call) -> int:
        seen.append(call)
        return 0

    for words in (["--color", "never"], ["--color=always"], []):
        assert run(words, cockpit) == 0
    values = [call.environment.variables.get("NO_COLOR") for call in seen]
    assert values == ["1", "", None]
