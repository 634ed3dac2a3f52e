"""Whether a cloud CLI is there and logged in, asked without using it.

Only commands that are known to be quick and to need neither a terminal nor a network
are run. Gemini CLI has none for its login: what its files and variables tell is all
that can be known without starting a conversation.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mux_tui.core.backends.child_environment import child_environment
from mux_tui.core.backends.cloud_cli import DIALECTS
from mux_tui.core.backends.program import find_program
from mux_tui.core.backends.transcript import object_in, text_in
from mux_tui.core.config.settings import CliProvider
from mux_tui.core.errors import BackendError
from mux_tui.core.process.run import Finished, ProcessStartError, run
from mux_tui.core.task import Route
from mux_tui.core.text import one_line

_TIME_LIMIT = 10.0
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_MOST_SETTINGS_BYTES = 1_000_000


@dataclass(frozen=True)
class CliStatus:
    """What can be known of a cloud CLI without using it."""

    found: Path | None
    """The program; None: there is none that can be run."""

    version: str | None
    """None: it does not tell."""

    logged_in: bool | None
    """None: it cannot be known without asking the vendor."""

    detail: str
    """One sentence, safe to show."""


async def cli_status(
    route: Route,
    provider: CliProvider,
    variables: Mapping[str, str],
    *,
    time_limit: float = _TIME_LIMIT,
) -> CliStatus:
    """Look for a cloud CLI, and ask it for its version and its login.

    Args:
        route: Which CLI.
        provider: The user's settings for it.
        variables: Our environment.
        time_limit: Seconds for each question.
    """
    dialect = DIALECTS[route]
    try:
        program = find_program(provider.command or dialect.command, variables)
    except BackendError as error:
        return CliStatus(None, None, None, str(error))

    env = child_environment(variables, dialect.needs, provider.pass_env)
    asked = _Asked(program, env, time_limit)
    version, (logged_in, detail) = await asyncio.gather(
        _version(asked), _login(route, asked)
    )
    return CliStatus(program, version, logged_in, detail)


@dataclass(frozen=True)
class _Asked:
    program: Path
    env: Mapping[str, str]
    time_limit: float

    async def ask(self, arguments: Sequence[str]) -> Finished | None:
        """Run the program; None: it cannot be started or does not end in time."""
        try:
            done = await run(
                [str(self.program), *arguments],
                # Not in the project, whose settings some CLIs would obey.
                cwd=Path("/"),
                env=self.env,
                time_limit=self.time_limit,
                grace=0.5,
            )
        except ProcessStartError:
            return None

        return None if done.exit.stopped else done


async def _version(asked: _Asked) -> str | None:
    done = await asked.ask(["--version"])
    found = _VERSION.search(done.stdout) if done is not None else None
    return one_line(found.group(), 40) if found is not None else None


async def _login(route: Route, asked: _Asked) -> tuple[bool | None, str]:
    match route:
        case "claude":
            return await _claude(asked)
        case "codex":
            return await _codex(asked)
        case _:
            return _gemini(asked.env)


async def _claude(asked: _Asked) -> tuple[bool | None, str]:
    done = await asked.ask(["auth", "status"])
    told = _json_object(done.stdout) if done is not None else {}
    logged_in = told.get("loggedIn")
    if not isinstance(logged_in, bool):
        return None, "`claude auth status` does not tell"
    if not logged_in:
        return False, "not logged in"

    return True, one_line(f"logged in ({text_in(told, 'authMethod')})")


async def _codex(asked: _Asked) -> tuple[bool | None, str]:
    if asked.env.get("CODEX_API_KEY"):
        return True, "CODEX_API_KEY is set"

    done = await asked.ask(["login", "status"])
    if done is None:
        return None, "`codex login status` does not tell"

    said = f"{done.stdout}\n{done.stderr}"
    if "not logged in" in said.lower():
        return False, "not logged in"
    if done.exit.code == 0:
        lines = done.stdout.split("\n") + done.stderr.split("\n")
        told = [line for line in lines if line and not line.startswith("WARNING")]
        return True, one_line(told[0]) if told else "logged in"

    return None, "`codex login status` does not tell"


def _gemini(env: Mapping[str, str]) -> tuple[bool | None, str]:
    home = Path(env.get("GEMINI_CLI_HOME") or env.get("HOME") or "/")
    folder = home / ".gemini"
    chosen = _selected_type(folder / "settings.json")
    if chosen in ("", "gemini-api-key") and env.get("GEMINI_API_KEY"):
        return True, "GEMINI_API_KEY is set"
    if chosen == "oauth-personal" and (folder / "oauth_creds.json").exists():
        return True, "logged in with Google"
    if chosen:
        return None, one_line(f"set up for {chosen}; only a task can tell")
    if env.get("GOOGLE_GENAI_USE_VERTEXAI") or env.get("GOOGLE_GENAI_USE_GCA"):
        return None, "set up by environment variables; only a task can tell"
    if any((place / ".env").exists() for place in (folder, home)):
        return None, "a .env file may hold its key; only a task can tell"

    return False, "no way to log in is chosen"


def _selected_type(settings: Path) -> str:
    try:
        with settings.open("rb") as file:
            text = file.read(_MOST_SETTINGS_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""

    told = _json_object(text)
    auth = object_in(object_in(told, "security"), "auth")
    return text_in(auth, "selectedType") or text_in(told, "selectedAuthType")


def _json_object(text: str) -> dict[str, object]:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}

    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
