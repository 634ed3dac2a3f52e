"""What each screen of the cockpit is on the command line, with `--json`."""

from collections.abc import Mapping

TWINS: Mapping[str, tuple[str, ...]] = {
    "cockpit": ("run", "route", "status"),
    "ledger": (
        *("ledger list", "ledger search", "ledger show", "ledger stats"),
        *("ledger undo", "ledger redo"),
    ),
    "proxy": ("proxy watch", "proxy status", "proxy curl", "ledger requests"),
    "hardware": (
        *("hardware", "models fit", "models list", "models bench"),
        "server switch",
    ),
    "settings": (
        *("config show", "config get", "config set", "config unset"),
        *("config validate", "config effect"),
    ),
    "doctor": ("doctor",),
    "setup": ("setup",),
}
"""By the screen's name; every one of these commands has a `--json`."""
