"""Model servers that run on this machine, looked for where they usually answer.

Only the list of models is asked for: a token would make some servers load a model.
"""

import asyncio
from dataclasses import dataclass

from mux_tui.core.backends.chat_completions import make_client
from mux_tui.core.backends.chat_probe import list_models
from mux_tui.core.errors import BackendError
from mux_tui.core.setup.facts import FoundServer
from mux_tui.core.text import one_line

_SECONDS = 1.5
_NOT_THERE = ("connection",)


@dataclass(frozen=True)
class Usual:
    """Where a program answers unless it is told otherwise."""

    name: str
    port: int

    @property
    def base_url(self) -> str:
        """Its address on this machine."""
        return f"http://127.0.0.1:{self.port}/v1"


USUAL = (
    Usual("Ollama", 11434),
    Usual("LM Studio", 1234),
    Usual("llama-server or mlx_lm.server", 8080),
    Usual("llama-server", 8081),
    Usual("vLLM", 8000),
)


async def find_servers(
    usual: tuple[Usual, ...] = USUAL, own: str = ""
) -> tuple[FoundServer, ...]:
    """Look at all places side by side.

    Args:
        usual: The places.
        own: Where the server answers that mux itself started; it is left out.
    """
    places = [one for one in usual if one.base_url != own]
    return tuple(await asyncio.gather(*map(_look, places)))


async def _look(usual: Usual) -> FoundServer:
    url = usual.base_url
    try:
        async with make_client(url) as client:
            models = await list_models(client, url, timeout=_SECONDS)
    except BackendError as error:
        if error.fault in _NOT_THERE:
            return FoundServer(usual.name, url, answers=False)
        why = "it asks for a key" if error.fault == "not_logged_in" else error.what
        return FoundServer(usual.name, url, answers=True, problem=one_line(why, 120))

    ids = tuple(model.id for model in models)
    return FoundServer(usual.name, url, answers=True, models=ids)
