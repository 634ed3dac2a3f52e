"""Calls that a model writes into its text: found, checked and mended.

`CallParser` takes text in any split and gives back text and calls; `check` holds a
call's arguments against its tool's schema.
"""

from mux_tui.core.proxy.translate.calls.check import (
    Bad,
    Checked,
    Good,
    Mended,
    check,
)
from mux_tui.core.proxy.translate.calls.names import ToolNames
from mux_tui.core.proxy.translate.calls.parser import CallParser
from mux_tui.core.proxy.translate.calls.parts import Call, Part, Text
from mux_tui.core.proxy.translate.calls.reask import reask_instruction

__all__ = [
    "Bad",
    "Call",
    "CallParser",
    "Checked",
    "Good",
    "Mended",
    "Part",
    "Text",
    "ToolNames",
    "check",
    "reask_instruction",
]
