"""JSON as other languages write it, turned into JSON proper.

Single quotes, bare keys, `True` and `None`, a comma too many: each word of the text is
either understood, or nothing is.
"""

import re

_TOKEN = re.compile(
    r"""\s+"""
    r"""|(?P<double>"(?:[^"\\]|\\.)*")"""
    r"""|'(?P<single>(?:[^'\\]|\\.)*)'"""
    r"""|(?P<key>[A-Za-z_$][\w$-]*)(?=\s*:)"""
    r"""|(?P<word>True|False|None|true|false|null)\b"""
    r"""|(?P<comma>,)(?=\s*(?P<closed>[}\]])?)"""
    r"""|(?P<other>-?\d[\d.eE+-]*|[{}\[\]:])""",
    re.DOTALL,
)
_WORDS = {"True": "true", "False": "false", "None": "null"}
_IN_SINGLE = re.compile(r"""\\.|["]""", re.DOTALL)


def as_json(text: str) -> str | None:
    """The same in JSON; None: some of it is not understood."""
    place = 0
    found: list[str] = []
    while place < len(text):
        token = _TOKEN.match(text, place)
        if not token:
            return None
        found.append(_json(token))
        place = token.end()

    return "".join(found)


def _json(token: re.Match[str]) -> str:
    match token.lastgroup:
        case "single":
            return f'"{_IN_SINGLE.sub(_escaped, token["single"])}"'
        case "key":
            return f'"{token["key"]}"'
        case "word":
            return _WORDS.get(token["word"], token["word"])
        case "closed":
            # The comma before a closing bracket.
            return ""
        case _:
            return token[0]


def _escaped(found: re.Match[str]) -> str:
    if found[0] == "\\'":
        return "'"

    return '\\"' if found[0] == '"' else found[0]
