"""The keys of the proxy's screen."""

from mux_tui.tui.keys import key

BINDINGS = (
    key("escape", "back", "back", "Close one layer", id="proxy.back"),
    key("s", "start", "start", "Start the proxy", id="proxy.start"),
    key("C", "claude", "Claude Code", "Open Claude Code here", id="proxy.claude"),
    key("k", "stop", "stop", "Stop the proxy", id="proxy.stop"),
    key(
        "R",
        "restart",
        "restart",
        "Stop the proxy and start it with the settings of now",
        id="proxy.restart",
    ),
    key(
        "c",
        "curl",
        "copy curl",
        "Copy the last request as a curl command, without the token",
        id="proxy.curl",
    ),
    key(
        "L",
        "log",
        "log",
        "The ends of the proxy's and the server's log",
        id="proxy.log",
    ),
    key(
        "slash", "filter", "filter", "Filter the requests", id="proxy.filter", label="/"
    ),
    key("p", "pause", "hold", "Hold the list still, or let it go on", id="proxy.pause"),
    key("f", "follow", "follow", "Stay at the newest request", id="proxy.follow"),
    key(
        "y",
        "copy_line",
        "copy line",
        "Copy the line that makes another shell use the proxy",
        id="proxy.copy_line",
    ),
)
