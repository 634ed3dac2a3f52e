"""The JSON shapes in which models write a call, read into name and arguments."""

import json
import re
from typing import Any, NamedTuple

from mux_tui.core.proxy.translate.calls.mend import mend
from mux_tui.core.proxy.translate.calls.objects import NotStrict, strict
from mux_tui.core.wire.documents import as_list, as_object, as_text

_NAME_KEYS = ("name", "tool_name", "tool")
_ARGUMENT_KEYS = ("arguments", "parameters", "input", "args")
_OWN_KEYS = frozenset({*_NAME_KEYS, *_ARGUMENT_KEYS, "type", "id", "function"})
_NAME = re.compile(r"""["'](?:name|tool_name|tool)["']\s*:\s*["']([\w.:/-]{1,128})""")
_MOST_HEAD = 400


class Written(NamedTuple):
    """A call, as its JSON says it."""

    name: str
    arguments: str
    """JSON text; empty: it has none."""

    bare: bool
    """Whether it has a name, arguments, and nothing that is no part of a call."""


def read_calls(value: object) -> list[Written]:
    """The calls that a JSON value holds; empty: it is something else."""
    if isinstance(value, list):
        calls = [_call(as_object(item)) for item in as_list(value)]  # pyright: ignore[reportUnknownArgumentType]
        known = [call for call in calls if call]
        return known if len(known) == len(calls) else []

    call = _call(as_object(value))
    return [call] if call else []


def read_body(body: str, cut: bool) -> tuple[list[Written], str]:
    """The calls in the JSON text `body`, and what had to be mended.

    Args:
        body: What stands between the marks.
        cut: The text ends because the model was stopped.
    """
    try:
        return read_calls(strict(body)), ""
    except NotStrict:
        mended = mend(body, cut)
    if mended is None:
        return [], ""

    calls = read_calls(mended.value)
    # Guessed JSON without arguments is no call that one may make.
    return ([] if not all(c.arguments for c in calls) else calls), mended.how


def name_in(body: str) -> str:
    """The tool's name in JSON that cannot be read; empty: there is none."""
    found = _NAME.search(body, 0, _MOST_HEAD)
    return found[1] if found else ""


def _call(item: dict[str, Any]) -> Written | None:
    inner = as_object(item.get("function"))
    said = inner or item
    names = [said[key] for key in _NAME_KEYS if key in said]
    if not names and isinstance(item.get("function"), str):
        names = [item["function"]]
    if not names or not as_text(names[0]).strip():
        return None

    given = [said[key] for key in _ARGUMENT_KEYS if key in said]
    bare = bool(given) and set(item) | set(said) <= _OWN_KEYS
    return Written(as_text(names[0]).strip(), _text(given[:1]), bare)


def _text(given: list[Any]) -> str:
    if not given or given[0] is None:
        return ""

    value = given[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
