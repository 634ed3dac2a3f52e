"""Which editor a person wants, and handing it the terminal."""

import shlex
import shutil
from collections.abc import Mapping

from mux_tui.core.errors import EnvironmentProblem, UsageError

_USUAL = ("nano", "vim", "vi")


def named_editor(variables: Mapping[str, str]) -> list[str]:
    """The words of $VISUAL or $EDITOR; empty: neither is set.

    Raises:
        UsageError: Its quotes are not closed.
    """
    named = variables.get("VISUAL") or variables.get("EDITOR") or ""
    try:
        return shlex.split(named)
    except ValueError as error:
        raise UsageError(
            "cannot read $VISUAL or $EDITOR", str(error).lower(), "Close its quotes"
        ) from error


def usual_editor(variables: Mapping[str, str]) -> list[str]:
    """An editor that is installed, where none is named.

    Raises:
        EnvironmentProblem: There is none.
    """
    path = variables.get("PATH")
    for name in _USUAL:
        if found := shutil.which(name, path=path):
            return [found]

    raise EnvironmentProblem(
        "no editor",
        "neither $VISUAL nor $EDITOR is set",
        "Set one: export EDITOR=nano",
    )
