"""A doctor on the stage: what it finds is given, what mux would run is noted."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from mux_tui.core.doctor.check import SERVER_LOG, Check, Fix, Report, own_fix
from mux_tui.core.process.lines import Line
from mux_tui.core.process.run import Exit
from tests.tui.stage import StageDesk, make_desk

ANY_PORT = own_fix(
    "Choose a free port at each start", ("config", "set", "server.port", "0")
)
RESTART = own_fix("Start it anew", ("server", "stop"), ("server", "start"))

GOOD = (
    Check("config", "ok", "/home/ada/.config/mux/config.toml"),
    Check("python", "ok", "Python 3.13.0, mlx-lm 0.32.2", "Python 3.13.0 at /opt/mux"),
    Check("disk", "ok", "195.2 GB free at /home/ada/.cache/mux"),
    Check("model", "ok", "qwen2.5-coder-7b, 4.3 GB", "/home/ada/models/qwen"),
    Check("model_server", "ok", "not running; it starts with the first task"),
    Check("memory", "ok", "21.4 of 32.0 GB free; the model needs about 4.9 GB"),
    Check("ledger", "ok", "1,284 runs"),
    Check("cli_codex", "ok", "0.169.0, logged in"),
    Check("tasks", "ok", "tasks can be done by the local model and the cloud"),
)
WELL = Report(GOOD)

BAD = Report(
    (
        *GOOD[:4],
        Check(
            "model_server",
            "warning",
            "it ended while it loaded the weights: not enough memory for this model",
            "loading qwen2.5-coder-7b\n\x1b[31mKilled[/] by the system [b]now[/b]",
            "mux server start",
            (RESTART, SERVER_LOG),
        ),
        Check(
            "port",
            "problem",
            "port 8080 is taken by com.docker.backend (pid 812)",
            fixes=(ANY_PORT, Fix("End com.docker.backend (pid 812)")),
        ),
        *GOOD[5:7],
        Check(
            "cli_claude",
            "warning",
            "2.1.328, not logged in",
            fixes=(Fix("Log in to claude, in a terminal", "claude auth login"),),
        ),
        Check(
            "cli_gemini",
            "note",
            "not installed",
            fixes=(Fix("Install gemini", "npm install -g @google/gemini-cli"),),
        ),
        GOOD[8],
    )
)


@dataclass
class DoctorDesk(StageDesk):
    """A desk whose doctor finds what the test says."""

    reports: list[Report | Exception] = field(default_factory=list[Report | Exception])
    """One after the other; the last one again and again."""

    examined: int = 0
    patience: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: the doctor and calls of mux come to their end."""

    said: Sequence[str] = ("server.port is now 0 in ~/.config/mux/config.toml",)
    """What mux says when it is called."""

    code: int = 0
    calls: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    async def examine(self) -> Report:
        """The next report."""
        await self.patience.wait()
        self.examined += 1
        found = self.reports[min(self.examined, len(self.reports)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    async def call_mux(
        self, arguments: Sequence[str]
    ) -> AsyncGenerator[Line | Exit, None]:
        """Say what is to be said."""
        self.calls.append(tuple(arguments))

        async def lines() -> AsyncGenerator[Line | Exit, None]:
            for text in self.said:
                yield Line("err", text)
            await self.patience.wait()
            yield Exit(self.code, None, "", "", 0.1)

        return lines()


def doctor_desk(
    folder: Path,
    *reports: Report | Exception,
    busy: bool = False,
    settings: Mapping[str, object] | None = None,
) -> DoctorDesk:
    """A desk with these reports; `busy`: the doctor never comes to an end."""
    made = make_desk(folder, settings=settings)
    given = {f.name: getattr(made, f.name) for f in fields(made)}
    desk = DoctorDesk(**given, reports=list(reports or (WELL,)))
    if not busy:
        desk.patience.set()
    return desk
