"""The part of a text that is worth showing when there is no room for all of it."""

from collections.abc import Callable, Sequence

_AROUND = 40
_CUT = "[… lines {first} to {last} are left out here …]"


def excerpt(
    text: str, lines: Sequence[int], room: int, count: Callable[[str], int]
) -> str:
    """The lines around those that matter, or the beginning; empty: no room.

    Args:
        text: The whole.
        lines: Those that matter, counted from 1; empty: the first.
        room: Tokens that may be used.
        count: How many tokens a text is.
    """
    all_lines = text.splitlines(keepends=True)
    centres = [line for line in lines if 0 < line <= len(all_lines)] or [1]
    low, high = 0, max(_AROUND, len(all_lines))
    best = ""
    while low <= high:
        around = (low + high) // 2
        shown = _around(all_lines, centres, around)
        if count(shown) <= room:
            best, low = shown, around + 1
        else:
            high = around - 1

    return best


def tail(text: str, room: int, count: Callable[[str], int]) -> str:
    """As many of the last lines as there is room for."""
    lines = text.splitlines(keepends=True)
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        if count("".join(lines[-middle:])) <= room:
            low = middle
        else:
            high = middle - 1

    return "".join(lines[-low:]) if low else ""


def _around(lines: list[str], centres: Sequence[int], around: int) -> str:
    wanted: set[int] = set()
    for centre in centres:
        wanted.update(range(centre - around, centre + around + 1))
    shown: list[str] = []
    skipped = 0
    for number, line in enumerate(lines, start=1):
        if number in wanted:
            shown += _gap(skipped, number)
            shown.append(line)
            skipped = 0
        else:
            skipped += 1

    return "".join([*shown, *_gap(skipped, len(lines) + 1)])


def _gap(skipped: int, before: int) -> list[str]:
    if not skipped:
        return []

    return [f"{_CUT.format(first=before - skipped, last=before - 1)}\n"]
