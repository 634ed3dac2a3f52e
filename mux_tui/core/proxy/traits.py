"""The local model's traits, put together from its files, its name and its past."""

from pathlib import Path

from mux_tui.core.local_model.traits import FileTraits, read_traits
from mux_tui.core.proxy.translate.facts import ModelTraits
from mux_tui.core.proxy.translate.tiers import parameters_in, tier_of


def traits_of(
    model_id: str,
    label: str,
    directory: Path | None,
    context_window: int | None,
    prefill_rate: float | None,
) -> ModelTraits:
    """What prompts for the model depend on; reads files, so ask once, not each time.

    Args:
        model_id: What the server is asked for.
        label: What people call the model; empty: its id.
        directory: Its files, which our own server has loaded; None: they are somebody
            else's business, and only the careful way is safe: tools as text, no
            images, earlier answers back as they were.
        context_window: In tokens; None or 0: not known.
        prefill_rate: As `known_speed` tells; None: not measured.
    """
    files = read_traits(directory) if directory else FileTraits()
    parameters = files.parameters or parameters_in(label) or parameters_in(model_id)
    return ModelTraits(
        id=model_id,
        name=label or model_id,
        tier=tier_of(parameters),
        parameters=parameters,
        context_window=context_window or None,
        native_tools=files.native_tools,
        trimmable_cache=files.trimmable_cache,
        thinking=files.thinking,
        images=files.images,
        prefill_rate=prefill_rate,
    )
