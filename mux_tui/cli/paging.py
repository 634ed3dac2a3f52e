"""The manual page on a terminal: in `man` where there is one, else in a pager."""

import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from mux_tui.core.process.foreground import run_foreground

_PAGERS = ("less", "more")
_WIDEST = 88


def show_manual(page: str, variables: Mapping[str, str]) -> bool:
    """Show the page, and wait until it is left.

    Args:
        page: As `man` takes it.
        variables: The environment.

    Returns:
        Whether it could be shown; there may be neither `man` nor a pager.
    """
    with tempfile.TemporaryDirectory(prefix="mux-man-") as folder:
        if manual := _found("man", variables):
            file = Path(folder) / "mux.1"
            file.write_text(page, encoding="ascii")
            # A name with a slash in it is a file, to every man.
            if run_foreground([manual, str(file)], Path(folder), variables) == 0:
                return True

        pager = _pager(variables)
        if not pager:
            return False
        file = Path(folder) / "mux.txt"
        file.write_text(_text(), encoding="utf-8")
        return run_foreground([*pager, str(file)], Path(folder), variables) == 0


def _text() -> str:
    from mux_tui.cli.spec.manual_page import manual_text

    return manual_text(min(shutil.get_terminal_size().columns, _WIDEST))


def _pager(variables: Mapping[str, str]) -> Sequence[str]:
    """The user's pager with its options, or a usual one; empty: there is none."""
    try:
        words = shlex.split(variables.get("PAGER", ""))
    except ValueError:
        words = []
    for argv in (words, *([name] for name in _PAGERS)):
        program = _found(argv[0], variables) if argv else None
        if program:
            return [program, *argv[1:]]

    return []


def _found(name: str, variables: Mapping[str, str]) -> str | None:
    return shutil.which(name, path=variables.get("PATH", ""))
