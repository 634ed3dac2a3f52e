"""What goes into an outcome besides the story: the sums, and a way on."""

from collections.abc import Sequence

from mux_tui.core.task import Attempt, Reason, Usage

_NEXT_STEPS: dict[Reason, str] = {
    "local_down_and_cloud_unavailable": (
        "Set a local model up with `mux setup --starter`, or install and log into a "
        "cloud CLI; `mux doctor` says what is missing"
    ),
    "cloud_unavailable": (
        "Install the CLI and log in, or let the local model answer with --route local; "
        "`mux doctor` says what is missing"
    ),
    "cloud_failed": "Try again, or look at the CLI's own state with `mux doctor`",
    "cloud_not_allowed": (
        "Allow it with `mux config set cloud.permission allow`, or use --route local"
    ),
    "local_failed": "Look at `mux doctor`, or ask a cloud CLI with --route claude",
    "verification_failed": "Look at the failing check, or ask a cloud CLI with --route",
    "time_limit": "Give it more time, or ask for less",
}


def next_step_for(reason: Reason) -> str:
    """What the user can do after such an end; empty: nothing special."""
    return _NEXT_STEPS.get(reason, "")


def total(attempts: Sequence[Attempt]) -> Usage:
    """Tokens and money of all attempts together; what nobody told stays None."""
    usages = [a.completion.usage for a in attempts if a.completion]

    def summed(values: Sequence[int | None]) -> int | None:
        told = [value for value in values if value is not None]
        return sum(told) if told else None

    costs = [usage.cost_usd for usage in usages if usage.cost_usd is not None]
    return Usage(
        input_tokens=summed([usage.input_tokens for usage in usages]),
        output_tokens=summed([usage.output_tokens for usage in usages]),
        cached_tokens=summed([usage.cached_tokens for usage in usages]),
        reasoning_tokens=summed([usage.reasoning_tokens for usage in usages]),
        cost_usd=sum(costs) if costs else None,
    )
