"""Claude Code on the whole terminal, through the proxy, and back."""

from collections.abc import Callable

from textual.app import SuspendNotSupported

from mux_tui.core.errors import MuxError
from mux_tui.core.events import ServerChanged
from mux_tui.core.text import one_line
from mux_tui.tui.host import Host
from mux_tui.tui.lending import lend_terminal


async def open_claude(app: Host, say: Callable[[str], None]) -> None:
    """Start or find all that is needed, lend the terminal, and take it back.

    Args:
        app: Whose terminal it is; told what went wrong.
        say: Shows what goes on, a line at a time.
    """
    desk = app.desk
    say("Claude Code: getting ready; esc gives up")

    def report(event: ServerChanged) -> None:
        say(f"Claude Code: the model server is {event.phase}; esc gives up")

    try:
        command = await desk.claude_code(
            report, lambda text: say(f"Claude Code: {text}")
        )
        code = await lend_terminal(app, command.argv, desk.cwd, command.environment)
    except MuxError as error:
        app.tell_error(error)
    except SuspendNotSupported:
        app.tell("This terminal cannot be lent: run `mux claude` in another", "error")
    else:
        if code:
            app.tell(f"Claude Code ended with {one_line(str(code))}", "warning")
