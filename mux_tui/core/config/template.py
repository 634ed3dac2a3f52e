"""What a settings file of one's own starts as: every setting, switched off."""

import re

from mux_tui.core.paths import shipped

_TOP = """\
# Your settings of mux. A line that begins with # and no space is a default: take the #
# off to change it. What you leave out stays as it is.
"""

_HEADER = re.compile(r"\[[\w.]+\]")


def starting_text() -> str:
    """The shipped settings with each value commented out."""
    text = shipped("config.toml").read_text(encoding="utf-8")
    body = text.partition("\n\n")[2]
    return f"{_TOP}\n" + "".join(map(_off, body.splitlines(keepends=True)))


def _off(line: str) -> str:
    plain = not line.strip() or line[0] == "#" or _HEADER.fullmatch(line.strip())
    return line if plain else f"#{line}"
