"""Which files a task most likely means, by the names in it."""

import re
from collections.abc import Collection, Mapping, Sequence

_NAME = re.compile(r"[A-Za-z_$][\w$]{2,79}")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_COMMON = frozenset(
    """
    the and for with from that this have has not are was were but you your our its can
    add all any use used uses using make makes made new old fix fixes fixed bug bugs
    file files code function functions method methods class classes test tests error
    errors should would could must when where which what why how into out get set does
    change changes changed update updates updated write writes remove removes line
    lines value values return returns name names type types please then than also only
    run runs show shows work works instead them they there here some every each after
    before project module implement create delete rename support
    """.split()
)
_SYMBOL, _STEM, _STEM_PART, _FOLDER, _IN_FOLDER = 10, 8, 3, 1, 4


def ranked(
    task: str,
    paths: Collection[str],
    symbols: Mapping[str, Sequence[str]],
    folders: Collection[str] = (),
) -> list[str]:
    """The files that have something to do with a task, the likeliest first.

    Args:
        task: The user's words.
        paths: The project's files.
        symbols: The top-level names of those files that could be read.
        folders: Directories that the task names.
    """
    names = frozenset(_NAME.findall(task))
    words = frozenset(word for name in names for word in _words(name))
    scores = {
        path: _score(path, names, words, symbols.get(path, ()), folders)
        for path in paths
    }
    found = [path for path, score in scores.items() if score > 0]
    return sorted(found, key=lambda path: (-scores[path], path.count("/"), path))


def _score(
    path: str,
    names: frozenset[str],
    words: frozenset[str],
    symbols: Sequence[str],
    folders: Collection[str],
) -> int:
    *above, last = path.split("/")
    stem = last.partition(".")[0] or last
    wanted = [name for name in symbols if name in names and _is_telling(name)]
    score = _SYMBOL * min(len(wanted), 3)
    if len(stem) > 2 and (stem in names or stem.casefold() in words):
        score += _STEM
    else:
        score += _STEM_PART * len(words.intersection(_words(stem)))
    score += _FOLDER * len(words.intersection(part.casefold() for part in above))
    if any(path.startswith(f"{folder}/") for folder in folders):
        score += _IN_FOLDER

    return score


def _is_telling(name: str) -> bool:
    return name.casefold() not in _COMMON


def _words(name: str) -> set[str]:
    """The words that a name is made of: `readConfig_v2` of `read` and `config`."""
    parts = {part.casefold() for part in _PARTS.findall(name)} | {name.casefold()}
    return {part for part in parts if len(part) > 2 and part not in _COMMON}
