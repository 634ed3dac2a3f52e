"""What a person has to say yes to before a task may go on.

The client asks its user, when it can (elicitation). A question belongs to a job; who
waits for the job asks it.
"""

import asyncio
from dataclasses import dataclass, field

from mux_tui.core.proposal import Proposal
from mux_tui.core.task import Route
from mux_tui.core.text import one_line, printable

_MOST_PATCH = 4_000
_MOST_TEXT = 1_000
_MOST_FILES = 20


@dataclass
class Question:
    """One question, and its answer to be."""

    message: str
    """Safe to show."""

    yes: str
    """What is said yes to, in a few words."""

    answer: "asyncio.Future[bool]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def schema(self) -> dict[str, object]:
        """The form that the client shows."""
        field = {"type": "boolean", "title": self.yes, "default": False}
        return {"type": "object", "properties": {"yes": field}, "required": ["yes"]}

    def settle(self, yes: bool) -> None:
        """Answer it; only the first answer counts."""
        if not self.answer.done():
            self.answer.set_result(yes)


def about_sending(route: Route, text: str) -> Question:
    """May this text go to a cloud CLI?"""
    size = f"{len(text.encode('utf-8', 'replace')):,} bytes"
    shown = printable(text[:_MOST_TEXT]) + ("…" if len(text) > _MOST_TEXT else "")
    message = f"mux wants to send {size} to {route}, away from this machine:\n\n{shown}"
    return Question(message, f"Send it to {route}")


def about_writing(proposal: Proposal) -> Question:
    """May these changes be written?"""
    work, patch = proposal.work, proposal.work.patch
    names = [one_line(path, 200) for path in work.paths[:_MOST_FILES]]
    more = len(work.paths) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    proof = proposal.verdict.summary if proposal.verdict else "it was not proved"
    again = f"\n{one_line(proposal.again)}" if proposal.again else ""
    cut = "\n… (cut)" if len(patch) > _MOST_PATCH else ""
    message = (
        f"mux wants to change {listed} in {one_line(str(proposal.root))} "
        f"(+{work.added} −{work.removed}).\nProof: {one_line(proof)}{again}\n\n"
        f"{printable(patch[:_MOST_PATCH])}{cut}"
    )
    return Question(message, "Write these changes")
