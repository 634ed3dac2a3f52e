"""Step 6 in words: each file with its changes, each command, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from mux_tui.core.setup.facts import Proof
from mux_tui.core.setup.writing import Carried, FilePlan, SetupPlan
from mux_tui.core.text import one_line, printable
from mux_tui.tui.glyphs import Glyphs

LOOKING = "\nWorking out what will be written."

_STYLES = {
    "+": "$diff-added on $diff-added-ground",
    "-": "$diff-removed on $diff-removed-ground",
    "@": "$diff-hunk",
}
_TRY = (
    ("mux", "the cockpit"),
    ('mux run "..." --json', "one task, for scripts"),
    ("mux claude", "Claude Code on the local model"),
    ("mux doctor", "when something is off"),
)
_COMMAND = 22


@dataclass(frozen=True)
class SummaryView:
    """Everything that the step shows."""

    model: str
    """What the local model will be; foreign."""

    plan: SetupPlan | None = None
    """None: it is being worked out."""

    proof: Proof | None = None
    carried: Carried | None = None
    """What came of writing; None: nothing was written."""


def summary_text(view: SummaryView, glyphs: Glyphs) -> Content:
    """All of it."""
    if view.plan is None:
        return Content(LOOKING)

    lines = _lines(view, view.plan, glyphs)
    return Content("\n").join(lines)


def _lines(view: SummaryView, plan: SetupPlan, glyphs: Glyphs) -> Iterator[Content]:
    if view.carried is not None:
        yield from _done(view.carried, glyphs)
        yield Content("")
    yield _model(view, glyphs)
    yield Content("")
    for file in plan.files:
        yield from _file(file, glyphs)
        yield Content("")
    for one in plan.commands:
        yield Content.assemble(
            ("> ", "$text-key"), one_line(one.words, 120), ", which runs"
        )
        yield Content(f"    {one_line(one.command, 400)}")
        undo = f"    to take it back: {one_line(one.undo, 300)}"
        yield Content.styled(undo, "$text-soft")
    if plan.changes_nothing:
        yield Content("Nothing to write: the settings say all of it already.")
    else:
        yield Content.styled("= nothing else is touched", "$text-soft")
    for note in plan.notes:
        yield Content.styled(f"{glyphs.warn} {one_line(note, 500)}", "$mark-warn")
    yield Content("")
    for command, about in _TRY:
        yield Content.assemble(
            "  ", (command.ljust(_COMMAND), "$text-key"), (about, "$text-soft")
        )


def _model(view: SummaryView, glyphs: Glyphs) -> Content:
    line = Content.assemble(("local model  ", "$text-soft"), one_line(view.model, 200))
    proof = view.proof
    if proof is None:
        return line + Content.styled("   not tried", "$text-soft")

    rate = proof.speed.writing
    told = f"{rate:,.1f} tokens/s" if rate else "it answers"
    return line + Content.styled(f"   {glyphs.good} {told}, measured", "$mark-pass")


def _file(file: FilePlan, glyphs: Glyphs) -> Iterator[Content]:
    sign, word = ("+", "new, only you can read it") if file.new else ("~", "changed")
    yield Content.assemble(
        (f"{sign} ", "$text-key"),
        (one_line(str(file.file), 300), "bold"),
        (f"   {word}", "$text-soft"),
    )
    for line in file.diff:
        text = printable(line).expandtabs(4)
        yield Content.assemble(
            (f"  {glyphs.upright} ", "$line"), (text, _STYLES.get(line[:1], ""))
        )


def _done(carried: Carried, glyphs: Glyphs) -> Iterator[Content]:
    for part in carried.parts:
        mark, style = (glyphs.good, "$mark-pass")
        word = "done"
        if not part.ok:
            mark, style, word = glyphs.bad, "$mark-fail", "NOT done"
        why = f": {one_line(part.problem, 500)}" if part.problem else ""
        yield Content.assemble(
            (f"{mark} {word}  ", style), one_line(part.what, 300), why
        )
