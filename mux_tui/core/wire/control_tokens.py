"""Words that a model's chat template would obey, taken out of other people's text.

Servers turn `<|im_start|>` in a message into the same token that begins a turn, so a
pasted log could speak as the system. One space keeps it readable and breaks it.
"""

import re

_MARKS = re.compile(
    r"<(?=\|\w{1,40}\|>)"
    r"|<(?=\uff5c[\w\u2581]{1,60}\uff5c>)"
    r"|<(?=/s>|(?:start|end)_of_turn>|<SYS>>|</SYS>>)"
    r"|\[(?=/?INST\])"
)


def disarmed(text: str) -> str:
    """Return `text` with a space inside every word that templates obey."""
    return _MARKS.sub(lambda mark: mark[0] + " ", text)
