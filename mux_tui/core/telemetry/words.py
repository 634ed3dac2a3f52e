"""Foreign text as it may be told: without credentials, bounded, and without paths."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

from mux_tui.core.redact import redact
from mux_tui.core.telemetry.facts import Attributes, Value
from mux_tui.core.text import one_line, printable

_NAME_LENGTH = 120
_LINE_LENGTH = 500
_TEXT_LENGTH = 16_000


def name(text: str) -> str:
    """The name of a model, a conversation, …; of a path only its last part."""
    if text.startswith(("/", "~", "./", "../")):
        text = PurePosixPath(text).name
    elif "\\" in text or text[1:3] == ":/":
        text = PureWindowsPath(text).name
    return one_line(redact(text), _NAME_LENGTH)


def line(text: str) -> str:
    """A sentence."""
    return one_line(redact(text), _LINE_LENGTH)


def message(role: str, text: str, finish_reason: str = "") -> str:
    """One message as the conventions write messages: JSON."""
    # Cut first, for looking through megabytes takes long; what is left of a credential
    # at that cut is gone after the second one.
    shown = printable(redact(text[: 4 * _TEXT_LENGTH]))
    if len(shown) > _TEXT_LENGTH:
        shown = f"{shown[:_TEXT_LENGTH]}…"
    told: dict[str, object] = {
        "role": role,
        "parts": [{"type": "text", "content": shown}],
    }
    if finish_reason:
        told["finish_reason"] = finish_reason
    return json.dumps([told], ensure_ascii=False)


def known(attributes: Mapping[str, Value | None]) -> Attributes:
    """The attributes that have a value; an empty text is none."""
    return {
        key: value
        for key, value in attributes.items()
        if value is not None and value != ""
    }
