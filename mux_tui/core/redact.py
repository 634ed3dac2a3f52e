"""What a credential looks like, and its removal from what is written down.

A ledger is kept for years, exported and shown to others; a key that was pasted into
a task, or printed by a tool, must not live on in it. Names stay, values go: what is
left still tells that there was a credential, and which.
"""

import re
from typing import Any

MARK = "[redacted]"

_KNOWN = re.compile(
    r"sk-(?:ant|proj|svcacct|admin|or|lf)-[\w-]{4,}"
    r"|sk-[A-Za-z0-9]{20,}"
    r"|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|AIza[\w-]{20,}|ya29\.[\w-]{16,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"
    r"|xox[abeoprs]-[\w-]{10,}|hf_[A-Za-z0-9]{20,}"
    r"|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{6,}\.[\w-]{4,}"
)
"""Credentials that show by themselves what they are."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*"
    r"(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"
)

_HEADER = re.compile(
    r"((?:authorization|x-api-key|x-goog-api-key)[\"']?[ \t]*[:=][ \t]*+[\"']?+"
    r"(?:(?:bearer|basic|token)[ \t]+)?+)(?![\[{$<])[^\s\"',]{6,}",
    re.IGNORECASE,
)

_BEARER = re.compile(
    # A digit tells a token from the prose "bearer authentication".
    r"(\bbearer[ \t]+)(?=[^\s\"']{0,500}\d)[\w.~+/=-]{6,}",
    re.IGNORECASE,
)

_NAME = (
    r"(?:api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|secret"
    r"|(?:access|auth|refresh)[_-]?token|passw(?:or)?d|passphrase|credentials?)"
)

_QUOTED = re.compile(
    rf"({_NAME}[\"']?[ \t]*[:=][ \t]*)(?P<quote>[\"'])(?!\[redacted\])"
    r"[^\"'\n]{6,}(?P=quote)",
    re.IGNORECASE,
)

_VARIABLE = re.compile(
    # Code that fetches a key (`API_KEY = os.environ[...]`, `$KEY`) holds none.
    r"((?<![A-Za-z0-9])(?:API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|SECRET|TOKEN"
    r"|PASSWORD|PASSWD|AUTH|CREDENTIALS?)[ \t]*=[ \t]*[\"']?)"
    r"(?!os\.|process\.|getenv|environ|None|null|true|false)"
    r"[\w./+=~:@%^&*!-]{6,}(?![\w(\[])"
)

_LOGIN = re.compile(r"(://[^\s/@:\"']{0,200}:)(?!\[redacted\])[^\s/@\"']{1,200}(?=@)")


_GROUP = rf"\1{MARK}"

_RULES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (("private key-----",), _PRIVATE_KEY, MARK),
    (
        (
            *("sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
            *("aiza", "ya29.", "akia", "asia", "xox", "hf_", "npm_", "pypi-", "eyj"),
        ),
        _KNOWN,
        MARK,
    ),
    (
        ("key", "secret", "token", "passw", "passphrase", "credential"),
        _QUOTED,
        rf"\1\g<quote>{MARK}\g<quote>",
    ),
    (("authorization", "x-api-key", "x-goog-api-key"), _HEADER, _GROUP),
    (("bearer",), _BEARER, _GROUP),
    (("key", "secret", "token", "passw", "auth", "credential"), _VARIABLE, _GROUP),
    (("://",), _LOGIN, _GROUP),
)
"""What a text must contain, in lower case, for a pattern to be worth the search."""


def redact(text: str) -> str:
    """Return `text` with everything that looks like a credential replaced by a mark.

    The same text is returned for a text that has been redacted already. The time it
    takes grows with the length of the text, whatever the text is.
    """
    lower = text.lower()
    for triggers, pattern, replacement in _RULES:
        if any(trigger in lower for trigger in triggers):
            text = pattern.sub(replacement, text)

    return text


def redacted(value: Any) -> Any:
    """Any JSON value with all of its strings redacted; the keys of objects stay."""
    match value:
        case str():
            return redact(value)
        case dict():
            return {key: redacted(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list():
            return [redacted(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
