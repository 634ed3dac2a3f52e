"""The child's program: one order in, lines of JSON out.

Orders: `{"look_up": ID, "revision": R, "tries": N}` answers with a plan;
`{"fetch": PLAN, "into": DIRECTORY, "tries": N}` ends with `{"fetched": true}`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from huggingface_hub import constants

from mux_tui.core.events import plain
from mux_tui.core.weights.hub.child.cause import cause_of
from mux_tui.core.weights.hub.child.listing import listing
from mux_tui.core.weights.hub.child.transfer import fetch
from mux_tui.core.weights.hub.child.wire import tell
from mux_tui.core.weights.hub.plan import plan_from


def main() -> int:
    """Carry out the order, and return the exit status."""
    try:
        _obey(json.load(sys.stdin))
    except Exception as error:  # Whatever the library raises; a bug goes on.
        cause = cause_of(error)
        if cause is None:
            raise
        tell(fault=cause[0], detail=cause[1], hub=constants.ENDPOINT)
        return 1

    return 0


def _obey(order: dict[str, Any]) -> None:
    if "look_up" in order:
        plan = listing(order["look_up"], order["revision"], order["tries"])
        tell(plan=plain(plan))
        return

    fetch(plan_from(order["fetch"]), Path(order["into"]), order["tries"])
    tell(fetched=True)


if __name__ == "__main__":
    sys.exit(main())
