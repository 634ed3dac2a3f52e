"""Marks by which a model leaves code out: `# ... existing code ...`.

Written into a file, such a line stands where code was.
"""

import re
from collections.abc import Iterable

_WORDS = r"[\w ,'()\-]{0,80}"
_DOTS = r"(?:\.{3,}|…)"
_KEPT = r"(?:rest|remainder|remaining|existing|previous|original|other|everything else)"

_COMMENT = re.compile(
    r"\s*(?:#+|//+|/\*+|<!--+|--+|;+|%+|\{\s*/\*+)\s*(?P<said>.*?)"
    r"\s*(?:\*/\s*\}|\*+/|--+>)?"
)
_BRACKETED = re.compile(r"\s*[(\[<](?P<said>.*)[)\]>]\s*")

_DOTTED = re.compile(rf"[(\[]?{_DOTS}{_WORDS}(?:{_DOTS})?[)\]]?|{_WORDS}{_DOTS}[)\]]?")
"""In a comment: dots with some words, or none."""

_TALK = re.compile(
    r"\b(?:rest|remaind?er|remaining|existing|previous|original|other|unchanged|same"
    r"|omitted|code|content|lines)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"[(\[]?(?:the |all )?{_KEPT}\b{_WORDS}\b(?:unchanged|omitted|the same|not shown"
    r"|same as (?:before|above)|as before|as is|goes here|stays here)[)\]]?[.!]?"
    r"|[(\[]?(?:the |your )?(?:rest of(?: the| your)?|remaining|existing|previous"
    r"|original)(?: \w{1,30})? (?:code|file|contents?|implementation|class|function)"
    r"(?: here| above| below| goes here| follows)?[)\]]?[.!]?"
    r"|unchanged|no changes?(?: here)?",
    re.IGNORECASE,
)
"""In a comment, and without any dots."""

_PLAIN = re.compile(rf"{_DOTS}\s+{_WORDS}(?:{_DOTS})?|{_DOTS}{_WORDS}{_DOTS}")
"""Without a comment: three dots alone are Python, and `...rest` is JavaScript."""

_LONGEST = 200


def elided(new: Iterable[str], old: Iterable[str]) -> str:
    """The first line of `new` that stands for code left out, its blanks made one each.

    Nothing: there is none.

    Args:
        new: The lines that a draft writes.
        old: The lines that they take the place of: what stands there is no mark.
    """
    there = {" ".join(line.split()) for line in old}
    for line in new:
        text = " ".join(line.split())
        if len(text) <= _LONGEST and text not in there and _is_mark(text):
            return text

    return ""


def _is_mark(text: str) -> bool:
    if comment := _COMMENT.fullmatch(text):
        return _is_mark_in_comment(comment["said"].strip())
    if bracketed := _BRACKETED.fullmatch(text):
        text = bracketed["said"].strip()
        if _SAID.fullmatch(text):
            return True

    return bool(_PLAIN.fullmatch(text) and _TALK.search(text))


def _is_mark_in_comment(said: str) -> bool:
    if _SAID.fullmatch(said):
        return True
    if not _DOTTED.fullmatch(said):
        return False

    # `# Wait for it...` is a remark; `# ...` and `# existing code...` are marks.
    return said.startswith((".", "…", "(.", "[.")) or bool(
        _TALK.search(said) and len(said.split()) <= 6
    )
