"""A call's arguments, held against its tool's schema.

What is plainly meant is mended and said. What cannot be mended is `Bad`; it still has
an input if it is a JSON object, for the client can tell the model what is wrong with
that.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mux_tui.core.proxy.translate.calls.fit import fit
from mux_tui.core.proxy.translate.calls.mend import mend
from mux_tui.core.proxy.translate.calls.objects import NotStrict, closers, strict
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic import Tool
from mux_tui.core.wire.surrogates import SurrogateJoiner

_MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Good:
    """The arguments are right as they are."""

    input: dict[str, Any]
    text: str
    """The input as strict JSON, encodable."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The arguments are right now."""

    input: dict[str, Any]
    text: str
    how: str
    """What was wrong with them."""


@dataclass(frozen=True, slots=True)
class Bad:
    """The arguments cannot be used, or not without asking."""

    reason: str
    """One line, for the model and for the record."""

    input: dict[str, Any] | None = None
    """None: they are no JSON object."""

    text: str = ""
    """The input as strict JSON; empty: there is none."""


Checked = Good | Mended | Bad


def check(tool: Tool, arguments_json: str, *, cut: bool = False) -> Checked:
    """Check a call.

    Args:
        tool: What is called. A tool without a schema takes any object.
        arguments_json: The arguments' JSON text; empty stands for no arguments.
        cut: The model was stopped while it wrote them: nothing may be added.
    """
    text = _joined(arguments_json).strip() or "{}"
    read = _read(text, cut)
    if isinstance(read, Bad):
        return read

    given, how = read
    fitted, changes = fit(given, tool.schema)
    how = "; ".join(filter(None, (how, changes)))
    text = _text(fitted) if how else text
    if reason := _objection(fitted, tool.schema):
        return Bad(reason, fitted, text)
    return Mended(fitted, text, how) if how else Good(fitted, text)


def _read(text: str, cut: bool) -> tuple[dict[str, Any], str] | Bad:
    try:
        value, how = strict(text), ""
    except NotStrict:
        mended = mend(text, cut)
        if mended is None:
            whole = closers(text) == ""
            return Bad("the arguments are not JSON" if whole else _incomplete(text))
        value, how = mended.value, f"mended {mended.how}"

    if isinstance(value, str):
        value, how = _unpacked(value), "the arguments were JSON inside a string"
    if not isinstance(value, dict):
        return Bad("the arguments are not a JSON object")
    return value, how  # pyright: ignore[reportUnknownVariableType]


def _incomplete(text: str) -> str:
    if text[:1] in ("{", "["):
        return "the arguments end in the middle of their JSON"

    return "the arguments are not JSON"


def _unpacked(text: str) -> Any:
    try:
        return strict(text)
    except NotStrict:
        return None


def _text(value: dict[str, Any]) -> str:
    return _joined(json.dumps(value, ensure_ascii=False))


def _joined(text: str) -> str:
    """Halves of characters, which servers send one at a time, made whole."""
    joiner = SurrogateJoiner()
    return joiner.feed(text) + joiner.flush()


def _objection(value: dict[str, Any], schema: dict[str, Any]) -> str:
    """What the schema has against an input; empty: nothing."""
    if not schema:
        return ""
    try:
        validator = _validator(json.dumps(schema, sort_keys=True))
        errors = validator.iter_errors(value) if validator else iter(())
        first: Any = next(iter(errors), None)
    except Exception:  # A third party's code, run on a client's schema.
        return ""
    if first is None:
        return ""

    place = ".".join(str(part) for part in first.absolute_path)
    said = f"{place}: {first.message}" if place else str(first.message)
    return one_line(said, _MOST_REASON)


@lru_cache(maxsize=256)
def _validator(schema_json: str) -> Any:
    """A validator for a schema; None: it is no schema."""
    # Imported late: it costs more than most answers do.
    from jsonschema import Draft202012Validator, SchemaError, validators
    from referencing import Registry

    schema = json.loads(schema_json)
    kind: Any = validators.validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError:
        return None

    # A client's pattern may run for ever, and the client checks it anyway. An empty
    # registry: no reference is ever fetched.
    extend: Any = validators.extend  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    nothing: Registry[Any] = Registry()
    return extend(kind, {"pattern": _unchecked})(schema, registry=nothing)


def _unchecked(*_: object) -> tuple[()]:
    return ()
