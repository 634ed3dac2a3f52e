"""What `mux setup` says: on a terminal as it goes, and as one document at the end."""

from typing import TYPE_CHECKING, Any

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.cli.output import Output
from mux_tui.cli.server_phases import ServerPhases
from mux_tui.core.events import Progressed, ServerChanged, plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.setup.facts import Failure, SetupEvent, Trial
    from mux_tui.core.setup.wizard import Wizard
    from mux_tui.core.setup.writing import Carried, SetupPlan

SCHEMA = "mux.setup/2"

MARKS = {"ok": "✓", "bad": "▲", "left": "–"}
_NAMES = {
    "start": "server",
    "first_token": "first token",
    "reply": "answer",
    "tool_call": "tool call",
    "speed": "speed",
    "context": "context",
}


class Reporter:
    """Shows what a step does, one line for each thing."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        """Show it on `diagnostics`."""
        # Late: it is only needed when something takes long.
        from mux_tui.core.weights.hub.pace import Pace

        self._diagnostics = diagnostics
        self._phases = ServerPhases(diagnostics)
        self._pace = Pace()

    def report(self, event: "SetupEvent") -> None:
        """Show one event."""
        match event:
            case Progressed():
                self._pace.seen(event)
                done = event.total is not None and event.done >= event.total
                self._diagnostics.progress(self._amount(event), end=done)
            case ServerChanged():
                self._phases.tell(event)
            case _:
                self._trial(event)

    def _trial(self, trial: "Trial") -> None:
        name = _NAMES[trial.name]
        if trial.word == "running":
            self._diagnostics.progress(f"  … {name}")
            return

        text = one_line(trial.text, 300)
        self._diagnostics.progress("", end=False)
        self._diagnostics.note(f"  {MARKS[trial.word]} {name:11} {text}")

    def _amount(self, event: Progressed) -> str:
        if event.unit != "bytes":
            of = f" of {event.total}" if event.total else ""
            return f"  {event.step} {event.done}{of} {event.unit}"

        of = f" of {event.total / 1e6:.0f}" if event.total else ""
        text = f"  {event.step} {event.done / 1e6:.0f}{of} MB"
        if speed := self._pace.per_second:
            text += f", {speed / 1e6:.1f} MB/s"
        if left := self._pace.seconds_left:
            text += f", {left:.0f} s left"
        return text


def document(
    wizard: "Wizard",
    status: str,
    plan: "SetupPlan | None" = None,
    carried: "Carried | None" = None,
    failure: "Failure | None" = None,
) -> dict[str, Any]:
    """All that was found, chosen, measured and written, as JSON values.

    Args:
        wizard: At its end, or where it failed.
        status: `done`, `planned` or `failed`.
        plan: What was to be written; None: it did not come to that.
        carried: What was written; None: nothing was tried.
        failure: What went wrong; None: nothing did.
    """
    found, hardware = wizard.findings, wizard.findings.hardware
    model = found.model
    return {
        "schema": SCHEMA,
        "status": status,
        "step": wizard.step,
        "found": {
            "hardware": plain(hardware.facts) if hardware else None,
            "capacity": plain(hardware.capacity) if hardware else None,
            "servers": plain(hardware.servers) if hardware else None,
            "recommended": _recommended(wizard) if model else None,
            "clis": plain(found.connect.clis) if found.connect else None,
        },
        "chosen": plain(wizard.choices),
        "download": plain(found.downloaded) or plain(found.download),
        "measured": plain(found.proof),
        "planned": _planned(plan) if plan else None,
        "written": [plain(part) for part in carried.parts] if carried else [],
        "failure": failure_document(failure) if failure else None,
    }


def failure_document(failure: "Failure") -> dict[str, Any]:
    """A failure as JSON values."""
    error = failure.error
    return {
        "step": failure.step,
        "fault": getattr(error, "fault", type(error).__name__),
        "what": error.what,
        "why": error.why,
        "next_step": error.next_step,
        "ways": plain(failure.ways),
        "log": plain(failure.log),
    }


def show_plan(plan: "SetupPlan", output: Output) -> None:
    """Print what will be written."""
    for file in plan.files:
        output.line(f"{'new' if file.new else 'changed'}: {one_line(str(file.file))}")
        for line in file.diff:
            output.line(f"  {one_line(line, 400)}")
    for command in plan.commands:
        output.line(f"run: {command.command}   (undo: {command.undo})")
    if plan.changes_nothing:
        output.line("nothing to write: the settings say all of it already")
    for note in plan.notes:
        output.paragraph(f"note: {one_line(note, 500)}")


def show_done(wizard: "Wizard", carried: "Carried", output: Output) -> None:
    """Print what was done, and what to do next."""
    output.line(f"local model: {_model(wizard)}")
    for part in carried.parts:
        mark = "written" if part.ok else "NOT done"
        why = f": {part.problem}" if part.problem else ""
        output.line(f"{mark}: {part.what}{why}")
    output.line('try it: mux run "Say hello in one sentence."')


def _model(wizard: "Wizard") -> str:
    from mux_tui.core.setup.whereabouts import directory_of

    model = wizard.choices.model
    directory = directory_of(model, wizard.paths)
    proof = wizard.findings.proof
    where = f" at {model.base_url}" if model.base_url else ""
    name = model.id or (proof.model_id if proof else "")
    return one_line(str(directory or "") or f"{name}{where}" or model.name, 500)


def _recommended(wizard: "Wizard") -> dict[str, Any]:
    model = wizard.findings.model
    assert model is not None
    best = model.advice.best
    return {
        "id": best.id if best else None,
        "sentence": model.advice.sentence,
        "context": model.context,
        "suggested": plain(model.suggested.choice) if model.suggested else None,
    }


def _planned(plan: "SetupPlan") -> dict[str, Any]:
    files = [
        {"file": str(one.file), "new": one.new, "diff": list(one.diff)}
        for one in plan.files
    ]
    return {
        "files": files,
        "commands": plain(plan.commands),
        "notes": list(plan.notes),
    }
