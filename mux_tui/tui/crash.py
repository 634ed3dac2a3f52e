"""A bug that ended the cockpit: written to a file, and told in one line.

What users typed and what models said stands in local variables, so those are written
nowhere; the traceback itself goes through the same redaction as the ledger.
"""

import platform
import sys
import time
import traceback
from pathlib import Path

from mux_tui import __version__
from mux_tui.core.errors import EnvironmentProblem, MuxError
from mux_tui.core.paths import Paths, private_directory, write_private
from mux_tui.core.text import one_line, printable

_NAME = "crash.log"


def write_crash(error: BaseException, paths: Paths) -> Path | None:
    """Write what happened into the state directory, in place of the last crash.

    Returns:
        The file; None: it cannot be written.
    """
    # Late, as nothing here is wanted unless something fails.
    from mux_tui.core.redact import redact

    facts = (
        f"mux {__version__}, Python {sys.version.split()[0]}, "
        f"{platform.system()} {platform.machine()}, "
        f"{time.strftime('%Y-%m-%d %H:%M:%S %z')}"
    )
    story = "".join(traceback.format_exception(error))
    path = paths.state_dir / _NAME
    try:
        private_directory(paths.state_dir)
        write_private(path, printable(redact(f"{facts}\n\n{story}")))
    except (OSError, EnvironmentProblem):
        return None

    return path


def crashed(error: BaseException, paths: Paths) -> MuxError:
    """What the user is told when a bug has ended the cockpit; it is on file then.

    The error's own words are not in it: they may hold anything.
    """
    what = f"the cockpit failed ({one_line(type(error).__name__, 80)})"
    path = write_crash(error, paths)
    if path is None:
        return MuxError(what, "the state directory cannot be written to")

    return MuxError(what, f"details are in {path}", "Start it again with: mux")


def stumbled(error: BaseException, paths: Paths) -> MuxError:
    """What the user is told of a bug that the cockpit survives; it is on file then."""
    path = write_crash(error, paths)
    why = f"details are in {path}" if path else ""
    name = one_line(type(error).__name__, 80)
    return MuxError(f"something failed inside mux ({name})", why)
