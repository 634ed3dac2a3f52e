"""Which names a draft may use for files.

Model text decides no path: a name is refused unless it means the same file, inside of
the work directory, to every file system, program and reader. What stays is refused by
default where writing would run code or replace a secret: those rules are data, and
can be lifted one name at a time.

Windows' device names (`con`, `aux.c`) are allowed: mux runs where they are files.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from mux_tui.core.workspace.protected import INNARDS, PROTECTED, TEMPLATES, Rule

_MOST_COMPONENT = 255
_MOST_PATH = 4096
_MOST_PARTS = 100

_INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)
"""What is drawn as nothing and is no format character by its category."""

_LIKE_SEPARATORS = frozenset("\u2044\u2215\u2216\u29f5\u29f8\u29f9\u1735\u2571\u2572")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_EXPANDED = re.compile(r"\$HOME\b|\$PWD\b|\$\{|\$\(|%[^%/]*%|~")
_DRIVE = re.compile(r"[A-Za-z]:")


class BadName(ValueError):
    """A path that a draft may not use; `why` is one clause about it."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


def check_name(path: str, allow: Collection[str] = ()) -> str:
    """Check a path that a model wrote.

    Args:
        path: Relative to the work directory.
        allow: Names whose protection is lifted, as patterns of whole paths
            (`.github/workflows/*`). What no pattern lifts: paths that leave the work
            directory or can be misread, version control's own files, and mux's.

    Returns:
        The path without a leading `./`.

    Raises:
        BadName: It may not be changed.
    """
    name = path
    while name.startswith("./"):
        name = name[2:]
    if why := _misleads(path) or _leaves(name) or _unsafe(name):
        raise BadName(why)

    lifted = any(fnmatchcase(name, pattern) for pattern in allow)
    if why := _matching(name, INNARDS) or ("" if lifted else _kept(name)):
        raise BadName(why)

    return name


def folded(path: str) -> str:
    """The same text for all paths that some file system takes for one file."""
    return unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", path).upper().casefold()
    )


def is_protected(path: str) -> bool:
    """Whether a checked path's content is kept from drafts, such as a secret's."""
    return bool(_matching(path, INNARDS) or _kept(path))


def _kept(name: str) -> str:
    last = folded(name).rpartition("/")[2]
    if any(fnmatchcase(last, pattern) for pattern in TEMPLATES):
        return ""

    return _matching(name, PROTECTED)


def _matching(name: str, rules: Iterable[Rule]) -> str:
    whole = folded(name)
    parts = [part.rstrip(". ") for part in whole.split("/")]
    ends = ["/".join(parts[at:]) for at in range(len(parts))]
    for rule in rules:
        for pattern in rule.patterns:
            if _matches(pattern, parts, ends):
                return rule.why

    return ""


def _matches(pattern: str, parts: list[str], ends: list[str]) -> bool:
    """`name/` is a directory anywhere; `a/b` the end of a path, or what is below."""
    if pattern.endswith("/"):
        # A file of this name would stand in for the directory, so it counts as well.
        return any(fnmatchcase(part, pattern[:-1]) for part in parts)
    if "/" in pattern:
        return any(fnmatchcase(end, pattern) for end in ends)

    return fnmatchcase(parts[-1], pattern)


def _misleads(path: str) -> str:
    """What a reader or another program would take for something else."""
    if not path.isascii():
        for character in path:
            if why := _character(character):
                return why
        if unicodedata.normalize("NFC", path) != path:
            return "is written with characters that a file system may change"
    elif any(character < " " or character == "\x7f" for character in path):
        return "holds a control character"

    return ""


def _character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return "holds a control character"
    if category in _UNSEEN or character in _INVISIBLE:
        return "holds an invisible character"
    if category == "Zs" and character != " ":
        return "holds a space that is none of the keyboard's"
    plain = unicodedata.normalize("NFKC", character)
    if character in _LIKE_SEPARATORS or (
        plain != character and any(sign in "./\\:~" for sign in plain)
    ):
        return "holds a character that looks like a dot or a slash"

    return ""


def _leaves(name: str) -> str:
    if not name or name == ".":
        return "names no file"
    if name.startswith("/"):
        return "is absolute"
    if "\\" in name:
        return "holds a backslash"
    if _DRIVE.match(name):
        return "begins with a drive letter"
    if _EXPANDED.match(name):
        return "begins with what a shell would expand"
    if name.endswith("/"):
        return "names a directory"
    if ".." in name.split("/"):
        return "leaves the work directory, or goes up in it"

    return ""


def _unsafe(name: str) -> str:
    if len(name.encode()) > _MOST_PATH:
        return f"is longer than {_MOST_PATH:,} bytes"
    parts = name.split("/")
    if len(parts) > _MOST_PARTS:
        return f"lies deeper than {_MOST_PARTS} directories"
    for part in parts:
        if why := _unsafe_part(part):
            return why

    return ""


def _unsafe_part(part: str) -> str:
    if part in ("", "."):
        return "holds an empty part"
    if len(part.encode()) > _MOST_COMPONENT:
        return f"holds a part longer than {_MOST_COMPONENT} bytes"
    if part != part.strip() or part.endswith("."):
        return "holds a part that begins or ends with a space, or ends with a dot"
    if part[0] in "~-":
        return f"holds a part that begins with `{part[0]}`"

    return "holds a colon" if ":" in part else ""
