"""Making mux known to other agents, through each CLI's own command.

Their configuration files are theirs: where they are and what they look like changes,
and a file that two programs write gets lost. Doing it twice changes nothing.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mux_tui.core.backends.program import find_program
from mux_tui.core.config.environment import Environment
from mux_tui.core.errors import EnvironmentProblem, UsageError
from mux_tui.core.process.run import Finished, run
from mux_tui.core.text import one_line

Client = Literal["claude", "codex", "gemini"]
Scope = Literal["user", "project", "local"]
"""For whom: the user everywhere; everybody who works on the project; the user in this
project."""

NAME = "mux"
_SECONDS = 60.0
_SCOPES: dict[Client, tuple[Scope, ...]] = {
    "claude": ("user", "project", "local"),
    "codex": ("user",),
    "gemini": ("user", "project"),
}
_PLACES = (
    "MUX_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
)
"""Variables that say where mux keeps its files; CLIs start their tools without them."""


@dataclass(frozen=True)
class Registered:
    """What was done."""

    client: Client
    scope: Scope
    ran: tuple[str, ...]
    """The command lines, as a shell would take them."""

    said: str
    """What the CLI said of it, on one line."""


def server_command(environment: Environment) -> list[str]:
    """How a client starts our server, wherever it is started.

    `-P`: the project that the client works on must not lend us its modules.
    """
    return [environment.python, "-P", "-m", "mux_tui", "mcp"]


def install_words(
    client: Client, scope: Scope, server: Sequence[str], places: Mapping[str, str]
) -> list[str]:
    """The words, after the program, that register a server.

    Args:
        client: Which CLI.
        scope: For whom.
        server: How the server is started.
        places: Variables that it is started with.
    """
    pairs = [f"{name}={value}" for name, value in places.items()]
    program, *rest = server
    match client:
        case "claude":
            given = [word for pair in pairs for word in ("-e", pair)]
            return ["mcp", "add", NAME, "-s", scope, *given, "--", program, *rest]
        case "codex":
            given = [word for pair in pairs for word in ("--env", pair)]
            return ["mcp", "add", NAME, *given, "--", program, *rest]
        case "gemini":
            # Its list of variables goes on until the next option.
            given = [word for pair in pairs for word in ("-e", pair)]
            scoped = [*given, "-s", scope]
            return ["mcp", "add", *scoped, NAME, program, "--", *rest]


def uninstall_words(client: Client, scope: Scope) -> list[str]:
    """The words, after the program, that take it back."""
    scoped = [] if client == "codex" else ["-s", scope]
    return ["mcp", "remove", NAME, *scoped]


def check_scope(client: Client, scope: Scope) -> None:
    """See that the CLI knows such a scope.

    Raises:
        UsageError: It does not.
    """
    if scope not in _SCOPES[client]:
        raise UsageError(
            f"{client} has no scope {scope}",
            "",
            f"It has: {', '.join(_SCOPES[client])}",
        )


def wanted_places(environment: Environment) -> dict[str, str]:
    """The variables that the server has to be started with."""
    variables = environment.variables
    return {name: variables[name] for name in _PLACES if variables.get(name)}


@dataclass(frozen=True)
class Registrar:
    """One CLI, and where it is run."""

    client: Client
    command: str
    """The program: a name to look up on PATH, or a path."""

    scope: Scope
    environment: Environment
    cwd: Path

    async def install(self) -> Registered:
        """Register our server; one of that name is replaced.

        Raises:
            BackendError: The CLI is not there.
            EnvironmentProblem: It would not.
            MuxError: It cannot be started.
        """
        adding = install_words(
            self.client,
            self.scope,
            server_command(self.environment),
            wanted_places(self.environment),
        )
        ran = [adding]
        done = await self._run(adding)
        if done.exit.code != 0 and "already exists" in done.stdout + done.stderr:
            removing = uninstall_words(self.client, self.scope)
            ran += [removing, adding]
            await self._run(removing)
            done = await self._run(adding)
        if done.exit.code != 0:
            raise self._refused("register", done, adding)

        return self._registered(ran, done)

    async def uninstall(self) -> Registered:
        """Take the registration back; where there is none, nothing is done.

        Raises:
            BackendError: The CLI is not there.
            EnvironmentProblem: It would not.
            MuxError: It cannot be started.
        """
        removing = uninstall_words(self.client, self.scope)
        done = await self._run(removing)
        missing = "no mcp server" in (done.stdout + done.stderr).lower()
        if done.exit.code != 0 and not missing:
            raise self._refused("forget", done, removing)

        return self._registered([removing], done)

    def shown(self, words: Sequence[str]) -> str:
        """A command line, as a shell would take it."""
        return shlex.join((self.command, *words))

    async def _run(self, words: Sequence[str]) -> Finished:
        variables = self.environment.variables
        program = find_program(self.command, variables)
        return await run(
            [str(program), *words],
            cwd=self.cwd,
            env=variables,
            time_limit=_SECONDS,
        )

    def _registered(self, ran: Sequence[Sequence[str]], done: Finished) -> Registered:
        lines = tuple(self.shown(words) for words in ran)
        said = one_line(done.stdout or done.stderr, 200)
        return Registered(self.client, self.scope, lines, said)

    def _refused(
        self, what: str, done: Finished, words: Sequence[str]
    ) -> EnvironmentProblem:
        said = one_line(done.stderr or done.stdout, 200)
        why = "it did not end in time" if done.exit.stopped else said
        step = f"Try it by hand: {one_line(self.shown(words), 400)}"
        return EnvironmentProblem(f"{self.client} would not {what} mux", why, step)
