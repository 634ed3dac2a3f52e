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
    r"|(?<![A-Za-z0-9])(?:[rs]k_(?:live|test)_|whsec_|gsk_|xai-|pplx-|tvly-|r8_"
    r"|dop_v1_|doo_v1_|shp(?:at|ca|pa|ss)_|lin_api_|sbp_|ntn_|hvs\.|glsa_|sntrys_"
    r"|ATATT3x|dp\.(?:pt|st)\.)[\w=-]{16,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{20,}"
    r"|(?<![0-9])[0-9]{8,10}:AA[\w-]{32,}"
    r"|(?<=hooks\.slack\.com/services/)[\w/]{20,}"
    r"|(?<=AccountKey=)[\w+/=]{20,}|(?<=SharedAccessKey=)[\w+/=]{20,}"
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
            *("k_live_", "k_test_", "whsec_", "gsk_", "xai-", "pplx-", "tvly-", "r8_"),
            *("dop_v1_", "doo_v1_", "shpat_", "shpca_", "shppa_", "shpss_", "lin_api_"),
            *(
                "sbp_",
                "ntn_",
                "hvs.",
                "glsa_",
                "sntrys_",
                "atatt3x",
                "dp.pt.",
                "dp.st.",
            ),
            *("sg.", "age-secret-key-1", ":aa", "hooks.slack.com", "accountkey="),
            "sharedaccesskey=",
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

_SHORTEST = len("://:x@")
"""No pattern is found in less."""


def redact(text: str) -> str:
    """Return `text` with everything that looks like a credential replaced by a mark.

    The same text is returned for a text that has been redacted already. The time it
    takes grows with the length of the text, whatever the text is.
    """
    if len(text) < _SHORTEST:
        return text

    lower = text.lower()
    for triggers, pattern, replacement in _RULES:
        # A loop, for `any` takes five times as long and most texts are short.
        for trigger in triggers:
            if trigger in lower:
                text = _replaced(text, pattern, replacement)
                break

    return text


def _replaced(text: str, pattern: re.Pattern[str], replacement: str) -> str:
    """The text without what the pattern finds, also where two of it touch."""
    for _ in range(3):
        before, text = text, pattern.sub(replacement, text)
        if text == before:
            break

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
