"""The settings of the model server that mux starts."""

from dataclasses import dataclass
from typing import Literal

from mux_tui.core.config.bounds import bounded


@dataclass(frozen=True)
class Server:
    """The `mlx_lm.server` that mux starts."""

    autostart: bool = True
    """Start it when a task needs it. When it has died, the task goes to the cloud if
    it may, and the server is started again behind its back."""

    port: int = bounded(0, 0, 65_535)
    """The port on 127.0.0.1; 0: a free one."""

    start_timeout: float = bounded(600.0, 5, 7200)
    """Seconds until the first token, loading included."""

    idle_minutes: float = bounded(15.0, 0, 10_080)
    """Minutes without a request after which the server is stopped; 0: never."""

    on_exit: Literal["ask", "stop", "keep"] = "keep"
    """What happens to it when the cockpit is closed."""

    memory_guard: Literal["refuse", "warn", "off"] = "refuse"
    """What happens to a model, or a prompt, that needs more memory than there is:
    `refuse`: it is not loaded, and not read; `warn`: only said; `off`: not looked at.
    A model that will hardly fit is always loaded, with a warning."""

    prompt_concurrency: int = bounded(1, 1, 64)
    """Prompts read at the same time."""

    decode_concurrency: int = bounded(4, 1, 1024)
    """Answers generated at the same time; through the proxy, by other servers too."""

    openblas: bool = True
    """Linux: preload the system's OpenBLAS, which reads prompts many times faster."""

    launcher: Literal["", "mlx.launch"] = ""
    """Empty: one process serves the model. `mlx.launch`: MLX's own launcher starts
    several, the ranks, which hold a part of it each."""

    hostfile: str = ""
    """The machines, as `mlx.launch` reads them, this one first; empty: every rank runs
    on this machine, which is only good for trying."""

    ranks: int = bounded(2, 2, 64)
    """How many ranks there are without a `hostfile`."""

    backend: Literal["", "ring", "jaccl", "jaccl-ring", "mpi", "nccl"] = ""
    """How ranks talk to each other; empty: as the `hostfile` says, else `ring`."""

    parallel: Literal["tensor", "pipeline"] = "tensor"
    """`tensor`: each rank holds a part of every layer. `pipeline`: each rank holds some
    of the layers; fewer kinds of models can."""
