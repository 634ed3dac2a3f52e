"""`mux setup`: the wizard without a screen, question by question or unasked."""

from argparse import ArgumentParser, Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.setup_flags import add_flags, model_of, names_a_model, other_choices
from mux_tui.cli.shell import Command, Shell
from mux_tui.core.errors import UsageError


def _configure(parser: ArgumentParser) -> None:
    add_flags(parser)


async def _setup(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: this brings the HTTP client, which the help does not need.
    from mux_tui.core.setup.wizard import open_wizard

    arguments.named = names_a_model(arguments)
    decided = arguments.named or arguments.yes or arguments.dry_run
    if not (decided or (shell.interactive and not arguments.json)):
        raise UsageError(
            "mux setup",
            "nothing to set up was named, and there is nobody to ask",
            "Use --yes, --starter, --endpoint URL, --model ID or --cloud-only",
        )

    model = model_of(arguments, shell.cwd, shell.environment.paths)
    wizard = open_wizard(shell.environment, shell.overrides, keeps_draft=not decided)
    chosen = other_choices(arguments)
    chosen |= {} if model is None else {"model": model}
    try:
        if decided:
            from mux_tui.cli.setup_unattended import set_up

            wizard.choose(**chosen)
            return await set_up(wizard, arguments, shell)

        from mux_tui.cli.setup_questions import ask_through

        return await ask_through(wizard, shell, chosen)
    finally:
        for line in await wizard.cancel():
            shell.diagnostics.note(line)


COMMAND = Command(
    name="setup",
    summary="set up a local model, and what stands around it",
    handler=_setup,
    configure=_configure,
    examples=(
        "mux setup",
        "mux setup --yes --starter --json",
        "mux setup --endpoint http://127.0.0.1:11434 --model qwen2.5-coder:7b",
        "mux setup --model mlx-community/Qwen3-4B-4bit --permission ask --mcp claude",
        "mux setup --model ~/models/Qwen2.5-Coder-7B-Instruct-4bit --dry-run",
    ),
)
