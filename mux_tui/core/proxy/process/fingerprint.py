"""Which settings a proxy was started with, in few letters."""

import hashlib

from mux_tui import __version__
from mux_tui.core.config.settings import Settings


def fingerprint_of(settings: Settings) -> str:
    """A hash of this version of mux and all its settings."""
    return hashlib.sha256(f"{__version__} {settings!r}".encode()).hexdigest()[:16]
