"""Step 1 in words: the machine's facts, its memory as a bar, and servers that run."""

from collections.abc import Iterator

from textual.content import Content

from mux_tui.core.catalog.sizes import gib
from mux_tui.core.setup.facts import FoundServer, HardwareFound
from mux_tui.core.text import one_line
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.widgets.hardware.letters import letters

LOOKING = """
Looking at this machine: chip, memory, disk, and model servers that run here.

Nothing is started or changed by it."""

_NAME = 13
_MOST_BAR = 60
_SERVER = 28


def machine_text(found: HardwareFound, glyphs: Glyphs, width: int) -> Content:
    """All of it, for lines of so many columns."""
    return letters(Content("\n").join(_lines(found, glyphs, width)), glyphs)


def _lines(found: HardwareFound, glyphs: Glyphs, width: int) -> Iterator[Content]:
    for name, value, source in found.lines:
        yield _fact(name, value, source, width)
    yield Content("")
    yield from _memory(found, glyphs, width)
    yield Content("")
    yield Content.styled("Model servers at their usual places", "bold")
    if not any(server.answers for server in found.servers):
        yield Content("  none runs; mux starts one of its own")
    for server in found.servers:
        if server.answers or width >= _MOST_BAR:
            yield _server(server, glyphs)


def _fact(name: str, value: str, source: str, width: int) -> Content:
    line = Content.assemble(
        (one_line(name, _NAME - 1).ljust(_NAME), "$text-soft"), one_line(value, 200)
    )
    told = one_line(source, 60)
    gap = width - line.cell_length - len(told) - 1
    if not told or gap < 2:
        return line

    return line + Content.styled(" " * gap + told, "$text-faint")


def _memory(found: HardwareFound, glyphs: Glyphs, width: int) -> Iterator[Content]:
    capacity = found.capacity
    budget = capacity.budget
    cells = min(width - _NAME - 12, _MOST_BAR)
    if cells > 0 and capacity.ram:
        share = budget.bytes / capacity.ram
        ours = round(min(max(share, 0.0), 1.0) * cells)
        yield Content.assemble(
            ("memory".ljust(_NAME), "$text-soft"),
            (glyphs.dark * ours, "$bar-fill"),
            (glyphs.empty * (cells - ours), "$bar-track"),
            f" {gib(capacity.ram)}",
        )
    guess = "about " if budget.estimated else ""
    yield Content.assemble(
        " " * _NAME,
        (f"{glyphs.dark} ", "$bar-fill"),
        f"{guess}{gib(budget.bytes)} for a model",
        (f"   {one_line(budget.source, 90)}", "$text-faint"),
    )


def _server(server: FoundServer, glyphs: Glyphs) -> Content:
    mark, style, told = glyphs.off, "$mark-idle", "not running"
    if server.usable:
        count = len(server.models)
        models = f"{count} model" + ("" if count == 1 else "s")
        mark, style, told = glyphs.on, "$mark-pass", f"runs, with {models}"
    elif server.answers:
        mark, style, told = glyphs.warn, "$mark-warn", one_line(server.problem, 120)
    address = server.base_url.removeprefix("http://").removesuffix("/v1")
    name = one_line(server.name, _SERVER - 1).ljust(_SERVER)
    return Content.assemble(
        (f"  {mark} ", style),
        name,
        (f"{one_line(address, 40):<18} ", "$text-soft"),
        told,
    )
