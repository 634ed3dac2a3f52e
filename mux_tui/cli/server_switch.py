"""`mux server switch`: serve another model from now on."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import UsageError
from mux_tui.core.events import Progressed, ServerEvent, plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.machine.named import Named

_KEY = "providers.local.model"


async def _switch(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.config.save import set_value
    from mux_tui.core.model_server.lifecycle import ModelServer
    from mux_tui.core.model_server.switch import switch

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    wanted = _wanted(arguments.model, settings, shell)
    environment = shell.environment
    server = ModelServer(environment.paths, settings.server, environment)

    def report(event: ServerEvent) -> None:
        if not isinstance(event, Progressed):
            text = f": {one_line(event.text)}" if event.text else ""
            shell.diagnostics.note(f"… model server {event.phase}{text}")

    running = await switch(server, wanted.directory, report, cut=arguments.now)
    # Not before it has given a token: the settings never name what cannot be served.
    set_value(environment.paths.config_file, _KEY, wanted.setting)
    _check_chosen(wanted, shell)
    if arguments.json:
        facts = plain(running) | {"setting": wanted.setting}
        shell.output.json({"schema": "mux.server.switch/1"} | facts)
    else:
        name = one_line(wanted.directory.name)
        shell.output.line(f"{name} is served at {running.base_url}")
    return ExitCode.OK


def _wanted(named: str, settings: Settings, shell: Shell) -> "Named":
    """The model that a person names: by its directory, or as `mux models list` does."""
    if url := settings.providers.local.base_url:
        raise UsageError(
            f"cannot switch to {one_line(named, 80)}",
            f"the local model is served by {one_line(url, 80)}, not by mux",
            "Remove providers.local.base_url first: mux config edit",
        )

    from mux_tui.core.machine.named import named_model

    return named_model(named, settings, shell.environment, shell.cwd)


def _check_chosen(wanted: "Named", shell: Shell) -> None:
    from mux_tui.core.local_model.choose import model_directory

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    if model_directory(settings, shell.environment.paths) != wanted.directory:
        shell.diagnostics.warn(
            f"a variable, --set or a project's settings name another {_KEY}: "
            "the next task here switches back"
        )


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "model", metavar="ID|DIR", help="a model on this machine, by name or directory"
    )
    parser.add_argument(
        "--now", action="store_true", help="end requests that are under way"
    )
    add_json(parser)


SWITCH = Command(
    "switch",
    "serve another model from now on, and go back if it does not come up",
    _switch,
    _configure,
    ("mux server switch my-model", "mux server switch --now ./my-mlx-model"),
)
