"""The map of a project: its files, each with the names that it defines."""

from collections.abc import Callable, Collection, Mapping, Sequence

_MOST_SYMBOLS = 12
_MOST_FILES = 2_000


def outline(
    paths: Collection[str],
    symbols: Mapping[str, Sequence[str]],
    room: int,
    count: Callable[[str], int],
) -> tuple[str, int]:
    """The map that fits, the files nearest to the top and with names in them first.

    Args:
        paths: The files that may be named.
        symbols: The names that they define.
        room: Tokens that may be used.
        count: How many tokens a text is.

    Returns:
        The map, and how many files it names.
    """
    order = sorted(paths, key=lambda path: (path.count("/"), path not in symbols, path))
    order = order[:_MOST_FILES]
    low, high = 0, len(order)
    while low < high:
        middle = (low + high + 1) // 2
        if count(_written(order[:middle], symbols, len(paths))) <= room:
            low = middle
        else:
            high = middle - 1

    return (_written(order[:low], symbols, len(paths)), low) if low else ("", 0)


def _written(
    paths: Sequence[str], symbols: Mapping[str, Sequence[str]], total: int
) -> str:
    lines = [_line(path, symbols.get(path, ())) for path in sorted(paths)]
    if len(paths) < total:
        lines.append(f"({total - len(paths):,} more files)")

    return "".join(f"{line}\n" for line in lines)


def _line(path: str, symbols: Sequence[str]) -> str:
    if not symbols:
        return path
    more = ", …" if len(symbols) > _MOST_SYMBOLS else ""
    return f"{path}: {', '.join(symbols[:_MOST_SYMBOLS])}{more}"
