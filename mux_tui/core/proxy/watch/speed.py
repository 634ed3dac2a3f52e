"""How many tokens came in each of the last seconds, from all answers together."""

_KEPT = 120
"""Seconds."""


class Speed:
    """Counts tokens by the second in which they were told of."""

    def __init__(self) -> None:
        """Make one that has counted nothing."""
        self._by_second: dict[int, int] = {}
        self._so_far: dict[str, int] = {}

    def grew(self, name: str, tokens: int | None, now: float) -> None:
        """An answer has so many tokens by now."""
        # Of an answer that is met on its way, nobody knows when it came so far.
        more = (tokens or 0) - self._so_far.get(name, tokens or 0)
        self._so_far[name] = tokens or 0
        if more > 0:
            second = int(now)
            self._by_second[second] = self._by_second.get(second, 0) + more
            self._forget(second - _KEPT)

    def ended(self, name: str) -> None:
        """An answer is over."""
        self._so_far.pop(name, None)

    def series(self, seconds: int) -> tuple[int, ...]:
        """Tokens of each second, oldest first, up to the last one in which any came.

        Nothing in it changes while nothing comes.
        """
        if not self._by_second:
            return ()

        last = max(self._by_second)
        first = max(last - seconds + 1, min(self._by_second))
        return tuple(self._by_second.get(at, 0) for at in range(first, last + 1))

    def _forget(self, before: int) -> None:
        if len(self._by_second) > _KEPT:
            kept = {at: n for at, n in self._by_second.items() if at >= before}
            self._by_second = kept
