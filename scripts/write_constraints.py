"""Write the versions that are installed now to `constraints.txt`, without hosts."""

import subprocess
import sys
from pathlib import Path

HEAD = """\
# The exact versions that mux is tested with; pip reads them with -c.
# Made by: make constraints
"""


def main() -> int:
    """Write the file and return 0."""
    command = [sys.executable, "-m", "pip", "freeze", "--exclude-editable"]
    frozen = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pins = [line for line in frozen.splitlines() if "==" in line and "@" not in line]
    root = Path(__file__).resolve().parent.parent
    (root / "constraints.txt").write_text(HEAD + "\n".join(sorted(pins)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
