"""Step 2: what can be chosen as the local model, and which of it Enter takes."""

import asyncio
from collections.abc import Iterable

from mux_tui.core.catalog.fit import DEFAULT_CONTEXT
from mux_tui.core.catalog.sizes import gib
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.machine.advice import Advice, recommend
from mux_tui.core.machine.installed import installed_models
from mux_tui.core.machine.measured import Measured, measured
from mux_tui.core.machine.overview import ModelRow, rows_of
from mux_tui.core.setup.choices import Choices, ModelChoice
from mux_tui.core.setup.facts import FoundServer, HardwareFound, ModelFound, Offer
from mux_tui.core.setup.whereabouts import catalogue_of, directory_of
from mux_tui.core.text import one_line
from mux_tui.core.weights.starter import STARTER

_MODELS_OF_A_SERVER = 5

CLOUD_ONLY = Offer(
    ModelChoice("cloud"),
    "Cloud only",
    "no local model: tasks go to claude, codex or gemini",
)


async def look_at_models(
    environment: Environment,
    settings: Settings,
    hardware: HardwareFound,
    choices: Choices,
) -> ModelFound:
    """Put together what runs, what is on disk, and what could be fetched.

    Args:
        environment: The variables, and with them the directories.
        settings: Those that hold now.
        hardware: What step 1 found.
        choices: What is chosen already, and for how much context.
    """
    context = choices.context or DEFAULT_CONTEXT
    catalogue = catalogue_of(environment.paths)
    paths = environment.paths

    def remembered(name: str) -> Measured:
        return measured(paths, name)

    installed = await asyncio.to_thread(
        installed_models, settings, paths, environment.variables
    )
    advice = recommend(
        hardware.facts, catalogue, installed, context=context, remembered=remembered
    )
    rows = rows_of(
        catalogue,
        hardware.capacity,
        installed,
        context=context,
        remembered=remembered,
        recommended=advice.best.model.id if advice.best else "",
    )
    offers = [*_served(hardware.servers), *map(_offer, rows), CLOUD_ONLY]
    # What the settings name counts as chosen only if it is there to be used.
    named = choices.model
    gone = named.kind == "directory" and directory_of(named, paths) is None
    chosen = ModelChoice() if gone else named
    return ModelFound(
        _with_suggestion(offers, chosen, advice, hardware),
        advice,
        context,
        catalogue.problems,
    )


def _served(servers: Iterable[FoundServer]) -> list[Offer]:
    offers: list[Offer] = []
    for server in servers:
        if not server.usable:
            continue
        for id in server.models[:_MODELS_OF_A_SERVER] or ("",):
            choice = ModelChoice("server", id, server.base_url)
            words = f"runs already: {server.name} at {server.base_url}"
            offers.append(Offer(choice, one_line(id, 100) or server.name, words))
    return offers


def _offer(row: ModelRow) -> Offer:
    return Offer(_choice(row), one_line(row.name, 100), _words(row), row)


def _choice(row: ModelRow) -> ModelChoice:
    entry = row.model
    if row.installed is not None:
        starter = row.installed.where == "mux" and row.installed.id == STARTER.id
        named = ModelChoice("directory", row.installed.setting)
        return ModelChoice("starter") if starter else named
    if entry is not None and entry.starter:
        return ModelChoice("starter")

    return ModelChoice("hub", row.id)


def _words(row: ModelRow) -> str:
    fit = row.fit.sentence if row.fit else "fit unknown"
    size = gib(row.model.bytes) if row.model else ""
    parts = [fit, size, "on disk" if row.installed else ""]
    if row.measured.writing:
        parts.append(f"{row.measured.writing:.0f} tokens/s measured")
    elif row.expected.writing:
        parts.append(f"~{row.expected.writing:.0f} tokens/s")
    elif row.expected.too_slow:
        parts.append("too slow here")
    return ", ".join(part for part in parts if part)


def _with_suggestion(
    offers: list[Offer],
    chosen: ModelChoice,
    advice: Advice,
    hardware: HardwareFound,
) -> tuple[Offer, ...]:
    """Mark one: what is chosen, else what to take here."""
    if chosen.kind != "none" and all(one.choice != chosen for one in offers):
        offers = [
            Offer(chosen, one_line(chosen.name, 200), "as the settings say"),
            *offers,
        ]
    wanted = chosen
    if chosen.kind == "none":
        wanted = _best(offers, advice, hardware)
    return tuple(
        Offer(one.choice, one.title, one.words, one.row, one.choice == wanted)
        for one in offers
    )


def _best(offers: list[Offer], advice: Advice, hardware: HardwareFound) -> ModelChoice:
    """What to take where nothing was chosen before.

    Where MLX only has a processor, a server that runs already is worth more than the
    starter, which is all that could be recommended.
    """
    running = next((one for one in offers if one.choice.kind == "server"), None)
    if running is not None and (hardware.capacity.on_processor or not advice.best):
        return running.choice

    picked = (one for one in offers if one.row is not None and one.row.recommended)
    return next((one.choice for one in picked), CLOUD_ONLY.choice)
