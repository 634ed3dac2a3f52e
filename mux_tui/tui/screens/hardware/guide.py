"""The hardware screen's keys and its help."""

from textual.binding import BindingType

from mux_tui.tui.keys import key

HELP = """
# Hardware and models

Above: this machine and its model server, live. Below: the models that are known or
here, and whether they fit.

- **← →** less or more context: the memory it costs is part of the bars
- **enter** makes a model on this disk the one that is served; mux shows first what it
  writes
- **s t R** start, stop, restart the model server
- **b** measures the model that is served; its numbers take the place of the estimates
- **S** shows what another Mac would hold, **esc** comes back
- **y** copies a report without paths or names

On the command line: `mux hardware`, `mux models fit`, `mux server`.
"""

KEYS: list[BindingType] = [
    key("left", "context(-1)", "less", "Less context", id="hardware.less"),
    key("right", "context(1)", "more context", "More context", id="hardware.more"),
    key("s", "start", "start", "Start the model server", id="hardware.start"),
    key("t", "stop", "stop", "Stop the model server", id="hardware.stop"),
    key("R", "restart", "restart", "Restart the server", id="hardware.restart"),
    key("b", "measure", "measure", "Measure the model", id="hardware.measure"),
    key("S", "simulate", "simulate", "Simulate a Mac", id="hardware.simulate"),
    key("i", "info", "info", "All about this model", id="hardware.info"),
    key("y", "report", "copy report", "Copy a report", id="hardware.report"),
    key("r", "look", "look again", "Look again", id="hardware.look", show=False),
    key(
        "escape",
        "here",
        "this machine",
        "Back to this machine",
        id="hardware.here",
    ),
]
