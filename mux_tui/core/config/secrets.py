"""Hiding secrets before a setting is shown.

Settings name the variable that holds a key, and not the key; but people paste keys
anywhere: into a URL, into the arguments of a command.
"""

import re
from typing import Any

from mux_tui.core.redact import MARK, redact

HIDDEN = "***"

_USER_IN_URL = re.compile(r"(?<=://)[^/\s?#]*@")
_IN_QUERY = re.compile(
    r"([?&](?:[\w-]*(?:key|token|secret|password))=)[^&\s#]+", re.IGNORECASE
)
_BASIC = re.compile(r"(\bBasic\s+)\S+", re.IGNORECASE)
_OPTION = r"-{1,2}[\w-]*(?:key|token|secret|password)"
_OPTION_WITH_VALUE = re.compile(rf"((?:^|(?<=\s)){_OPTION}[=\s]\s*)\S+", re.IGNORECASE)
_OPTION_ALONE = re.compile(_OPTION, re.IGNORECASE)


def masked(value: Any) -> Any:
    """The value with what looks like a secret replaced by `***`.

    In a list, the item after an option such as `--api-key` is hidden as well.
    """
    if isinstance(value, str):
        return _masked_text(value)
    if not isinstance(value, (list, tuple)):
        return value

    items: list[Any] = []
    hide = False
    for item in value:  # pyright: ignore[reportUnknownVariableType]
        items.append(HIDDEN if hide else masked(item))
        hide = isinstance(item, str) and bool(_OPTION_ALONE.fullmatch(item))
    return tuple(items)


def _masked_text(text: str) -> str:
    text = _USER_IN_URL.sub(f"{HIDDEN}@", text)
    text = _IN_QUERY.sub(rf"\1{HIDDEN}", text)
    text = _OPTION_WITH_VALUE.sub(rf"\1{HIDDEN}", text)
    text = _BASIC.sub(rf"\1{HIDDEN}", text)
    return redact(text).replace(MARK, HIDDEN)
