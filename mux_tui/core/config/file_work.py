"""The settings of file work: who writes, what is shown first, how it is taken back."""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.choices import Apply
from mux_tui.core.config.bounds import bounded


@dataclass(frozen=True)
class Workflow:
    """How file work is done."""

    apply: Apply = bounded("ask", narrows="later_choice")
    """When changes are written: `auto` once they are proved (else it asks), `ask` after
    a yes (without a terminal that is a no), `never`."""

    review: bool = bounded(False, narrows="off")
    """Let a cloud CLI review the changes before they are shown. It reads the diff, and
    nothing else of the project."""

    apply_review: bool = True
    """Let the local model work in the review's findings, one by one."""

    cloud_write_fallback: bool = bounded(True, narrows="off")
    """Let a cloud CLI do the work, in a copy of the project, when the local model
    cannot."""

    target_local_ratio: float = bounded(0.8, 0, 1)
    """The share of file work the local model should do; reported, never enforced."""

    allow_paths: tuple[str, ...] = bounded((), narrows="subset")
    """Files that may be changed although they are protected, such as
    `.github/workflows/*`; whole paths, `*` stands for anything."""

    keep_days: float = bounded(30.0, 0, 3650)
    """How long applied changes can be taken back."""

    keep_megabytes: int = bounded(512, 1, 1_000_000)
    """How much room may be used for that; the newest run is kept always."""


@dataclass(frozen=True)
class LocalExecutor:
    """How the local model writes files."""

    max_attempts: int = bounded(2, 1, 10)
    """How often the model may try to give a usable answer."""

    temperature: float = bounded(0.05, 0, 2)
    """Sampling temperature."""

    max_tokens: int = bounded(6000, 1, 1_000_000)
    """Most tokens of one answer; at most half of what the model can hold."""

    context_tokens: int = bounded(12_000, 500, 1_000_000)
    """Most tokens of the project that it is shown, if it can hold them."""

    answer_form: Literal["blocks", "json"] = "blocks"
    """What the model is asked to write: SEARCH/REPLACE `blocks`, or one `json` object.
    Any form that it writes is read."""
