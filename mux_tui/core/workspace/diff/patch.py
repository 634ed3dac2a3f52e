"""Changes as text that `git apply` takes."""

from collections.abc import Iterable, Iterator

from mux_tui.core.change import FileChange
from mux_tui.core.workspace.diff.hunks import CONTEXT, Hunk, Line, hunks, is_binary

_SIGNS = {"context": " ", "added": "+", "removed": "-"}
_NO_NEWLINE = "\\ No newline at end of file\n"
_ESCAPES = {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
}


def patch(changes: Iterable[FileChange], context: int = CONTEXT) -> str:
    """All changes as one unified diff."""
    return "".join(unified(change, context) for change in changes)


def unified(
    change: FileChange, context: int = CONTEXT, was_executable: bool | None = None
) -> str:
    """One change as a unified diff in git's form, in which every line ends with `\\n`.

    Of a binary file it says only that it differs, which git cannot apply.

    Args:
        change: What changes.
        context: How many unchanged lines to show around a change.
        was_executable: Whether the file could be executed before; None: as after.
    """
    old, new = _quoted(f"a/{change.path}"), _quoted(f"b/{change.path}")
    modes = list(_modes(change, was_executable))
    if change.before == change.after and not modes:
        return ""

    head = "".join([f"diff --git {old} {new}\n", *modes])
    if is_binary(change.before) or is_binary(change.after):
        return f"{head}Binary files {old} and {new} differ\n"

    found = hunks(change.before, change.after, context)
    if not found:
        return head

    before = "/dev/null" if change.before is None else _ended(old)
    after = "/dev/null" if change.after is None else _ended(new)
    body = "".join(_hunk(hunk) for hunk in found)
    return f"{head}--- {before}\n+++ {after}\n{body}"


def _modes(change: FileChange, was_executable: bool | None) -> Iterator[str]:
    mode = "100755" if change.executable else "100644"
    if change.before is None and change.after is not None:
        yield f"new file mode {mode}\n"
    elif change.after is None and change.before is not None:
        yield f"deleted file mode {mode}\n"
    elif was_executable is not None and was_executable != change.executable:
        yield f"old mode {'100755' if was_executable else '100644'}\n"
        yield f"new mode {mode}\n"


def _hunk(hunk: Hunk) -> str:
    return f"{hunk.header}\n" + "".join(_line(line) for line in hunk.lines)


def _line(line: Line) -> str:
    text = f"{_SIGNS[line.kind]}{line.text}\n"
    return text if line.ended else text + _NO_NEWLINE


def _quoted(name: str) -> str:
    """As git quotes names; other characters than ASCII stay as they are."""
    safe = "".join(
        _ESCAPES.get(ord(sign), f"\\{ord(sign):03o}" if _is_control(sign) else sign)
        for sign in name
    )
    return name if safe == name else f'"{safe}"'


def _is_control(sign: str) -> bool:
    return sign < " " or sign == "\x7f"


def _ended(name: str) -> str:
    """A tab tells where a name with spaces ends."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name
