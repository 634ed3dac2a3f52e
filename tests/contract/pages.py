"""What people are told: the pages, and the commands, links and anchors in them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}.*\n|\n(?= {4}))+", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_INNER = re.compile(r"\$\((mux [^()]*)\)")
_OPERATOR = re.compile(r"[();<>|&]+")


@dataclass(frozen=True)
class Page:
    """One page."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """From the project's directory on."""
        return str(self.path.relative_to(ROOT))

    @property
    def prose(self) -> str:
        """All but blocks of code."""
        return _INDENTED.sub("\n", _BLOCK.sub("", self.text))

    @property
    def spans(self) -> list[str]:
        """What stands in backticks within the prose, each on one line."""
        paragraphs = self.prose.split("\n\n")
        return [" ".join(s.split()) for p in paragraphs for s in _SPAN.findall(p)]

    @property
    def headings(self) -> list[str]:
        """The headings, without their marks."""
        found = re.findall(r"^#+ +(.+?) *$", _BLOCK.sub("", self.text), re.MULTILINE)
        return list(map(str, found))

    @property
    def anchors(self) -> set[str]:
        """What a link can name behind its `#`."""
        found: set[str] = set()
        for heading in self.headings:
            kept = (c for c in heading.lower() if c.isalnum() or c in "-_ ")
            anchor, number = "".join(kept).replace(" ", "-"), 0
            while (name := f"{anchor}-{number}" if number else anchor) in found:
                number += 1
            found.add(name)
        return found

    @property
    def links(self) -> list[str]:
        """Targets of links and pictures that lead to no other host."""
        found = re.findall(r"\]\(([^)\s]+)\)", _BLOCK.sub("", self.text))
        return [one for one in map(str, found) if "://" not in one]

    def commands(self) -> list[list[str]]:
        """The words of every `mux …` that can be typed, without the `mux`."""
        return [words for line in _typed(self.text) for words in calls(line)]


def pages() -> list[Page]:
    """All of them."""
    files = [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "themes/README.md")),
        *sorted((ROOT / "docs").glob("*.md")),
    ]
    return [Page(file, file.read_text(encoding="utf-8")) for file in files]


GENERATED = ("docs/cli.md", "docs/json.md", "docs/configuration.md")
"""Pages made from the code."""


def _typed(text: str) -> Iterator[str]:
    """The lines in blocks of code that are typed, and not printed."""
    for _, language, block in _BLOCK.findall(text):
        if language == "text":
            # How something is called, and no example.
            continue
        lines = _joined(block)
        typed = [line[2:] for line in lines if line.startswith("$ ")]
        yield from typed or [line for line in lines if "mux " in line]
    for block in _INDENTED.findall(_BLOCK.sub("", text)):
        yield from (line.strip() for line in _joined(block) if "mux " in line)


def _joined(block: str) -> list[str]:
    """The lines of a block, those that end in a backslash with the next one."""
    return re.sub(r" *\\\n *", " ", block).splitlines()


def calls(line: str) -> Iterator[list[str]]:
    """The words behind each `mux` in a line of shell; none: the line is none."""
    for inner in _INNER.findall(line):
        yield from calls(inner)
    line = _INNER.sub("inner", line)
    try:
        # A column of explanations begins after two blanks.
        words = _words(line) or _words(re.split(r" {2,}", line)[0])
    except ValueError:
        words = _words(re.split(r" {2,}", line)[0])
    for stage in _stages(words):
        while stage and re.match(r"[A-Z_]+=", stage[0]):
            stage = stage[1:]
        if stage and stage[0] == "mux":
            yield _without_column(line, stage)


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def _without_column(line: str, stage: list[str]) -> list[str]:
    """The words of a stage, without what is explained in a column beside it."""
    first = re.split(r" {2,}", line)[0]
    if first != line and first.startswith("mux "):
        return next(_stages(_words(first)))[1:]
    return stage[1:]


def _stages(words: list[str]) -> Iterator[list[str]]:
    """The parts of a pipeline, without where they read from and write to."""
    stage: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif not _OPERATOR.fullmatch(word):
            stage.append(word)
        elif set(word) <= {"<", ">", "&"} and word not in ("&", "&&"):
            skip = True
        else:
            yield stage
            stage = []
    yield stage
