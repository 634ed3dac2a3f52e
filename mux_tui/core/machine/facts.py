"""What does not change about this machine while mux runs, gathered once."""

import dataclasses
import platform
import sys
from pathlib import Path

from mux_tui.core.config.environment import Environment
from mux_tui.core.hardware import linux, macos
from mux_tui.core.hardware.facts import Fact, MachineFacts, unknown
from mux_tui.core.hardware.memory import free_disk, memory
from mux_tui.core.hardware.probe import Ask
from mux_tui.core.machine.commands import asking


async def read_facts(environment: Environment, ask: Ask | None = None) -> MachineFacts:
    """Ask this machine for everything; takes up to a few seconds.

    Args:
        environment: Its variables, its Python, and where models are kept.
        ask: Runs the probes' commands; None: really.
    """
    ask = ask or asking(environment.variables)
    match sys.platform:
        case "darwin":
            facts = await macos.read(ask, environment.python)
        case "linux":
            facts = await linux.read(ask, environment.python, memory())
        case _:
            facts = _other()

    return dataclasses.replace(facts, disk_free=_disk(environment.paths.cache_dir))


def _other() -> MachineFacts:
    now = memory()
    name = f"{platform.system()} {platform.release()}".strip()
    return MachineFacts(
        system="other", os=Fact(name, "platform"), ram=Fact(now.total, "psutil")
    )


def _disk(folder: Path) -> Fact[int]:
    free = free_disk(folder)
    if free is None:
        return unknown(f"{folder} cannot be looked at")

    return Fact(free, f"at {folder}")
