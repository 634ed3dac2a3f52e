"""`mux demo`: a first look, in seconds, without a model."""

from argparse import Namespace

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.narrator import Narrator
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.events import as_json


async def _demo(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.demo import SCENES, play

    for scene in SCENES:
        if not arguments.json:
            shell.diagnostics.note(f"\n— {scene.title}\n$ mux run {scene.task!r}")
        narrator = Narrator(shell.output, shell.diagnostics)
        async for event in play(scene, shell.cwd):
            if arguments.json:
                shell.output.json_line(as_json(event))
            else:
                narrator.tell(event)
    shell.diagnostics.note(
        "\nAll of this was scripted, and nothing was recorded. For real:\n"
        '  mux setup --starter && mux run "Say hello in one sentence."'
    )
    return ExitCode.OK


COMMAND = Command(
    name="demo",
    summary="show a local answer and two escalations, all scripted",
    handler=_demo,
    configure=lambda parser: add_json(parser, "print the events, one a line"),
    examples=("mux demo",),
)
