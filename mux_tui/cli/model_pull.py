"""`mux models pull`: what it would bring, the question, the download, the end."""

import shlex
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from mux_tui.cli.asking import confirm
from mux_tui.cli.diagnostics import Diagnostics, ExitCode
from mux_tui.cli.output import Output
from mux_tui.cli.shell import Command, Shell, add_json
from mux_tui.core.events import Progressed, as_json
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.weights.hub.plan import HubPlan
    from mux_tui.core.weights.hub.pull import Room

_NAME = "mux models pull"


async def _pull(arguments: Namespace, shell: Shell) -> ExitCode:
    # Late: this brings asynchronous processes, which the help does not need.
    from asyncio import CancelledError

    from mux_tui.core.weights.hub.look_up import MAIN, look_up
    from mux_tui.core.weights.hub.place import installed
    from mux_tui.core.weights.hub.pull import check_room, pull

    environment = shell.environment
    id = _whole_name(arguments.id, shell)
    plan = await look_up(id, environment, arguments.revision or MAIN)
    already = installed(plan, environment.paths) is not None
    teller = Teller(plan, shell, as_json=arguments.json)
    if not already:
        teller.planned(check_room(plan, environment.paths))
        if not arguments.yes:
            await confirm(shell, _NAME, "download it?", "nothing was downloaded")
    try:
        directory = await pull(plan, environment, teller.report)
    except CancelledError:
        shell.diagnostics.note(f"what has come is kept; to go on: {_NAME} {id}")
        raise

    teller.ended(str(directory), already)
    return ExitCode.OK


def _whole_name(id: str, shell: Shell) -> str:
    """OWNER/NAME, also when only a NAME of the table was given."""
    if "/" in id:
        return id

    from mux_tui.core.catalog.table import USERS_FILE, read_catalogue

    catalogue = read_catalogue(shell.environment.paths.config_dir / USERS_FILE)
    known = catalogue.find(id)
    return known.id if known else id


class Teller:
    """Tells of one download: to a person, or in lines of JSON."""

    def __init__(self, plan: "HubPlan", shell: Shell, *, as_json: bool) -> None:
        """Tell of `plan` where `shell` says."""
        from mux_tui.core.weights.hub.pace import Pace

        self._plan = plan
        self._output: Output = shell.output
        self._diagnostics: Diagnostics = shell.diagnostics
        self._json = as_json
        self._pace = Pace()

    def planned(self, room: "Room") -> None:
        """Tell what it will bring."""
        plan = self._plan
        if self._json:
            files = [{"name": file.name, "size": file.size} for file in plan.files]
            line = {"event": "planned"} | self._facts() | {"files": files}
            room_left = {"missing": room.missing, "free": room.free}
            self._output.json_line(line | room_left)
            return

        licence = one_line(plan.licence, 40) or "not told"
        here = plan.bytes - room.missing
        self._diagnostics.note(
            f"{plan.name.id}, commit {plan.commit[:10]}, licence: {licence}\n"
            f"{len(plan.files)} files, {_gb(room.missing)} to download"
            + (f" ({_gb(here)} are here)" if here else "")
            + f", {_gb(room.free)} free"
        )

    def report(self, event: Progressed) -> None:
        """Tell how far it is."""
        self._pace.seen(event)
        if self._json:
            pace = {
                "per_second": self._pace.per_second,
                "seconds_left": self._pace.seconds_left,
            }
            self._output.json_line(as_json(event) | pace)
            return

        done = event.step == "downloading" and event.done == event.total
        self._diagnostics.progress(f"  {self._sentence(event)}", end=done)

    def ended(self, directory: str, already: bool) -> None:
        """Tell where it is."""
        if self._json:
            last: dict[str, Any] = {"schema": "mux.models.pull/1"} | self._facts()
            count = {"files": len(self._plan.files), "already": already}
            self._output.json_line(last | count | {"directory": directory})
            return

        was = "is here already" if already else "is installed"
        self._output.line(f"{self._plan.name.id} {was}: {one_line(directory, 500)}")
        self._output.line(f"use it: mux setup --model {shlex.quote(directory)}")

    def _facts(self) -> dict[str, Any]:
        plan = self._plan
        return {
            "id": plan.name.id,
            "revision": plan.revision,
            "commit": plan.commit,
            "licence": plan.licence,
            "bytes": plan.bytes,
        }

    def _sentence(self, event: Progressed) -> str:
        if event.step == "waiting":
            return "waiting for another mux that downloads it"
        if event.step == "reconnecting":
            return f"the connection broke: try {event.done + 1} of {event.total}"

        parts = [f"{event.step} {event.done / 1e6:,.1f} of {_mb(event.total or 0)}"]
        if speed := self._pace.per_second:
            parts.append(f"{_mb(round(speed))}/s")
        if (left := self._pace.seconds_left) and event.done != event.total:
            parts.append(f"{_span(left)} left")
        return ", ".join(parts)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _gb(size: int) -> str:
    return f"{size / 1e9:,.2f} GB" if size >= 1e9 else _mb(size)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"

    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "id", metavar="ID", help="OWNER/NAME at the hub, or a NAME of mux models fit"
    )
    parser.add_argument(
        "--revision", metavar="R", help="a branch, a tag or a commit (default: main)"
    )
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_json(parser, "print lines of JSON: the plan, the progress, the end")


PULL = Command(
    "pull",
    "download a model from the hub that HF_ENDPOINT names",
    _pull,
    _configure,
    (
        "mux models pull mlx-community/Qwen3-4B-4bit",
        "mux models pull mlx-community/Qwen3-4B-4bit --yes --json",
    ),
)
