"""`mux man`: a page that `man` takes, from the facts that the help is made of."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mux_tui.__main__ import main
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.paging import show_manual
from mux_tui.cli.spec.commands import commands, common_options
from mux_tui.cli.spec.manual_page import manual_page, manual_text, term_of

MACROS = {".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi", ".ad", ".nh"}
STUB = """#!/bin/sh
echo "$@" > "$(dirname "$0")/{name}.words"
for last; do :; done
cp "$last" "$(dirname "$0")/{name}.page"
"""


def program(folder: Path, name: str, text: str = STUB) -> Path:
    """Put a program there that keeps what it is given."""
    file = folder / name
    file.write_text(text.replace("{name}", name), encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with what the stand-ins need, and neither `man` nor a pager."""
    for name in ("sh", "cp", "dirname"):
        found = shutil.which(name)
        assert found
        (tmp_path / name).symlink_to(found)
    return tmp_path


def test_in_a_pipe_the_source_of_the_page_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["man"]) == ExitCode.OK
    assert capsys.readouterr().out == manual_page()


def test_it_has_only_macros_that_every_man_knows_and_only_ascii() -> None:
    page = manual_page()
    assert page.isascii()
    assert page.startswith(".TH MUX 1 ")
    for line in page.splitlines():
        assert line
        if line[0] in ".'":
            assert line.split()[0] in MACROS, line
    # Each backslash begins an escape of ours.
    escapes = set(re.findall(r"\\(?:\[u[0-9A-F]{4,6}\]|\(..|f[BR]|.)", page))
    assert {one for one in escapes if not one.startswith("\\[u")} <= {
        *("\\-", "\\e", "\\&", "\\fB", "\\fR", "\\(aq", "\\(ga", "\\(dq")
    }
    assert page.count(".nf\n") == page.count(".fi\n")
    assert page.count(".RS 4\n") == page.count(".RE\n")


def test_every_command_and_option_is_in_it() -> None:
    page = manual_page().replace("\\-", "-")
    for command in commands():
        assert f'.SS "mux {command.name}"\n' in page
        for argument in command.arguments:
            assert f".TP\n\\fB{term_of(argument)}\\fR\n" in page
    for option in common_options():
        assert f".TP\n\\fB{term_of(option)}\\fR\n" in page
    for name in ("NAME", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES"):
        assert f'.SH "{name}"\n' in page


def test_groff_has_nothing_against_it_where_it_is_there() -> None:
    page = manual_page()
    assert page.endswith("\n")
    if groff := shutil.which("groff"):
        command = [groff, "-man", "-ww", "-Tutf8"]
        done = subprocess.run(
            command, input=page, capture_output=True, text=True, timeout=30, check=True
        )
        assert done.stderr == ""
        assert "mux ledger show" in done.stdout


def test_a_terminal_gets_the_page_by_man(programs: Path) -> None:
    program(programs, "man")
    assert show_manual(manual_page(), {"PATH": str(programs)})
    assert (programs / "man.page").read_text() == manual_page()
    # A name with a slash in it is a file.
    assert (programs / "man.words").read_text().startswith("/")


def test_without_man_the_text_is_paged(programs: Path) -> None:
    program(programs, "mypager")
    variables = {"PATH": str(programs), "PAGER": "mypager -x 'y z'"}
    assert show_manual(manual_page(), variables)
    text = (programs / "mypager.page").read_text(encoding="utf-8")
    assert "   mux ledger show\n" in text
    assert (programs / "mypager.words").read_text().startswith("-x y z /")


def test_a_pager_that_is_nonsense_is_passed_over(programs: Path) -> None:
    program(programs, "more")
    for pager in ("'", "no-such-program -x"):
        assert show_manual(manual_page(), {"PATH": str(programs), "PAGER": pager})
    assert (programs / "more.page").exists()


def test_where_there_is_no_man_and_no_pager_it_is_said(programs: Path) -> None:
    assert not show_manual(manual_page(), {"PATH": str(programs)})
    program(programs, "man", "#!/bin/sh\nexit 16\n")
    assert not show_manual(manual_page(), {"PATH": str(programs)})


def test_the_text_fits_its_width() -> None:
    text = manual_text(72)
    prose = [line for line in text.splitlines() if not line.startswith(" " * 11)]
    assert max(map(len, prose)) <= 72
    assert "\\" not in "".join(prose)


def test_on_a_terminal_the_command_shows_it_and_prints_nothing(
    programs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Output, "live", True)
    monkeypatch.setenv("PATH", str(programs))
    assert main(["man"]) == ExitCode.OK
    assert capsys.readouterr().out == manual_page()

    program(programs, "man")
    assert main(["man"]) == ExitCode.OK
    assert capsys.readouterr().out == ""
    assert (programs / "man.page").read_text() == manual_page()
