"""`mux models remove`: the other way from `mux models pull`."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.asking import confirm
from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.errors import UsageError
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.weights.hub.remove import Removable

_NAME = "mux models remove"


async def _remove(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.weights.hub.remove import removable, remove

    paths = shell.environment.paths
    found = removable(arguments.id, paths)
    _check_unused(found, shell)
    for directory in found.directories:
        shell.diagnostics.note(one_line(str(directory), 500))
    if not arguments.yes:
        await confirm(
            shell, _NAME, f"remove {_size(found)} there?", "nothing was removed"
        )
    await remove(found, paths)

    if arguments.json:
        shell.output.json(
            {
                "schema": "mux.models.remove/1",
                "id": found.name.id,
                "bytes": found.bytes,
                "directories": [str(path) for path in found.directories],
            }
        )
    else:
        shell.output.line(f"removed {found.name.id}: {_size(found)}")
    return ExitCode.OK


def _check_unused(found: "Removable", shell: Shell) -> None:
    from mux_tui.core.local_model.choose import model_directory

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    chosen = model_directory(settings, shell.environment.paths)
    if chosen in [directory.resolve() for directory in found.directories]:
        raise UsageError(
            f"{found.name.id} is in use",
            "the settings name it as the local model",
            "Choose another one first: mux setup",
        )


def _size(found: "Removable") -> str:
    from mux_tui.core.catalog.sizes import gib

    return gib(found.bytes)


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="OWNER/NAME, as it was downloaded")
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser)


REMOVE = Command(
    "remove",
    "remove a model that was downloaded, or what came of it",
    _remove,
    _configure,
    ("mux models remove mlx-community/Qwen3-4B-4bit",),
)
