"""Sets the limits of a run for itself and what it starts, then becomes that program.

Run as a script: arguments are a file for its process number, `name=value` limits, a
`--`, and the words of the program. Imports next to nothing.
"""

import os
import resource
import sys
from contextlib import suppress

_LIMITS = {
    "core": "RLIMIT_CORE",
    "fsize": "RLIMIT_FSIZE",
    "nproc": "RLIMIT_NPROC",
}


def main(words: list[str]) -> None:
    """Set limits and become the program."""
    (pid_file, *limits), argv = _parted(words)
    with open(pid_file, "w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    for limit in limits:
        name, _, value = limit.partition("=")
        _lower(name, int(value))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        # Short of memory, the system is to end this before what the user works with.
        file.write("500")
    try:
        os.execv(argv[0], argv)
    except OSError as error:
        sys.stderr.write(f"mux: cannot start {argv[0]}: {error.strerror}\n")
        sys.exit(127)


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    mark = words.index("--")
    return words[:mark], words[mark + 1 :]


def _lower(name: str, value: int) -> None:
    number = getattr(resource, _LIMITS[name])
    if name == "nproc":
        value += _threads_of_mine()
    _, hard = resource.getrlimit(number)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(number, (value, value))


def _threads_of_mine() -> int:
    """How many the user has already: the system counts all of them together."""
    count = 0
    mine = os.getuid()
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            with suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == mine:
                    count += len(os.listdir(f"/proc/{name}/task"))

    return count


if __name__ == "__main__":
    main(sys.argv[1:])
