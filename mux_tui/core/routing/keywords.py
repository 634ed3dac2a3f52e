"""Finding keywords as whole words in prose.

A keyword counts when it is really the word: not inside another word (`insecurity`),
an identifier (`security_group`, `performance.now()`), an option (`--security`), a
path, a URL or a code block.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_HYPHENS = "[-\u2010\u2011]"


def find_keywords(prose: str, keywords: Sequence[str]) -> tuple[str, ...]:
    """The keywords that stand in the text, each once, in the order they are given.

    Args:
        prose: Text without code blocks, URLs and paths.
        keywords: Words or phrases; the case does not matter.
    """
    present = {
        " ".join(re.sub(_HYPHENS, "-", match[0]).lower().split())
        for match in _pattern(tuple(keywords)).finditer(prose)
    }
    return tuple(word for word in dict.fromkeys(keywords) if _plain(word) in present)


def _plain(word: str) -> str:
    return " ".join(word.lower().split())


@lru_cache(maxsize=8)
def _pattern(keywords: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first: "security review" before "security".
    words = sorted(filter(str.strip, keywords), key=len, reverse=True)
    choices = "|".join(
        r"\s+".join(re.escape(part).replace(r"\-", _HYPHENS) for part in word.split())
        for word in words
    )
    if not choices:
        return re.compile(r"(?!)")

    return re.compile(
        rf"(?<![\w.@#$])(?<!--)(?:{choices})(?![\w(=])(?!\.\w)", re.IGNORECASE
    )
