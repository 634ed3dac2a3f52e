"""`mux models`: the models on this machine, and which would fit it."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.cli.model_bench import BENCH
from mux_tui.cli.model_pull import PULL
from mux_tui.cli.model_remove import REMOVE
from mux_tui.cli.shell import Command, Group, Shell, add_json
from mux_tui.core.config.load import load
from mux_tui.core.events import plain
from mux_tui.core.text import one_line

if TYPE_CHECKING:
    from mux_tui.core.catalog.capacity import Capacity
    from mux_tui.core.catalog.recommend import Recommendation
    from mux_tui.core.catalog.table import Catalogue
    from mux_tui.core.machine.installed import Installed
    from mux_tui.core.machine.overview import ModelRow
    from mux_tui.core.weights.hub.place import Unfinished

_CONTEXT = re.compile(r"(\d{1,8})([kKmM]?)")
_MOST_CONTEXT = 1 << 24
_MOST_MEMORY = 4096
_OWNER = "mlx-community/"
"""Who converted nearly all of them: left out, for the width of a terminal."""

_TIMES = {"": 1, "k": 1 << 10, "m": 1 << 20}


def _list(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.weights.hub.place import unfinished

    found, coming = _installed(shell), unfinished(shell.environment.paths)
    if arguments.json:
        document: dict[str, object] = {"schema": "mux.models.list/1", "models": found}
        if coming:
            document["unfinished"] = [
                {"id": one.name.id, "directory": one.directory, "bytes": one.bytes}
                for one in coming
            ]
        shell.output.json(document)
        return ExitCode.OK

    if found:
        _show_installed(found, shell)
    else:
        shell.output.line("no model on this machine")
        shell.output.line("to have one: mux setup --starter, or mux models pull ID")
    _show_unfinished(coming, shell)
    return ExitCode.OK


def _show_installed(found: "tuple[Installed, ...]", shell: Shell) -> None:
    from mux_tui.core.catalog.sizes import gib

    shell.output.table(
        [
            (
                f"{'●' if one.configured else ' '} {one.id}",
                gib(one.bytes),
                one.where,
                "configured" if one.configured else "",
            )
            for one in found
        ],
        ("  model", "on disk", "where", ""),
    )


def _show_unfinished(coming: "tuple[Unfinished, ...]", shell: Shell) -> None:
    from mux_tui.core.catalog.sizes import gib

    for one in coming:
        shell.output.paragraph(
            f"unfinished: {gib(one.bytes)} of {one.name.id}; "
            f"to go on: mux models pull {one.name.id}"
        )


async def _fit(arguments: Namespace, shell: Shell) -> ExitCode:
    from mux_tui.core.catalog.fit import DEFAULT_CONTEXT
    from mux_tui.core.catalog.recommend import recommend
    from mux_tui.core.machine.measured import measured
    from mux_tui.core.machine.overview import rows_of

    context = arguments.context or DEFAULT_CONTEXT
    capacity, here = await _capacity(arguments, shell)
    catalogue = _catalogue(shell)
    advice = recommend(catalogue.models, capacity, context)
    rows = rows_of(
        catalogue,
        capacity,
        _installed(shell) if here else (),
        context=context,
        remembered=lambda name: measured(shell.environment.paths, name),
        recommended=advice.pick.model.id if advice.pick else "",
    )
    if arguments.json:
        shell.output.json(_document(rows, advice, capacity, context))
    else:
        _show(rows, advice, capacity, context, shell)
    return ExitCode.OK


def _installed(shell: Shell) -> "tuple[Installed, ...]":
    from mux_tui.core.machine.installed import installed_models

    settings = load(shell.environment, shell.cwd, shell.overrides).settings
    environment = shell.environment
    return installed_models(settings, environment.paths, environment.variables)


def _catalogue(shell: Shell) -> "Catalogue":
    from mux_tui.core.catalog.table import USERS_FILE, read_catalogue

    found = read_catalogue(shell.environment.paths.config_dir / USERS_FILE)
    for problem in found.problems:
        shell.diagnostics.warn(problem)
    return found


async def _capacity(arguments: Namespace, shell: Shell) -> "tuple[Capacity, bool]":
    """What there is for a model, and whether it is this machine that has it."""
    from mux_tui.core.machine.capacity import capacity_of, parse_chip, simulated
    from mux_tui.core.machine.facts import read_facts

    chip = parse_chip(arguments.chip) if arguments.chip else None
    if arguments.memory:
        return simulated(arguments.memory, chip), False

    facts = await read_facts(shell.environment)
    if chip is None:
        return capacity_of(facts), True
    return simulated(round((facts.ram.value or 0) / (1 << 30)), chip), False


def _document(
    rows: "tuple[ModelRow, ...]",
    advice: "Recommendation",
    capacity: "Capacity",
    context: int,
) -> dict[str, object]:
    return {
        "schema": "mux.models.fit/1",
        "context": context,
        "capacity": plain(capacity),
        "recommendation": {
            "id": advice.pick.model.id if advice.pick else None,
            "sentence": advice.sentence,
        },
        "models": [
            plain(row) | {"sentence": row.fit.sentence if row.fit else None}
            for row in rows
        ],
    }


def _show(
    rows: "tuple[ModelRow, ...]",
    advice: "Recommendation",
    capacity: "Capacity",
    context: int,
    shell: Shell,
) -> None:
    from mux_tui.core.catalog.sizes import gib, tokens

    budget = capacity.budget
    mark = "about " if budget.estimated else ""
    shell.output.paragraph(f"for a model: {mark}{gib(budget.bytes)} ({budget.source})")
    shell.output.table(
        [_cells(row) for row in rows],
        (
            "  model",
            "needs",
            f"at {tokens(context)}",
            "at most",
            "reads/s",
            "writes/s",
            "on disk",
        ),
        spare=("on disk", "at most", "reads/s"),
    )
    shell.output.line(f"models without an owner are by {_OWNER.rstrip('/')}")
    if not capacity.bandwidth and not capacity.on_processor:
        shell.output.line("speed is not estimated: the memory bandwidth is not known")
    shell.output.paragraph(f"recommended: {one_line(advice.sentence)}")


def _cells(row: "ModelRow") -> tuple[str, ...]:
    from mux_tui.core.catalog.sizes import gib, tokens

    mark = "★" if row.recommended else " "
    fit = row.fit
    return (
        f"{mark} {one_line(row.id.removeprefix(_OWNER), 44)}",
        gib(fit.need.total) if fit else "?",
        fit.word if fit else "unknown",
        tokens(fit.largest) if fit and fit.largest else "",
        *_speeds(row),
        gib(row.installed.bytes) if row.installed else "",
    )


def _speeds(row: "ModelRow") -> tuple[str, str]:
    """What it reads and writes, in tokens a second."""
    guess, seen = row.expected, row.measured
    if guess.too_slow and not seen.writing:
        return "too slow", "too slow"
    fits = row.fit is not None and row.fit.word != "no"
    return (
        _rate(seen.reading, guess.reading if fits else None),
        _rate(seen.writing, guess.writing if fits else None),
    )


def _rate(measured: float | None, expected: float | None) -> str:
    if measured:
        return f"{measured:,.0f}"

    return f"~{expected:,.0f}" if expected else ""


def _context(text: str) -> int:
    found = _CONTEXT.fullmatch(text)
    count = int(found[1]) * _TIMES[found[2].lower()] if found else 0
    if not 256 <= count <= _MOST_CONTEXT:
        raise ArgumentTypeError("must be a number of tokens such as 8192 or 32k")

    return count


def _memory(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST_MEMORY:
        raise ArgumentTypeError(f"must be a number of GB from 1 to {_MOST_MEMORY}")

    return int(text)


def _configure_fit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--memory",
        type=_memory,
        metavar="GB",
        help="as if this were a Mac with so much memory",
    )
    parser.add_argument(
        "--chip", metavar="NAME", help="as if it had this chip, such as 'M4 Max'"
    )
    parser.add_argument(
        "--context",
        type=_context,
        metavar="N",
        help="tokens of context that shall fit, such as 8k (default: 32k)",
    )
    add_json(parser)


COMMAND = Group(
    name="models",
    summary="the models on this machine, which fit it, and downloading them",
    commands=(
        Command(
            "list",
            "list the models on this machine's disk",
            _list,
            add_json,
            ("mux models list", "mux models list --json"),
        ),
        Command(
            "fit",
            "say which models fit, how well, and how fast they would be",
            _fit,
            _configure_fit,
            (
                "mux models fit",
                "mux models fit --context 64k",
                "mux models fit --memory 64 --chip 'M4 Max'",
            ),
        ),
        BENCH,
        PULL,
        REMOVE,
    ),
)
