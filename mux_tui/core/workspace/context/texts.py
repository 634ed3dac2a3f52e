"""Reading the files that may be shown, each at most once, and saying why not."""

from dataclasses import dataclass, field

from mux_tui.core.text import one_line
from mux_tui.core.wire.control_tokens import disarmed
from mux_tui.core.workspace.context.facts import NotIncluded, Question, Sources
from mux_tui.core.workspace.context.symbols import has_symbols, symbols_of

LARGEST = 512 * 1024
_MOST_READ = 4_000
_MOST_BYTES = 24 * 1024 * 1024
_MINIFIED = 2_000


@dataclass
class Texts:
    """The files of a project as texts."""

    sources: Sources
    question: Question
    left_out: dict[str, NotIncluded] = field(default_factory=lambda: {})
    _known: dict[str, str | None] = field(default_factory=lambda: {})

    def visible(self) -> list[str]:
        """The paths that a model may see, in order."""
        return [path for path in sorted(self.sources.sizes) if not self._hidden(path)]

    def text(self, path: str, asked: bool = True) -> str | None:
        """A file's text; None: it is not shown.

        Args:
            path: One of the project's.
            asked: Whether the user is told why it is not shown.
        """
        if path not in self._known:
            self._known[path] = None
            why = self._hidden(path) or self._take(path)
            if why and asked:
                self.leave_out(path, why)
        elif self._known[path] is None and asked and path not in self.left_out:
            self.leave_out(path, self._hidden(path) or self._take(path))

        return self._known[path]

    def leave_out(self, path: str, why: str) -> None:
        """Note that a file is not shown."""
        self.left_out[path] = NotIncluded(path, why)

    def symbols(self, paths: list[str]) -> dict[str, tuple[str, ...]]:
        """The top-level names of as many of the files as are quickly read."""
        found: dict[str, tuple[str, ...]] = {}
        left = _MOST_BYTES
        readable = [path for path in paths if has_symbols(path)]
        for path in readable[:_MOST_READ]:
            left -= min(self.sources.sizes[path], LARGEST)
            if left < 0:
                break
            text = self.text(path, asked=False)
            if text and (names := symbols_of(path, text)):
                found[path] = names

        return found

    def _hidden(self, path: str) -> str:
        if self.question.is_secret(path):
            return "is kept from models, by its name"
        if one_line(path, 4096) != path or disarmed(path) != path:
            return "has a name that cannot be shown plainly"

        return ""

    def _take(self, path: str) -> str:
        """Read a file; returns why it is not shown."""
        if self.sources.sizes[path] > LARGEST:
            return f"is larger than {LARGEST:,} bytes"
        content = self.sources.read(path)
        if content is None:
            return "cannot be read"
        if b"\0" in content[:65536]:
            return "is no text"
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return "is no text in UTF-8"
        if why := _unfit(text):
            return why
        self._known[path] = text
        return ""


def _unfit(text: str) -> str:
    if disarmed(text) != text:
        return "holds words that a model takes for the ends of turns"
    lines = text.count("\n") + 1
    if len(text) > 20 * _MINIFIED and len(text) / lines > _MINIFIED:
        return "has lines that no person wrote"

    return ""
