"""Where an answer says which file it means: a line of its own, or a fence's words.

Only a line that is nothing but a path counts; a path in a sentence is talk. Names that
look like talk (`my notes.txt`, `gradlew`) count where the project has them.
"""

import re
from collections.abc import Callable

_BULLET = re.compile(r"(?:#{1,6}|[-*+]|\d{1,3}[.)])[ \t]+")
_LABEL = re.compile(r"(?:file(?: ?name| ?path)?|path)[ \t]*:[ \t]*", re.IGNORECASE)
_REMARKS = frozenset(
    "new|new file|modified|updated|changed|edited|existing|create|created".split("|")
)
_QUOTED = re.compile(r"(?P<mark>\*\*`|`|\*\*|__|\"|')(?P<path>.+?)(?:`\*\*|(?P=mark))")
_BARE = re.compile(r"[^\s`*\"'<>|]+")
_SUFFIX = re.compile(r"[^/\\]\.\w{1,12}$|^\.\w[\w.-]*$")
_KNOWN = frozenset(
    (
        "Dockerfile",
        "Containerfile",
        "Gemfile",
        "Jenkinsfile",
        "Justfile",
        "LICENSE",
        "Makefile",
        "Procfile",
        "README",
        "Rakefile",
        "Vagrantfile",
        "justfile",
        "makefile",
    )
)
_NO_PATHS = frozenset(("node.js", "vue.js", "next.js", "asp.net", "vb.net", "..."))
_ATTRIBUTE = re.compile(
    r"""\b(?:path|file|filename|file_path|filepath|title)\s*=\s*"""
    r"""(?:"([^"]+)"|'([^']+)'|([^\s}]+))""",
    re.IGNORECASE,
)
_EXCERPT = re.compile(r"\d+:\d+:")
_LONGEST = 8192

Knows = Callable[[str], bool]
"""Whether a name is one of the project's, or could be one that is made there."""


def knows_nothing(_name: str) -> bool:
    """What is known of a project that nobody has looked at."""
    return False


def path_on_line(line: str, knows: Knows = knows_nothing) -> str:
    """The path that a line consists of, or nothing.

    Args:
        line: One line of an answer.
        knows: Asked about a line that does not look like a path.
    """
    if len(line) > _LONGEST:
        return ""
    text = _bare(line)
    named = _LABEL.match(text)
    if named:
        text = text[named.end() :]
    if quoted := _QUOTED.fullmatch(text):
        path = quoted["path"].strip("`* ").removesuffix(":")
        return path if named or _looks_like_one(path) or knows(path) else ""
    if named:
        return text

    if _BARE.fullmatch(text) and _looks_like_one(text):
        return text

    return text if text and knows(text) else ""


def path_in_info(info: str) -> str:
    """The path among the words after an opening fence, or nothing."""
    if len(info) > _LONGEST:
        return ""
    if found := _ATTRIBUTE.search(info):
        return found[1] or found[2] or found[3]
    words = info.split()
    if not words or _EXCERPT.match(words[0]):
        return ""

    language, colon, path = words[0].partition(":")
    if colon and language.isalnum() and len(words) == 1 and _looks_like_one(path):
        return path
    word = words[-1]
    return word if len(words) <= 2 and _looks_like_one(word) else ""


def _bare(line: str) -> str:
    """Without a bullet or a heading's mark, a colon and a remark behind it."""
    text = line.strip()
    if bullet := _BULLET.match(text):
        text = text[bullet.end() :]
    text = text.removesuffix(":").rstrip()
    path, open_, remark = text.rpartition(" (")
    if open_ and remark.endswith(")") and remark[:-1].lower() in _REMARKS:
        return path.rstrip()

    return text


def _looks_like_one(text: str) -> bool:
    if "://" in text or text.casefold() in _NO_PATHS:
        return False
    if text in _KNOWN or _SUFFIX.search(text):
        return True

    return ("/" in text or "\\" in text) and len(text) > 1
