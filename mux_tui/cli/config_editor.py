"""Editing one's settings on a copy, which counts only once it is right."""

import sys
import tempfile
from pathlib import Path

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Shell
from mux_tui.core.config.load import problems_in, wrong_file, wrong_settings
from mux_tui.core.config.replace import locked, replace_file
from mux_tui.core.config.template import starting_text
from mux_tui.core.config.toml_file import Unreadable, read_bytes
from mux_tui.core.errors import ConfigError, Declined, EnvironmentProblem, UsageError
from mux_tui.core.process.editor import named_editor, usual_editor
from mux_tui.core.process.foreground import run_foreground


def edit_settings(shell: Shell) -> ExitCode:
    """Let the user edit a copy, check it, and put it in the place of the file.

    Raises:
        ConfigError: The copy is wrong, and nobody can be asked to go on; or the file
            has been changed meanwhile.
        Declined: The user gave up; the file is as it was.
        EnvironmentProblem: There is no editor, or the file cannot be written.
    """
    file = shell.environment.paths.config_file
    before = _read(file)
    start = starting_text().encode() if before is None else before
    with tempfile.TemporaryDirectory(prefix="mux-config-") as folder:
        copy = Path(folder) / file.name
        copy.write_bytes(start)
        after = _edited(copy, file, shell)
    if after == start:
        shell.diagnostics.note("nothing was changed")
        return ExitCode.OK

    with locked(file):
        replace_file(file, before, after)
    shell.diagnostics.note(f"saved {file}")
    return ExitCode.OK


def _edited(copy: Path, file: Path, shell: Shell) -> bytes:
    editor = _editor(shell)
    while True:
        status = run_foreground([*editor, str(copy)], shell.cwd, _variables(shell))
        if status != 0:
            raise EnvironmentProblem(
                f"{editor[0]} ended with status {status}", "", "Nothing was changed"
            )
        after = _read(copy) or b""
        problems = problems_in(file, after)
        if not problems:
            return after

        error = wrong_settings(problems)
        if not shell.interactive:
            raise error
        _ask_to_go_on(error, shell)


def _ask_to_go_on(error: ConfigError, shell: Shell) -> None:
    shell.diagnostics.error(error)
    shell.diagnostics.warn("edit again? [Y/n]")
    answer = sys.stdin.readline()
    if not answer or answer.strip().lower() in ("n", "no"):
        raise Declined("your settings were left as they were")


def _editor(shell: Shell) -> list[str]:
    variables = _variables(shell)
    if words := named_editor(variables):
        return words

    usual = usual_editor(variables)
    if not shell.interactive:
        # One that was not asked for by name would wait for keys that never come.
        raise UsageError(
            "cannot edit", "there is no terminal", "Use: mux config set KEY VALUE"
        )
    return usual


def _variables(shell: Shell) -> dict[str, str]:
    return dict(shell.environment.variables)


def _read(file: Path) -> bytes | None:
    try:
        return read_bytes(file)
    except Unreadable as error:
        raise wrong_file(file, error) from error
