"""Puts links to the outside where a directory and a file are, again and again.

    python -m tests.link_swapper WORK OUTSIDE PAUSE

In `WORK` it swaps the directory `a/b` for a link to `OUTSIDE`, and the file `a/b/f` for
a link to `OUTSIDE/f`, until its standard input ends, resting for up to `PAUSE` seconds
now and then; then it leaves both as they were and prints how often it has swapped.
"""

import os
import random
import select
import sys
from contextlib import suppress

_AT_A_TIME = 50


def main() -> None:
    """Swap until standard input ends."""
    work, outside, pause = sys.argv[1:]
    here = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    os.fchdir(here)
    chance, swaps = random.Random(1), 0
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    longest = float(pause)
    while not select.select([sys.stdin], [], [], chance.uniform(0, longest))[0]:
        for _ in range(_AT_A_TIME):
            if chance.random() < 0.5:
                _swap("a/b", "a/b-kept", outside)
            else:
                _swap("a/b/f", "a/b/f-kept", f"{outside}/f")
            swaps += 1
    sys.stdout.write(f"{swaps}\n")


def _swap(name: str, kept: str, target: str) -> None:
    with suppress(FileNotFoundError):  # It is just being replaced.
        os.rename(name, kept)
    with suppress(FileExistsError):  # Somebody has just made it anew.
        os.symlink(target, name)
        os.unlink(name)
    while True:
        try:
            os.rename(kept, name)
        except FileNotFoundError:
            return
        except OSError:
            # Somebody has made the directory anew, and put something into it.
            os.rename(name, f"{kept}-{os.urandom(6).hex()}")
        else:
            return


if __name__ == "__main__":
    main()
