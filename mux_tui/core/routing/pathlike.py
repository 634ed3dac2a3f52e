"""Finding what looks like a path in prose: never opened, only counted.

A slash alone makes no path: `CI/CD`, `and/or`, `10 km/h` and `TCP/IP` are words. A
path begins like one (`/`, `./`, `~/`, a drive letter), or ends like a file, or has
lower-case parts under a folder that projects have.
"""

import re

_EXTENSIONS = (
    "py|pyi|pyx|ipynb|js|jsx|mjs|cjs|ts|tsx|vue|svelte|rs|go|java|kt|kts|scala|c|h|cc|cpp"
    "|hpp|cs|rb|php|swift|m|mm|lua|pl|r|jl|ex|exs|erl|hs|ml|clj|dart|zig|nim|sh|bash|zsh"
    "|fish|ps1|bat|sql|html|htm|css|scss|sass|less|xml|svg|json|jsonl|yaml|yml|toml|ini"
    "|cfg|conf|env|lock|md|rst|txt|csv|tsv|log|tex|pdf|proto|graphql|tf|gradle|cmake"
    "|diff|patch|parquet|db|sqlite"
)
_FOLDERS = (
    "src|lib|libs|app|apps|test|tests|spec|docs|doc|scripts|bin|cmd|pkg|internal|packages"
    "|config|configs|assets|static|templates|public|examples|bench|tools|include|core"
)
_NAMES = "Dockerfile|Makefile|Jenkinsfile|Procfile|Gemfile|Rakefile|README|CHANGELOG"
# Bounded, so that a megabyte without a space costs no more than one of words.
_PART = r"[\w.@+\-]{1,100}"
PATH = re.compile(
    rf"""(?<![\w/.:@~\\+\-])(?:
        (?:~|\.{{1,2}})?/(?:{_PART}/)*{_PART}/?
      | (?:~|\.{{1,2}})/(?![\w/])
      | [A-Za-z]:\\[\w.\\\-]{{1,200}}
      | (?:{_PART}/)*[\w@+\-][\w.@+\-]{{0,100}}\.(?:{_EXTENSIONS})\b(?![\w(/]|\.\w)
      | (?:{_FOLDERS})/(?:{_PART}/)*(?:{_PART})?
      | [a-z_][\w.\-]{{0,100}}/(?:[a-z_][\w.\-]{{0,100}}/)+(?:{_PART})?
      | [a-z_][\w.\-]{{0,100}}/(?![\w/])
      | (?:{_NAMES})\b(?![(/\w])
    )""",
    re.VERBOSE,
)
URL = re.compile(r"\b[a-z][a-z0-9+.\-]{1,15}://[^\s<>\"')\]]+", re.IGNORECASE)

_MOST = 50


def split_paths(prose: str) -> tuple[tuple[str, ...], str]:
    """Take the paths out of a text.

    Returns:
        The path-like strings, each once, in order, at most 50; and the text with a
        space in the place of each of them and of each URL.
    """
    found: dict[str, None] = {}

    def keep(match: re.Match[str]) -> str:
        if len(found) < _MOST:
            found.setdefault(match[0].rstrip("."), None)
        return " "

    words = PATH.sub(keep, URL.sub(" ", prose))
    return tuple(found), words
