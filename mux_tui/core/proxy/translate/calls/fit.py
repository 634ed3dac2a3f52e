"""A call's input, made to fit its tool's schema where the meaning is plain."""

import json
import re
from typing import Any

from mux_tui.core.proxy.translate.calls.values import as_typed, types_of
from mux_tui.core.wire.documents import as_list, as_object

# What models call a parameter that the tool calls by the first name.
_ALIASES: dict[str, frozenset[str]] = {
    "file_path": frozenset({"path", "file", "filename", "file_name", "filepath"}),
    "path": frozenset({"file_path", "filepath", "directory", "dir", "folder"}),
    "command": frozenset({"cmd", "bash_command", "shell_command"}),
    "content": frozenset({"contents", "file_content", "text"}),
    "old_string": frozenset({"old_str", "old_text", "old"}),
    "new_string": frozenset({"new_str", "new_text", "new", "replacement"}),
    "pattern": frozenset({"query", "regex", "glob"}),
    "query": frozenset({"q", "search", "search_query"}),
    "url": frozenset({"uri", "link"}),
    "prompt": frozenset({"task", "instruction", "instructions"}),
}
_MARKS = re.compile(r"[^a-z0-9]")


def fit(given: dict[str, Any], schema: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Make an input fit.

    Returns:
        The input, and what was changed; empty: nothing.
    """
    properties = as_object(schema.get("properties"))
    required = [key for key in as_list(schema.get("required")) if isinstance(key, str)]
    changes: list[str] = []
    fitted = _renamed(given, properties, required, changes)
    if properties and schema.get("additionalProperties") is False:
        fitted = _known(fitted, properties, changes)

    result: dict[str, Any] = {}
    for key, value in fitted.items():
        rule = properties.get(key)
        if value is None and key not in required and _not_null(rule):
            changes.append(f"dropped the empty {key}")
            continue
        result[key] = _typed(value, rule)
        if result[key] is not value:
            changes.append(f"made {key} a {_kind(result[key])}")

    return result, "; ".join(changes)


def _renamed(
    given: dict[str, Any],
    properties: dict[str, Any],
    required: list[str],
    changes: list[str],
) -> dict[str, Any]:
    """Give what is missing the one value whose name can only mean it."""
    unknown = [key for key in given if key not in properties]
    missing = [key for key in required if key in properties and key not in given]
    names: dict[str, str] = {}
    for key in missing:
        meant = [other for other in unknown if _means(other, key)]
        if len(meant) == 1 and meant[0] not in names:
            names[meant[0]] = key
            changes.append(f"{meant[0]} is {key}")

    return {names.get(key, key): value for key, value in given.items()}


def _means(other: str, key: str) -> bool:
    return _plain(other) == _plain(key) or other.lower() in _ALIASES.get(key, ())


def _plain(name: str) -> str:
    return _MARKS.sub("", name.lower())


def _known(
    given: dict[str, Any], properties: dict[str, Any], changes: list[str]
) -> dict[str, Any]:
    extra = [key for key in given if key not in properties]
    changes += [f"dropped the unknown {key[:40]}" for key in extra]
    return {key: value for key, value in given.items() if key in properties}


def _typed(value: Any, rule: object) -> Any:
    """The same object back, if there is nothing to change."""
    if isinstance(value, str):
        return as_typed(value, rule)

    is_number = isinstance(value, (int, float))
    if is_number and types_of(rule) == frozenset({"string"}):
        return json.dumps(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        types = types_of(rule)
        return int(value) if "integer" in types and "number" not in types else value
    return value


def _not_null(rule: object) -> bool:
    types = types_of(rule)
    return bool(types) and "null" not in types


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "truth value"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return "JSON value"
