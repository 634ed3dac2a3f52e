"""Asking a person before something is done."""

from mux_tui.cli.shell import Shell
from mux_tui.core.choices import Route
from mux_tui.core.errors import Declined, UsageError


async def confirm(shell: Shell, command: str, question: str, refused: str) -> None:
    """Go on only if a person says yes; Enter alone is a yes.

    Args:
        shell: Where to ask.
        command: Whose question it is, for the error.
        question: Without the hint at the answers.
        refused: What was not done, if the answer is no.

    Raises:
        UsageError: There is nobody to ask.
        Declined: The answer was no.
    """
    if not shell.interactive:
        raise UsageError(command, "there is nobody to ask", "Add --yes")

    shell.diagnostics.warn(f"{question} [Y/n]")
    answer = await shell.answer()
    if not answer or answer.strip().lower() not in ("", "y", "yes"):
        raise Declined(refused, "you did not want it")


async def may_leave(shell: Shell, route: Route, brief: str) -> bool:
    """Whether a person lets a task leave this machine; nobody there is a no.

    Args:
        shell: Where to ask.
        route: Who would get it.
        brief: All that would be sent.
    """
    if not shell.interactive:
        return False

    size = len(brief.encode())
    shell.diagnostics.warn(f"send {size:,} bytes to {route}? [y/N]")
    return (await shell.answer()).strip().lower() in ("y", "yes")
