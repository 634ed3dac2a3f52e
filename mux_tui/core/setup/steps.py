"""The six steps, and the way through them; values in, values out.

A step that has nothing to do for what was chosen is passed over, forwards and
backwards: a server that runs already needs no download.
"""

from typing import Literal, get_args

from mux_tui.core.setup.choices import Choices

Step = Literal["hardware", "model", "download", "serve", "connect", "summary"]

STEPS: tuple[Step, ...] = get_args(Step)

TITLES: dict[Step, str] = {
    "hardware": "What is in this machine",
    "model": "Pick a model that fits",
    "download": "Download",
    "serve": "Start the server and try it",
    "connect": "Connect other programs",
    "summary": "Write the configuration",
}

Place = Literal["done", "skipped", "passed", "here", "ahead"]
"""Of a step, seen from where the wizard is. `passed`: there was nothing to do in it."""

NONE: frozenset[Step] = frozenset()


def applies(step: Step, choices: Choices, skipped: frozenset[Step] = NONE) -> bool:
    """Whether a step has something to do.

    Args:
        step: Which.
        choices: What is chosen.
        skipped: The steps that were gone over without doing what they do.
    """
    model = choices.model
    match step:
        case "download":
            return model.is_fetched
        case "serve":
            brought = not (model.is_fetched and "download" in skipped)
            return choices.serve and model.is_served and brought
        case "hardware" | "model" | "connect" | "summary":
            return True


def after(step: Step, choices: Choices, skipped: frozenset[Step] = NONE) -> Step | None:
    """The next step that has something to do; None: this was the last."""
    rest = STEPS[STEPS.index(step) + 1 :]
    return next((one for one in rest if applies(one, choices, skipped)), None)


def before(
    step: Step, choices: Choices, skipped: frozenset[Step] = NONE
) -> Step | None:
    """The step before that has something to do; None: this is the first."""
    earlier = reversed(STEPS[: STEPS.index(step)])
    return next((one for one in earlier if applies(one, choices, skipped)), None)


def trail(
    here: Step, choices: Choices, skipped: frozenset[Step] = NONE
) -> tuple[tuple[Step, Place], ...]:
    """All steps, each with its place."""
    at = STEPS.index(here)

    def place(number: int, step: Step) -> Place:
        if number == at:
            return "here"
        if not applies(step, choices, skipped):
            return "passed"
        if number > at:
            return "ahead"

        return "skipped" if step in skipped else "done"

    return tuple((step, place(number, step)) for number, step in enumerate(STEPS))
