"""The errors mux raises on purpose.

MuxError
├── UsageError          the request itself is wrong (exit 2)
│   └── ConfigError     a settings file, variable or flag is wrong (exit 2)
├── EnvironmentProblem  something mux needs is missing or broken (exit 3)
│   ├── ServerError     the model server cannot be started, proved or stopped
│   ├── ProxyError      the proxy cannot be started, proved or stopped
│   ├── WeightsError    model files cannot be fetched, checked or converted
│   └── LedgerError     the ledger cannot be opened, read or written
├── BackendError        a backend could not do the attempt; carries a reason code
└── Declined            the user, or the user's settings, said no (exit 5)

Each carries the three things a reader needs: what happened, why, and what to do
next. `str(error)` is one line without control bytes: `what: why. next step`.
"""

from typing import Literal

BackendFault = Literal[
    "not_found",
    "not_logged_in",
    "usage",
    "rate_limit",
    "context_too_large",
    "connection",
    "http_error",
    "bad_response",
    "cut",
    "stalled",
    "time_limit",
    "empty_output",
    "exit_status",
    "signal",
    "network",
    "backend_error",
]
"""Why an attempt failed, in words that stay the same across backends.

`cut`: the stream ended before the answer did. `stalled`: nothing arrived for too
long. `network`: the backend itself waits for a network that is not there.
"""


class MuxError(Exception):
    """Any error mux raises on purpose; shown to the user as one line."""

    def __init__(self, what: str, why: str = "", next_step: str = "") -> None:
        """Make an error.

        Args:
            what: What could not be done, without a final full stop.
            why: The cause, without a final full stop; empty when `what` says it.
            next_step: What the reader can do now; empty when there is nothing.
        """
        super().__init__(what, why, next_step)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        cause = f": {self.why}" if self.why else ""
        step = f". {self.next_step}" if self.next_step else ""
        return " ".join(f"{self.what}{cause}{step}".split())


class UsageError(MuxError):
    """The request itself is wrong: an empty task, a directory that is none."""


class ConfigError(UsageError):
    """One or more settings are wrong; `problems` lists all of them."""

    def __init__(
        self,
        what: str,
        why: str = "",
        next_step: str = "",
        problems: tuple[str, ...] = (),
    ) -> None:
        """Make an error that may carry many problems.

        Args:
            what: What could not be done.
            why: The cause.
            next_step: What the reader can do now.
            problems: One line for each wrong setting, naming origin and key.
        """
        super().__init__(what, why, next_step)
        self.problems = problems


class EnvironmentProblem(MuxError):
    """Something that mux needs from this machine is missing or broken."""


class ServerError(EnvironmentProblem):
    """The model server cannot be started, proved to be ours, or stopped."""


class ProxyError(EnvironmentProblem):
    """The proxy cannot be started, proved to be ours, or stopped."""


class WeightsError(EnvironmentProblem):
    """Model files cannot be fetched, checked or converted."""


class LedgerError(EnvironmentProblem):
    """The ledger cannot be opened, read or written."""


class BackendError(MuxError):
    """A backend could not do the attempt; another one may."""

    def __init__(
        self, fault: BackendFault, what: str, why: str = "", next_step: str = ""
    ) -> None:
        """Make an error with a reason code.

        Args:
            fault: The reason code, for the ledger and for decisions.
            what: What could not be done.
            why: The cause.
            next_step: What the reader can do now.
        """
        super().__init__(what, why, next_step)
        self.fault: BackendFault = fault


class Declined(MuxError):
    """The user, or the user's settings, said no."""
