"""Whether the kernel has killed for want of memory, and what to do about it.

A process that the kernel kills for want of memory says nothing. But the kernel counts
whom it kills, for the machine and for each control group; counts that have grown since
a server was started tell why it is gone.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

ADVICE = (
    "Choose a smaller model, or one of fewer bits (mux models fit), or lower "
    "providers.local.context_window or server.decode_concurrency"
)
"""What to change when memory ran out."""

_MOST_GROUPS = 16

_COUNT = re.compile(r"^oom_kill (\d{1,18})$", re.MULTILINE)


def kernel_kills(root: Path = Path("/")) -> tuple[tuple[str, int], ...]:
    """How many processes the kernel has killed for want of memory, by what counts them.

    Args:
        root: Where `proc` and `sys` are found.

    Returns:
        Files and their counts: for the whole machine, and for each control group that
        we are in, which a server that we start is in too. Nothing where the kernel does
        not tell.
    """
    found = ((file, _count(file)) for file in _files(root))
    return tuple((str(file), count) for file, count in found if count is not None)


def killed_since(before: Iterable[tuple[str, int]]) -> bool:
    """Whether the kernel has killed somebody since it had counted so many."""
    for name, count in before:
        now = _count(Path(name))
        if now is not None and now > count:
            return True

    return False


def _files(root: Path) -> Iterator[Path]:
    yield root / "proc/vmstat"
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, name = rest.partition(":")
        if controllers in ("", "memory"):
            top = root / "sys/fs/cgroup" / controllers
            kind = "memory.oom_control" if controllers else "memory.events"
            # Inside a container the name may be the host's: the top is then our own.
            own = top / name.lstrip("/")
            groups = [group for group in (own, *own.parents) if top in group.parents]
            yield from (group / kind for group in (*groups[:_MOST_GROUPS], top))


def _count(file: Path) -> int | None:
    found = _COUNT.search(_text(file))
    return int(found[1]) if found else None


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
