"""Shortening text so that what is left can still be read: whole sentences, whole lines.

Each function leaves alone what is short enough, so doing it twice changes nothing.
"""

import re

from mux_tui.core.proxy.translate.sizes import size_of

_SENTENCE_END = re.compile(r"[.!?:](?=\s)|\n\s*\n|[。！？]")
_LEAST_SHARE = 3


def opening(text: str, limit: int) -> str:
    """The first sentences of `text` that fit into a size of `limit`; if not even one
    does, its first words and an ellipsis. A limit of 0: nothing."""
    size = size_of(text)
    # Beyond ASCII a character is several bytes of the limit.
    room = limit * len(text) // size if size else 0
    while size > limit and room >= 2:
        begun = _first_sentences(text, room)
        if size_of(begun) <= limit:
            return begun
        room = room * 3 // 4

    return text if size <= limit else ""


def _first_sentences(text: str, limit: int) -> str:
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, limit + 1)]
    ends = [end for end in ends if limit // _LEAST_SHARE <= end <= limit]
    if ends:
        return text[: ends[-1]].rstrip()

    words = text[: max(limit - size_of("…"), 1)]
    space = words.rfind(" ")
    return (words[:space] if space >= limit // 2 else words).rstrip() + "…"


def head_and_tail(text: str, limit: int) -> str:
    """Beginning and end of `text`, together with a line between them at most `limit`
    in size: two thirds of the beginning, one third of the end, whole lines if any."""
    size = size_of(text)
    if size <= max(limit, 0):
        return text

    mark = f"\n[… of {len(text):,} characters the middle is left out …]\n"
    room = max(0, (limit - size_of(mark)) * len(text) // size)
    while room:
        cut = _joined(text, mark, room)
        if size_of(cut) <= limit:
            return cut
        room = room * 3 // 4

    return "[…]"


def level(sizes: list[int], room: int) -> int:
    """How long a text may be, so that with none longer all fit into `room`."""
    left = sorted(sizes)
    while left and left[0] * len(left) <= room:
        room -= left.pop(0)

    return max(0, room) // len(left) if left else max(sizes, default=0)


def _joined(text: str, mark: str, room: int) -> str:
    head = text[: room * 2 // 3]
    tail = text[len(text) - room // 3 :]
    line_end, line_start = head.rfind("\n"), tail.find("\n")
    if line_end > len(head) // 2:
        head = head[:line_end]
    if 0 <= line_start < len(tail) // 2:
        tail = tail[line_start + 1 :]
    return f"{head}{mark}{tail}"
