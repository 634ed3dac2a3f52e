"""Can this model be divided among so many ranks?

Said before anything is loaded, where the model's own files tell; what only its code
knows is told by the ranks.
"""

from pathlib import Path

from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.wire.documents import NotJson, as_count, as_object, parse


def check_division(model: Path, settings: Server, ranks: int) -> None:
    """Refuse a division that cannot work.

    Args:
        model: The model's directory.
        settings: How it is divided.
        ranks: Among how many.

    Raises:
        ServerError: The model's attention heads are no multiple of the ranks.
    """
    if settings.parallel == "pipeline":
        return
    try:
        config = as_object(parse((model / "config.json").read_bytes()))
    except (OSError, NotJson):
        # The server says so in its own words.
        return

    heads = as_count(config.get("num_attention_heads"))
    if heads and heads % ranks:
        raise ServerError(
            f"{model.name} cannot be divided among {ranks} ranks",
            f"it has {heads} attention heads, and each rank needs as many as the next",
            "Use another number of ranks, or server.parallel = pipeline",
        )
