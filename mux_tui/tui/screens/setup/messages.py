"""What the setup's workers tell its screen."""

from dataclasses import dataclass

from textual.message import Message

from mux_tui.core.errors import MuxError
from mux_tui.core.setup.facts import Failure, Found, Ran
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.wizard import Wizard
from mux_tui.core.setup.writing import Carried, SetupPlan


@dataclass
class Opened(Message):
    """A setup has begun."""

    wizard: Wizard


@dataclass
class Shut(Message):
    """None could begin."""

    error: MuxError


@dataclass
class Looked(Message):
    """A step was looked at."""

    step: Step
    found: Found | Failure | None


@dataclass
class Moved(Message):
    """What runs has told something, which the state holds."""


@dataclass
class Done(Message):
    """What a step does was done, or failed."""

    step: Step
    ran: Ran | Failure | None


@dataclass
class Planned(Message):
    """It is known what will be written, or why that cannot be."""

    plan: SetupPlan | MuxError


@dataclass
class Wrote(Message):
    """It was written, as far as that could be done."""

    carried: Carried


@dataclass
class Left(Message):
    """The setup was left; nothing was written."""

    stays: tuple[str, ...]
    """What stays nevertheless, one line each."""
