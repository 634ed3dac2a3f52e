"""A program of its own: may Claude Code edit the file that it names?

Claude Code runs it before every edit, with the call as JSON on standard input and the
one directory where edits are allowed as argument. Exit status 2 forbids the edit and
tells the model why. mux's own process does not run it: it needs nothing but Python.
"""

import json
import os
import sys
from typing import Any

FORBIDDEN = 2


def main() -> int:
    """Return the exit status for the call on standard input."""
    call: dict[str, Any] = json.load(sys.stdin)
    told: dict[str, Any] = call["tool_input"]
    path: str = told.get("file_path") or told["notebook_path"]
    if is_inside(sys.argv[1], call["cwd"], path):
        return 0

    sys.stderr.write("Only files inside of the working directory may be changed.\n")
    return FORBIDDEN


def is_inside(root: str, cwd: str, path: str) -> bool:
    """Whether a path leads into a directory, all links followed.

    Args:
        root: The directory.
        cwd: What a relative path is relative to.
        path: As the model wrote it. What Claude Code might read in another way than
            it is written, with a tilde or blanks around it, leads nowhere.
    """
    if path.startswith("~") or path != path.strip():
        return False

    real = os.path.realpath(os.path.join(cwd, path))
    return os.path.commonpath([real, os.path.realpath(root)]) == os.path.realpath(root)


if __name__ == "__main__":
    sys.exit(main())
