"""`mux setup`: a local model, ready to be asked."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import Diagnostics, ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.errors import Declined, UsageError
from mux_tui.core.events import Progressed, plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.first_run import Setup


def _configure(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--starter", action="store_true", help="install the embedded starter model"
    )
    what.add_argument(
        "--endpoint",
        metavar="URL",
        help="use a server that speaks Chat Completions: Ollama, llama-server, LM "
        "Studio, vLLM",
    )
    parser.add_argument(
        "--model",
        metavar="ID",
        help="with --endpoint: the model's id there; alone: an MLX model's directory",
    )
    parser.add_argument(
        "--api-key-env",
        metavar="NAME",
        default="",
        help="variable with the server's key",
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser)


async def _setup(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: this brings the HTTP client, which the help does not need.
    from mux_tui.core.first_run import SCHEMA, use_endpoint, use_model

    if arguments.endpoint:
        done = await use_endpoint(
            shell.environment,
            arguments.endpoint,
            arguments.model or "",
            arguments.api_key_env,
        )
    elif arguments.model:
        done = use_model(shell.environment, arguments.model, shell.cwd)
    elif arguments.starter:
        done = await _starter(arguments, shell)
    else:
        raise UsageError(
            "mux setup",
            "nothing to set up was named",
            "Use --starter, --endpoint URL or --model DIRECTORY",
        )

    if arguments.json:
        shell.output.json({"schema": SCHEMA} | plain(done))
    else:
        _show(done, shell.output)
    return ExitCode.OK


async def _starter(arguments: Namespace, shell: Shell) -> "Setup":
    from mux_tui.core.first_run import use_starter
    from mux_tui.core.weights.starter import STARTER, starter_installed

    if not starter_installed(shell.environment.paths):
        size = STARTER.download_bytes / 1e6
        disk = STARTER.disk_bytes() / 1e6
        shell.diagnostics.note(
            f"{STARTER.id} ({STARTER.licence}): {size:.0f} MB to fetch, "
            f"{disk:.0f} MB on disk\n{STARTER.honest_word}"
        )
        await _confirm(arguments, shell)
    return await use_starter(shell.environment, Reporter(shell.diagnostics).report)


async def _confirm(arguments: Namespace, shell: Shell) -> None:
    if arguments.yes:
        return
    if not shell.interactive:
        raise UsageError("mux setup", "there is nobody to ask", "Add --yes")

    shell.diagnostics.warn("install it? [Y/n]")
    answer = await shell.answer()
    if not answer or answer.strip().lower() not in ("", "y", "yes"):
        raise Declined("nothing was installed", "you did not want it")


class Reporter:
    """Shows the steps of an installation, one line each."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        """Show on `diagnostics`."""
        self._diagnostics = diagnostics

    def report(self, event: Progressed) -> None:
        """Show how far it is."""
        done = event.total is not None and event.done >= event.total
        self._diagnostics.progress(f"  {event.step} {_amount(event)}", end=done)


def _amount(event: Progressed) -> str:
    if event.unit == "bytes":
        of = f" of {event.total / 1e6:.0f}" if event.total else ""
        return f"{event.done / 1e6:.0f}{of} MB"

    of = f" of {event.total}" if event.total else ""
    return f"{event.done}{of} {event.unit}"


def _show(done: "Setup", output: Output) -> None:
    where = f" at {done.endpoint}" if done.endpoint else ""
    output.line(f"local model: {one_line(done.model)}{where}")
    if done.first_token_seconds is not None:
        output.line(f"first token after {done.first_token_seconds:.1f} s")
    for change in done.changes:
        output.line(f"changed {one_line(str(change.file))}: {change.key}")
    output.line('try it: mux run "Say hello in one sentence."')


COMMAND = Command(
    name="setup",
    summary="set up a local model",
    handler=_setup,
    configure=_configure,
    examples=(
        "mux setup --starter",
        "mux setup --endpoint http://127.0.0.1:11434 --model qwen2.5-coder:7b",
        "mux setup --model ~/models/Qwen2.5-Coder-7B-Instruct-4bit",
    ),
)
