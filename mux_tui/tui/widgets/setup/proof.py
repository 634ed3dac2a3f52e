"""Step 4 in words: what is tried with the model, what came of it, and the numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from textual.content import Content

from mux_tui.core.setup.facts import Proof, ServeFound, Trial, TrialName
from mux_tui.core.text import one_line, printable
from mux_tui.tui.glyphs import Glyphs

LOOKING = "\nLooking whether it runs already. Nothing is started by it."

_NAMES: dict[TrialName, tuple[str, str]] = {
    "start": ("start", "the model server, with this model"),
    "first_token": ("first token", "a token counts, an open port does not"),
    "reply": ("answer", "to a small task"),
    "tool_call": ("tool call", "asked to call a tool, it should"),
    "speed": ("speed", "tokens a second, reading and writing"),
    "context": ("context", "long prompts: does it read all that is sent?"),
}
_NAME = 14
_MOST_REPLY = 12


@dataclass(frozen=True)
class ProofView:
    """Everything that the step shows."""

    found: ServeFound | None = None
    """None: it is being looked at."""

    running: bool = False
    trials: Mapping[TrialName, tuple[Trial, ...]] = field(
        default_factory=dict[TrialName, tuple[Trial, ...]]
    )
    """What each has told, in order; none yet: it has not begun."""

    phase: str = ""
    """Of the server while it starts; foreign."""

    proof: Proof | None = None
    seconds: float | None = None
    """Since it was begun; None: it is not running."""

    stopped: bool = False
    failed: bool = False
    """It was tried in vain; why is told elsewhere."""


def proof_text(view: ProofView, glyphs: Glyphs) -> Content:
    """All of it."""
    if view.found is None:
        return Content(LOOKING)

    lines = _lines(view, view.found, glyphs)
    return Content("\n").join(lines)


def _lines(view: ProofView, found: ServeFound, glyphs: Glyphs) -> Iterator[Content]:
    yield Content.styled(one_line(found.title, 200), "bold")
    if found.warning and view.proof is None:
        told = one_line(found.warning, 300)
        yield Content.styled(f"{glyphs.warn} {told}", "$mark-warn")
    yield Content("")
    for name in _NAMES:
        if name != "start" or found.model.kind != "server":
            yield from _trial(name, view, glyphs)
    yield Content("")
    if view.running:
        told = "" if view.seconds is None else f" {view.seconds:.0f} s"
        yield Content.assemble(
            (f"{glyphs.half} trying{told}", "$mark-busy"),
            ("   x stops it", "$text-soft"),
        )
    elif view.proof is not None:
        yield from _measured(view.proof, glyphs)
    elif view.stopped:
        yield Content.styled(f"{glyphs.off} stopped; enter tries again", "$mark-warn")
    elif view.failed:
        yield Content.styled(f"{glyphs.bad} it does not work", "$mark-fail")
    elif found.running:
        yield Content("It runs already: enter tries it.")
    else:
        yield Content("enter starts it and tries it")
    yield from _reply(view, glyphs)


def _trial(name: TrialName, view: ProofView, glyphs: Glyphs) -> Iterator[Content]:
    title, about = _NAMES[name]
    told = view.trials.get(name, ())
    if not told:
        yield Content.assemble(
            (f"{glyphs.off} ", "$mark-idle"),
            title.ljust(_NAME),
            (about, "$text-soft"),
        )
        return

    ended = [trial for trial in told if trial.word != "running"]
    if not ended:
        going = told[-1].text if name == "start" else about
        if name == "start" and view.phase:
            going = f"{told[-1].text}: {view.phase}"
        mark = (f"{glyphs.half} ", "$mark-busy")
        if not view.running:
            mark = (f"{glyphs.bad} ", "$mark-fail")
        yield Content.assemble(
            mark, (title.ljust(_NAME), "bold"), (one_line(going, 200), "$text-soft")
        )
        return

    for number, trial in enumerate(ended):
        yield _ended(trial, "" if number else title, glyphs)


def _ended(trial: Trial, title: str, glyphs: Glyphs) -> Content:
    mark, style = {
        "ok": (glyphs.good, "$mark-pass"),
        "bad": (glyphs.warn, "$mark-warn"),
        "left": (glyphs.rule, "$text-soft"),
        "running": (glyphs.half, "$mark-busy"),
    }[trial.word]
    left_out = "left out: " if trial.word == "left" else ""
    text = "see below" if trial.name == "reply" and trial.word == "ok" else trial.text
    return Content.assemble(
        (f"{mark} ", style), title.ljust(_NAME), left_out + one_line(text, 300)
    )


def _measured(proof: Proof, glyphs: Glyphs) -> Iterator[Content]:
    speed = proof.speed
    parts = [f"first token {proof.first_token_seconds:.2f} s"]
    if speed.reading:
        parts.append(f"reads {speed.reading:,.0f} tokens/s")
    if speed.writing:
        parts.append(f"writes {speed.writing:,.1f} tokens/s")
    if proof.context_window:
        parts.append(f"holds {proof.context_window:,} tokens")
    yield Content.assemble(
        (f"{glyphs.good} it works   ", "$mark-pass"),
        ("measured here: ", "$text-soft"),
        f" {glyphs.dot} ".join(parts),
    )
    yield Content.styled(
        f"  {one_line(proof.model_id, 120)} at {one_line(proof.base_url, 120)}",
        "$text-soft",
    )


def _reply(view: ProofView, glyphs: Glyphs) -> Iterator[Content]:
    told = view.trials.get("reply", ())
    reply = view.proof.reply if view.proof else told[-1].text if told else ""
    if not reply or (told and told[-1].word != "ok"):
        return

    yield Content("")
    yield Content.styled("its answer", "$text-soft")
    for line in printable(reply).expandtabs(4).splitlines()[:_MOST_REPLY]:
        yield Content.assemble((f"{glyphs.upright} ", "$line"), line)
