"""Choosing what a model sees, in the order of what it needs most.

First what the task names, then what a failing test names, then what the task most
likely means; a map of the whole comes before all of it. The same project and the same
question give the same text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mux_tui.core.text import printable
from mux_tui.core.wire.control_tokens import disarmed
from mux_tui.core.workspace.context.excerpt import excerpt, tail
from mux_tui.core.workspace.context.facts import (
    Context,
    Included,
    NotIncluded,
    Question,
    Sources,
)
from mux_tui.core.workspace.context.fenced import SAID, fenced, fresh
from mux_tui.core.workspace.context.mentions import (
    Mention,
    Mentions,
    Names,
    files_testing,
    mentions_in,
)
from mux_tui.core.workspace.context.outline import outline
from mux_tui.core.workspace.context.ranking import ranked
from mux_tui.core.workspace.context.texts import Texts

_FOR_FAILING = 0.25
_FOR_MAP = 0.25
_FOR_ONE_LIKELY = 0.5
_LEAST_ROOM = 60
"""Tokens. With less left, nothing more is begun."""

_MOST_LIKELY = 12
_MOST_LEFT_OUT = 50


def gather(question: Question, sources: Sources) -> Context:
    """Choose what a model sees of a project; reads files, so call it in a thread.

    Args:
        question: The task, and how many tokens may be used.
        sources: The files that there are.
    """
    chosen = _Chosen(question, Texts(sources, question))
    return chosen.context()


@dataclass
class _Chosen:
    question: Question
    texts: Texts
    included: list[Included] = field(default_factory=lambda: [])
    _sections: list[tuple[str, str]] = field(default_factory=lambda: [])
    """Title and text of each, in the order in which they are shown."""

    _left: int = 0

    def context(self) -> Context:
        question, sources = self.question, self.texts.sources
        self._left = question.budget - question.count(SAID + question.nonce)
        names = Names(sources.sizes)
        named = mentions_in(question.task, names, sources.roots)
        failing = mentions_in(question.failing, names, sources.roots)
        for path in named.unknown:
            self.texts.leave_out(path, "is no file of the work directory")

        visible = self.texts.visible()
        by_name = ranked(question.task, visible, {}, named.folders)
        symbols = self.texts.symbols(list(dict.fromkeys((*by_name, *visible))))
        room = int(max(0, self._left) * _FOR_MAP)
        map_text, mapped = outline(visible, symbols, room, question.count)
        self._add("map of the project: files and what they define", map_text)
        self._add_failing()
        self._add_named(named, failing)
        likely = ranked(question.task, visible, symbols, named.folders)
        self._add_likely(_tests_of(self.included, sources), likely)
        return self._written(mapped)

    def _add_failing(self) -> None:
        text = disarmed(printable(self.question.failing)).strip("\n")
        room = int(max(0, self._left) * _FOR_FAILING)
        self._add("what failed", tail(text, room, self.question.count))

    def _add_named(self, named: Mentions, failing: Mentions) -> None:
        wanted = [(one, "is named in the task") for one in named.files]
        wanted += [(one, "is named by what failed") for one in _newest(failing)]
        for mention, why in wanted:
            if not self._has(mention.path):
                self._add_file(mention, why, self._left)

    def _add_likely(self, tests: Sequence[str], likely: Sequence[str]) -> None:
        wanted = [(path, "tests a file that is named") for path in tests]
        wanted += [(path, "is likely meant") for path in likely]
        begun = len(self.included)
        for path, why in wanted:
            if len(self.included) - begun >= _MOST_LIKELY or self._left < _LEAST_ROOM:
                break
            if not self._has(path):
                room = int(self._left * _FOR_ONE_LIKELY)
                self._add_file(Mention(path), why, room, whole_only=True)

    def _has(self, path: str) -> bool:
        return any(one.path == path for one in self.included)

    def _add_file(
        self, mention: Mention, why: str, room: int, whole_only: bool = False
    ) -> None:
        """Add a file, whole if there is room for it."""
        path = mention.path
        text = self.texts.text(path, asked=not whole_only)
        if text is None:
            return
        count = self._counter(path)
        shown = text if count(text) <= room else ""
        if not shown and text and not whole_only and room >= _LEAST_ROOM:
            shown = excerpt(text, mention.lines, room, count)
        if text and not shown:
            self.texts.leave_out(path, "there is no room for it")
            return
        tokens = count(shown)
        self.included.append(Included(path, tokens, why, whole=shown == text))
        part = "" if shown == text else " (a part of it)"
        self._sections.append((f"file {path}{part}", shown))
        self._left -= tokens

    def _counter(self, title: str) -> Callable[[str], int]:
        """Counts a text with the marks around it."""

        def count(text: str) -> int:
            whole = fenced(f"file {title} (a part of it)", text, self.question.nonce)
            return self.question.count(whole)

        return count

    def _add(self, title: str, text: str) -> None:
        if text:
            self._sections.append((title, text))
            marked = fenced(title, text, self.question.nonce)
            self._left -= self.question.count(marked)

    def _written(self, mapped: int) -> Context:
        left_out = tuple(self.texts.left_out.values())[:_MOST_LEFT_OUT]
        left_out = tuple(one for one in left_out if not self._has(one.path))
        sections = list(self._sections)
        while True:
            text = self._joined(sections)
            tokens = self.question.count(text)
            # Tokens of parts do not add up to those of the whole, for every function.
            if tokens <= self.question.budget or not sections:
                break
            title, _ = sections.pop()
            left_out = (*left_out, *self._dropped(title))

        return Context(text, tokens, tuple(self.included), left_out, mapped)

    def _joined(self, sections: Sequence[tuple[str, str]]) -> str:
        if not sections:
            return ""
        mark = fresh(self.question.nonce, (part for one in sections for part in one))
        written = [fenced(title, text, mark) for title, text in sections]
        return "\n".join((SAID.format(mark=mark), *written))

    def _dropped(self, title: str) -> tuple[NotIncluded, ...]:
        if not title.startswith("file "):
            return ()
        gone = self.included.pop()
        return (NotIncluded(gone.path, "there is no room for it"),)


def _newest(failing: Mentions) -> list[Mention]:
    """What a traceback names last is nearest to the fault."""
    return list(reversed(failing.files))


def _tests_of(included: Sequence[Included], sources: Sources) -> list[str]:
    found: dict[str, None] = {}
    for one in included:
        found.update(dict.fromkeys(files_testing(one.path, sources.sizes)))

    return list(found)
