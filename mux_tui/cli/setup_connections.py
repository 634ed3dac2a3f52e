"""The questions of step 5: what may leave this machine, and who else may use mux."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from mux_tui.cli.setup_flags import routes, tiers
from mux_tui.core.setup.choices import Choices, Tiers
from mux_tui.core.setup.facts import ConnectFound, FoundCli

_T = TypeVar("_T")


class Said(Protocol):
    """Somebody who asks."""

    def say(self, text: str) -> None:
        """Tell something."""

    async def ask(self, question: str, default: str) -> str:
        """The answer, or the default."""
        ...


async def ask_connections(
    choices: Choices, found: ConnectFound, asker: Said
) -> dict[str, Any]:
    """Ask all of them.

    Args:
        choices: What is chosen already: the defaults.
        found: The CLIs that are here.
        asker: Who asks.

    Returns:
        The answers, by the names of the choices.
    """
    for cli in found.clis:
        asker.say(f"  {cli.route:7} {_words(cli)}")
    asker.say(f"  {found.claude_code}")
    answers: dict[str, Any] = {
        "permission": await _asked(
            asker,
            "may tasks go to them? ask (each time), allow, never",
            choices.permission,
            _permission,
        ),
        "order": await _asked(
            asker, "in which order?", ",".join(choices.order) or "none", routes
        ),
    }
    before = (choices.tiers.low, choices.tiers.medium, choices.tiers.high)
    asker.say("  Claude Code's requests: small talk, simple coding, hard questions;")
    asker.say("  each is answered by `local`, or by a Claude model that you name")
    named = await _asked(asker, "answered by?", ",".join(before), tiers)
    answers["tiers"] = Tiers(*named)
    registrable = [cli for cli in found.clis if cli.register]
    if not registrable:
        return answers

    for cli in registrable:
        asker.say(f"  {cli.register}")
    default = ",".join(choices.mcp) or "none"
    question = "register mux as a tool in which of them? (claude,codex,gemini)"
    answers["mcp"] = await _asked(asker, question, default, routes)
    return answers


def _words(cli: FoundCli) -> str:
    status = cli.status
    if status.found is None:
        return f"not installed; to install it: {cli.install}"

    version = status.version or "version not told"
    match status.logged_in:
        case True:
            return f"{version}, {status.detail or 'logged in'}"
        case False:
            return f"{version}, not logged in; to log in: {cli.log_in}"
        case None:
            return f"{version}, {status.detail}"


async def _asked(
    asker: Said, question: str, default: str, read: Callable[[str], _T]
) -> _T:
    while True:
        try:
            return read(await asker.ask(question, default))
        except ArgumentTypeError as error:
            asker.say(f"  {error}")


def _permission(text: str) -> str:
    if text not in ("ask", "allow", "never"):
        raise ArgumentTypeError("one of ask, allow, never")

    return text
