"""`mux setup` at a terminal: one question after the other; Enter takes the default.

At every question: `b` goes back, `s` skips the step, `q` ends it with nothing written.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.setup_connections import ask_connections
from mux_tui.cli.setup_report import Reporter, show_done, show_plan
from mux_tui.cli.setup_unattended import check, tell_download
from mux_tui.cli.shell import Shell
from mux_tui.core.errors import Declined, MuxError
from mux_tui.core.setup.facts import (
    ConnectFound,
    DownloadFound,
    Failure,
    HardwareFound,
    ModelFound,
    ServeFound,
)
from mux_tui.core.setup.steps import STEPS, TITLES
from mux_tui.core.setup.whereabouts import model_named
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.setup.wizard import Wizard

_MOST_OFFERS = 12
_HINT = "Enter takes what is in [ ]; b: back, s: skip this step, q: quit"


class Back(Exception):
    """The person wants to go back."""


class Skip(Exception):
    """The person wants to skip the step."""


class Again(Exception):
    """A way on was taken: the step that the wizard is at now is asked next."""


@dataclass
class Asker:
    """Asks one question at a time."""

    shell: Shell

    def say(self, text: str) -> None:
        """Tell something."""
        self.shell.diagnostics.note(text)

    async def ask(self, question: str, default: str) -> str:
        """The answer; the default when only Enter is pressed.

        Raises:
            Back: Back, instead.
            Skip: On to the next step, instead.
            Declined: The end, instead.
        """
        self.shell.diagnostics.prompt(f"{question} [{default}] ")
        typed = await self.shell.answer()
        if not typed:
            self.say("")
        word = typed.strip()
        if not typed or word in ("q", "quit"):
            raise Declined("nothing was set up", "you did not want it")
        if word in ("b", "back"):
            raise Back
        if word in ("s", "skip"):
            raise Skip
        return word or default

    async def yes(self, question: str) -> bool:
        """Whether the answer is yes, which Enter is."""
        while True:
            answer = (await self.ask(f"{question} (y/n)", "y")).lower()
            if answer in ("y", "yes", "n", "no"):
                return answer[0] == "y"
            self.say("y or n?")


async def ask_through(
    wizard: "Wizard", shell: Shell, chosen: dict[str, Any]
) -> ExitCode:
    """Go through the steps with a person, and write at the end.

    Args:
        wizard: New.
        shell: Where to ask.
        chosen: What options say, which counts more than what was left half done.

    Raises:
        Declined: The person ended it; nothing was written.
        MuxError: Something could not be written.
    """
    asker = Asker(shell)
    asker.say(_HINT)
    await _resume(wizard, asker)
    wizard.choose(**chosen)
    while True:
        number = STEPS.index(wizard.step) + 1
        asker.say(f"\n{number}/{len(STEPS)} {TITLES[wizard.step]}")
        try:
            if await _step(wizard, asker):
                return ExitCode.OK
            wizard.next()
        except Again:
            pass
        except Back:
            wizard.back()
        except Skip:
            if wizard.step == "summary":
                raise Declined("nothing was set up", "you did not want it") from None
            wizard.skip()


async def _resume(wizard: "Wizard", asker: Asker) -> None:
    from mux_tui.core.setup.draft import read

    left = read(wizard.paths)
    if left is None:
        return
    try:
        go_on = await asker.yes(f"A setup was left at {TITLES[left.step]!r}. Go on?")
    except (Back, Skip):
        go_on = False
    if go_on:
        wizard.resume(left)


async def _step(wizard: "Wizard", asker: Asker) -> bool:
    """Ask what this step asks; whether that was the last."""
    if wizard.step == "summary":
        return await _summary(wizard, asker)

    found = await wizard.probe()
    match found:
        case HardwareFound():
            _tell_hardware(found, asker)
            await asker.ask("go on?", "Enter")
        case ModelFound():
            await _model(wizard, found, asker)
        case DownloadFound():
            await _download(wizard, found, asker)
        case ServeFound():
            await _serve(wizard, found, asker)
        case ConnectFound():
            wizard.choose(**await ask_connections(wizard.choices, found, asker))
        case Failure():
            await _ways(wizard, found, asker)
        case None:
            pass
    return False


def _tell_hardware(found: HardwareFound, asker: Asker) -> None:
    for name, value, source in found.lines:
        asker.say(f"  {name:13} {value}" + (f"   ({source})" if source else ""))
    for server in (one for one in found.servers if one.answers):
        count = f"{len(server.models)} models"
        asker.say(f"  {server.name:13} {server.base_url}, {server.problem or count}")


async def _model(wizard: "Wizard", found: ModelFound, asker: Asker) -> None:
    asker.say(f"  {found.advice.sentence}")
    offers = found.offers[:_MOST_OFFERS]
    last = found.offers[-1]
    offers = offers if last in offers else (*offers[:-1], last)
    default = "1"
    for number, offer in enumerate(offers, start=1):
        if offer.suggested:
            default = str(number)
        mark = "★" if offer.suggested else " "
        asker.say(f"  {number:2} {mark} {offer.title}: {offer.words}")
    asker.say("  or: OWNER/NAME of a hub, a model's directory, a server's address")
    while True:
        typed = await asker.ask("model?", default)
        if typed.isdecimal() and 0 < int(typed[:4]) <= len(offers):
            wizard.choose(model=offers[int(typed[:4]) - 1].choice)
            return
        try:
            base = asker.shell.cwd
            wizard.choose(model=model_named(typed, base, wizard.paths))
        except MuxError as error:
            asker.say(f"  {error}")
            continue
        return


async def _download(wizard: "Wizard", found: DownloadFound, asker: Asker) -> None:
    if found.already:
        asker.say(f"  {one_line(found.title, 200)} is on this machine")
        return

    tell_download(found, asker.shell)
    if not await asker.yes("download it?"):
        raise Back
    await _run(wizard, asker)


async def _serve(wizard: "Wizard", found: ServeFound, asker: Asker) -> None:
    if found.warning:
        asker.say(f"  {found.warning}")
    what = "try it?" if found.running else "start its server and try it?"
    if not await asker.yes(f"{found.title}: {what}"):
        raise Skip
    await _run(wizard, asker)


async def _run(wizard: "Wizard", asker: Asker) -> None:
    """Do what the step does, again and again if that is wanted."""
    ran = await wizard.run(Reporter(asker.shell.diagnostics).report)
    if isinstance(ran, Failure):
        await _ways(wizard, ran, asker)


async def _ways(wizard: "Wizard", failure: Failure, asker: Asker) -> None:
    """Let a person choose a way on; the step that it leads to is asked next.

    Raises:
        Again: A way was taken.
    """
    asker.shell.diagnostics.error(failure.error)
    for way in failure.ways:
        asker.say(f"  {way.key}: {way.words}")
    keys = {way.key: way for way in failure.ways if way.action != "skip"}
    while True:
        typed = await asker.ask("what now?", failure.ways[0].key)
        way = keys.get(typed)
        if way is None:
            asker.say("one of the letters above, or b, s, q")
        elif way.action == "show_log":
            for line in failure.log or ("the log is empty",):
                asker.say(f"  {line}")
        else:
            wizard.take(way)
            raise Again


async def _summary(wizard: "Wizard", asker: Asker) -> bool:
    plan = wizard.plan()
    show_plan(plan, asker.shell.output)
    if not await asker.yes("write it?"):
        raise Declined("nothing was set up", "you did not want it")

    carried = await wizard.carry_out(plan)
    show_done(wizard, carried, asker.shell.output)
    check(carried)
    return True
