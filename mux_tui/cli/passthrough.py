"""Arguments of another program behind our own.

`mux claude --profile core -p "…"`: our own options come first; from the first word that
is none of them on, everything is the other program's, untouched.
"""

from collections.abc import Mapping, Sequence

OWN: Mapping[str, int] = {
    "--profile": 1,
    "--on-exit": 1,
    "--set": 1,
    "--color": 1,
    "-q": 0,
    "--quiet": 0,
    "--print-command": 0,
    "-h": 0,
    "--help": 0,
}
"""Our own options, and how many words follow each."""


def separated(argv: Sequence[str]) -> list[str]:
    """The arguments with a `--` before the other program's.

    Args:
        argv: What follows the command's name.
    """
    place = 0
    while place < len(argv):
        word = argv[place]
        if word == "--":
            return list(argv)
        if word.partition("=")[0] not in OWN:
            break
        place += 1 if "=" in word else 1 + OWN[word]

    return [*argv[:place], "--", *argv[place:]]
