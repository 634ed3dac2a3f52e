"""The setup's keys and its help."""

from textual.binding import BindingType

from mux_tui.tui.keys import key
from mux_tui.tui.widgets.setup.ways import MOST

HELP = """
# Setting mux up

Six steps from nothing to a model that answers: this machine, a model, its download,
its server, other programs, and at last the files that are written. Until then nothing
is written, but for a download that was begun.

- `⏎` does what the step is about, and goes on; `b` goes back, `s` skips a step
- `x` stops what is under way, `r` looks again
- when something goes wrong, `1` to `9` are the ways on
- `esc` leaves; it asks before, and nothing is written

On the line above: `✓` done, `▸` here, `○` to come, `─` skipped, `·` nothing to do.

The same on the command line: `mux setup`, and `mux setup --yes --json` for scripts.
"""

KEYS: list[BindingType] = [
    key("enter", "next", "go on", "Go on to the next step", id="setup.next"),
    key(
        "enter",
        "take_model",
        "take this model",
        "Take the model with the cursor, and go on",
        id="setup.take",
    ),
    key("enter", "fetch", "download", "Download the model", id="setup.fetch"),
    key(
        "enter",
        "prove",
        "start and try",
        "Start the model's server, and see that it answers",
        id="setup.prove",
    ),
    key(
        "enter",
        "write",
        "write it",
        "Write the settings, and open the cockpit",
        id="setup.write",
    ),
    key("enter", "first_way", "way 1", "Take the first way on", id="setup.first_way"),
    *(
        key(
            str(number),
            f"way({number})",
            "way on",
            f"Take way on number {number}",
            id=f"setup.way_{number}",
            show=False,
        )
        for number in range(1, MOST + 1)
    ),
    key("x", "stop", "stop", "Stop what is under way", id="setup.stop"),
    key("b", "back", "back", "Go back to the step before", id="setup.back"),
    key("s", "skip", "skip", "Skip this step", id="setup.skip"),
    key(
        "left",
        "context(-1)",
        "less",
        "Give the model less context",
        id="setup.less",
        show=False,
    ),
    key(
        "right",
        "context(1)",
        "context",
        "Give the model more context",
        id="setup.more",
    ),
    key(
        "u",
        "own",
        "another",
        "Take a model that is not listed: a hub's name, a path, an address",
        id="setup.own",
    ),
    key("l", "log", "log", "Show the model server's log", id="setup.log"),
    key("y", "report", "copy", "Copy what is known of this machine", id="setup.copy"),
    key("r", "again", "look again", "Look again", id="setup.again", show=False),
    key(
        "escape",
        "leave",
        "leave",
        "Leave the setup; nothing is written",
        id="setup.leave",
    ),
]
