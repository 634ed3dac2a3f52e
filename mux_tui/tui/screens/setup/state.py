"""What the screen knows beside the wizard: how far what runs has come."""

from collections import deque
from collections.abc import Callable

from mux_tui.core.errors import MuxError
from mux_tui.core.events import Progressed, ServerChanged
from mux_tui.core.setup.facts import SetupEvent, Trial, TrialName
from mux_tui.core.setup.steps import Step
from mux_tui.core.setup.writing import Carried, SetupPlan
from mux_tui.core.text import one_line
from mux_tui.core.weights.hub.pace import Pace

_SPEEDS = 48
_LOOK_SECONDS = 0.5


class SetupState:
    """Of one setup; empty at first."""

    def __init__(self, tick: Callable[[], float]) -> None:
        """Begin; `tick` tells seconds."""
        self._tick = tick
        self.ran: Step | None = None
        """The step that was run last, rather than looked at."""

        self.stopped: Step | None = None
        """The step in which something was stopped."""

        self.context: int | None = None
        """Tokens that were chosen for whichever model; None: none were."""

        self.plan: SetupPlan | None = None
        self.carried: Carried | None = None
        self.shut: MuxError | None = None
        """Why no setup could begin."""

        self.begin(None)

    def begin(self, step: Step | None) -> None:
        """Something is run anew."""
        self.ran, self.stopped = step, None
        self.pace = Pace(self._tick)
        self.progress: Progressed | None = None
        self.speeds: deque[float] = deque(maxlen=_SPEEDS)
        self.trials: dict[TrialName, tuple[Trial, ...]] = {}
        self.phase = ""
        self.begun = self._tick()
        self._sampled = self.begun

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return self._tick() - self.begun

    def seen(self, event: SetupEvent) -> None:
        """Take note of what is told."""
        match event:
            case Progressed():
                self._progressed(event)
            case ServerChanged():
                told = f": {event.text}" if event.text else ""
                self.phase = one_line(f"{event.phase}{told}", 200)
            case Trial():
                before = self.trials.get(event.name, ())
                self.trials[event.name] = (*before, event)

    def _progressed(self, event: Progressed) -> None:
        if self.progress is not None and self.progress.step != event.step:
            self.speeds.clear()
        self.pace.seen(event)
        self.progress = event
        speed, now = self.pace.per_second, self._tick()
        if speed is not None and now - self._sampled >= _LOOK_SECONDS:
            self._sampled = now
            self.speeds.append(speed)
