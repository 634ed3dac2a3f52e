"""What stands at the top of a review: whose changes, how they are proved, where to."""

from textual.content import Content

from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Route, Verdict
from mux_tui.core.text import one_line
from mux_tui.core.work import Work
from mux_tui.tui.glyphs import Glyphs
from mux_tui.tui.story_files import files_text, lines_text
from mux_tui.tui.widgets.changes.facts import Section
from mux_tui.tui.widgets.changes.kept import Kept

_PROVED = {
    "pass": ("good", "$mark-pass"),
    "fail": ("bad", "$mark-fail"),
    "unknown": ("off", "$mark-warn"),
}
_ID = 6
_COUNTED: tuple[tuple[str, str], ...] = (
    ("blocked", "blocked"),
    ("warnings", "warning"),
    ("review", "finding"),
)


def figures_text(work: Work) -> str:
    """`+14 -3`."""
    return lines_text(work.added, work.removed)


def heading(question: str, run_id: str, route: Route | None, model: str) -> str:
    """What is asked, of which run, and who made it; may be foreign text."""
    who = " ".join(part for part in (route or "", model) if part)
    return f"{question}  {run_id[-_ID:]}{', ' if who else ''}{who}"


def proved(verdict: Verdict | None, glyphs: Glyphs, limit: int = 60) -> Content:
    """What proves it, in a few words."""
    if verdict is None:
        return Content.styled(f"{glyphs.off} not proved", "$mark-warn")

    mark, colour = _PROVED[verdict.status]
    word = "not proved: " if verdict.status == "unknown" else ""
    told = f"{getattr(glyphs, mark)} {word}{one_line(verdict.summary, limit)}"
    return Content.styled(told, colour)


def kept_text(kept: Kept, verdict: Verdict | None) -> str:
    """How much is kept; empty: all of it."""
    if kept.count == kept.total:
        return ""
    if not kept.count:
        return "nothing is kept: x rejects all of it"

    parts = f"{kept.count} of {kept.total} parts kept, in {files_text(kept.files)}"
    proof = verdict is not None and verdict.status == "pass"
    return f"{parts}; kept part not proved on its own" if proof else parts


def head_lines(proposal: Proposal, kept: Kept, place: str, glyphs: Glyphs) -> Content:
    """Under the title of a wide review."""
    work, dot = proposal.work, f" {glyphs.dot} "
    root = Content.styled("work dir ", "$text-soft") + Content(one_line(place, 60))
    safe = f"nothing outside of it{dot}u takes it back afterwards"
    count = len(proposal.changes.changes)
    size = Content(f"{figures_text(work)} in {files_text(count)}")
    first = root + Content.styled(f"   {safe}", "$text-soft")
    second = size + Content("   ") + proved(proposal.verdict, glyphs)
    return Content("\n").join([first, second, *_warned(proposal, kept)])


def brief_lines(
    proposal: Proposal,
    kept: Kept,
    place: str,
    sections: tuple[Section, ...],
    glyphs: Glyphs,
) -> Content:
    """All of that in two lines, for small screens."""
    count = len(proposal.changes.changes)
    first = (
        Content.styled(f" Write {files_text(count)}? ", "bold")
        + Content(f"{proposal.run_id[-_ID:]} {proposal.route} ")
        + proved(proposal.verdict, glyphs, 24)
        + Content(f"  {figures_text(proposal.work)}  ")
        + Content.styled(one_line(place, 40), "$text-soft")
    )
    warned = _warned(proposal, kept)
    counts = counts_text(sections)
    if not warned and counts:
        warned = [Content.styled(f"{counts}: ? shows all", "$mark-warn")]
    safe = Content.styled("nothing outside of the work dir is touched", "$text-soft")
    second = warned[0] if warned else safe
    return first + Content("\n ") + second


def _warned(proposal: Proposal, kept: Kept) -> list[Content]:
    """What matters most: why it cannot be written, or what the yes would mean."""
    told: list[str] = []
    if proposal.changes.refused:
        told.append("blocked: nothing of it can be written")
    elif proposal.again:
        told.append(f"once more: {one_line(proposal.again, 200)}")
    if part := kept_text(kept, proposal.verdict):
        told.append(part)
    return [Content.styled("; ".join(told), "$mark-warn")] if told else []


def counts_text(sections: tuple[Section, ...]) -> str:
    """`1 blocked, 2 warnings`; empty: there is nothing to look at."""
    parts: list[str] = []
    for name, word in _COUNTED:
        found = next((s for s in sections if s.title.startswith(name)), None)
        if found is not None and found.lines != ("no findings",):
            count = len(found.lines)
            plural = "s" if count > 1 and word != "blocked" else ""
            parts.append(f"{count} {word}{plural}")
    return ", ".join(parts)
