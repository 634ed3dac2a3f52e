"""The profile for macOS's sandbox-exec: in it the last rule that matches decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SERVICES = (
    # The keychain, the clipboard, and what starts programs outside of the sandbox.
    "com.apple.SecurityServer",
    "com.apple.securityd.xpc",
    "com.apple.pasteboard.1",
    "com.apple.coreservices.launchservicesd",
    "com.apple.coreservices.appleevents",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/tty", "/dev/dtracehelper")


@dataclass(frozen=True)
class View:
    """What a run may touch; all paths absolute."""

    hidden: Sequence[Path]
    """Directories that may not be read."""

    tools: Sequence[Path]
    """What may be read inside them."""

    writable: Sequence[Path]
    """The copy, and the run's own directory: read and written."""


def profile(view: View) -> str:
    """The profile's text. Links in the paths are followed: rules see real paths."""
    rules = [
        "(version 1)",
        "(allow default)",
        "(deny network*)",
        "(deny appleevent-send)",
        "(deny process-info*)",
        "(allow process-info* (target same-sandbox))",
        "(deny signal)",
        "(allow signal (target same-sandbox))",
        *(f"(deny mach-lookup (global-name {_text(name)}))" for name in _SERVICES),
        "(deny file-write*)",
        *(f"(allow file-write* (literal {_text(name)}))" for name in _DEVICES),
        *_rule("deny file-read*", view.hidden),
        # Programs ask after each directory on the way to their own.
        *_rule("allow file-read-metadata", view.hidden),
        *_rule("allow file-read*", view.tools),
        *_rule("allow file-read* file-write*", view.writable),
    ]
    return "\n".join(rules) + "\n"


def words(program: str, view: View, argv: Sequence[str]) -> list[str]:
    """The words that run a command under such a profile."""
    return [program, "-p", profile(view), *argv]


def probe(program: str) -> list[str]:
    """The words that try whether it works here: inside a sandbox it does not."""
    return [program, "-p", "(version 1)\n(allow default)\n", "/usr/bin/true"]


def _rule(what: str, paths: Sequence[Path]) -> list[str]:
    real = list(dict.fromkeys(path.resolve() for path in paths))
    return [f"({what} (subpath {_text(str(path))}))" for path in real]


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
