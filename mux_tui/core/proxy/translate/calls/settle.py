"""What becomes of a call: it is made, made although it will fail, or only shown.

A call is made when its arguments are a JSON object. An unknown tool's is made too, as
is one that its tool's schema objects to: the client answers both with an error, from
which the model learns. What is no object is never made; it is shown as text.
"""

from dataclasses import dataclass

from mux_tui.core.proxy.translate.calls.check import Bad, Mended, check
from mux_tui.core.proxy.translate.calls.names import ToolNames, safe_name
from mux_tui.core.proxy.translate.calls.objects import strict
from mux_tui.core.proxy.translate.calls.parts import Call
from mux_tui.core.wire.anthropic import Tool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call is no use."""

    tool: Tool | None
    """What was called; None: that could not be read, or there is no such tool."""

    reason: str
    """One line."""


@dataclass(frozen=True, slots=True)
class Use:
    """A call to be made."""

    name: str
    input_json: str
    repair: str = ""
    """What was mended; empty: nothing."""

    problem: Problem | None = None
    """Why it will fail; None: it need not."""


def settle(names: ToolNames, call: Call, *, cut: bool) -> Use | Problem:
    """Decide about a call.

    Args:
        names: The tools of the request.
        call: What was read.
        cut: The model was stopped, perhaps while it wrote this call.
    """
    tool = names.find(call.name)
    if call.broken or not call.name.strip():
        return Problem(tool, call.broken or "it names no tool")
    if cut and not call.arguments.strip():
        return Problem(tool, "it was cut off")

    name = tool.name if tool else safe_name(call.name)
    checked = check(tool or Tool(name), call.arguments, cut=cut)
    if isinstance(checked, Bad):
        problem = Problem(tool, checked.reason)
        if checked.input is None:
            return problem
        return Use(name, checked.text, call.mended, problem)

    repairs = [call.mended, checked.how if isinstance(checked, Mended) else ""]
    if name != call.name:
        repairs.append("its tool's name")
    return Use(name, checked.text, "; ".join(filter(None, repairs)))


def without_doubles(written: list[Use], native: list[Use]) -> list[Use]:
    """The calls of the text that the server has not told apart as well.

    Some servers tell a call apart and leave it in the text.
    """
    told = [(use.name, _plain(use.input_json)) for use in native]
    kept: list[Use] = []
    for use in written:
        key = (use.name, _plain(use.input_json))
        if key in told:
            told.remove(key)
        else:
            kept.append(use)

    return kept


def _plain(input_json: str) -> object:
    return strict(input_json)
