"""Which machines hold a part of the model: the hostfile, read before anything starts.

mlx.launch reads it too, but says little of what is wrong, and only in its log.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config.server import Server
from mux_tui.core.errors import ServerError
from mux_tui.core.paths import expanded
from mux_tui.core.text import one_line
from mux_tui.core.wire.documents import NotJson, as_object, parse

HERE = "127.0.0.1"
"""The one name that mlx.launch starts a rank for without ssh."""

_LARGEST = 1024 * 1024
_BACKENDS = ("ring", "jaccl", "jaccl-ring", "mpi", "nccl")
_HOST = re.compile(r"(?:[\w.-]+@)?[\w:][\w.:-]*", re.ASCII)


@dataclass(frozen=True)
class Hosts:
    """Who holds a part, in the order of the ranks."""

    names: tuple[str, ...]
    """One a rank, as ssh knows it; the first is `HERE`."""

    backend: str
    """How they talk to each other."""

    file: Path | None = None
    """None: all are here."""

    @property
    def machines(self) -> int:
        """How many machines share the model's memory."""
        return len(set(self.names))


def hosts(settings: Server) -> Hosts:
    """The machines that the settings name.

    Raises:
        ServerError: The hostfile is missing, or is not one; says what is wrong.
    """
    if not settings.hostfile:
        if settings.backend.startswith("jaccl"):
            raise ServerError(
                f"no hostfile for the backend {settings.backend}",
                "only a hostfile says which device leads to which machine",
                "Set server.hostfile; see docs/scale.md",
            )
        return Hosts((HERE,) * settings.ranks, settings.backend or "ring")

    file = hostfile(settings)
    document = _read(file)
    try:
        return _hosts(document, settings.backend, file)
    except _Wrong as wrong:
        raise ServerError(
            f"the hostfile {one_line(str(file), 200)} cannot be used",
            str(wrong),
            "See docs/scale.md for one that can",
        ) from wrong


def hostfile(settings: Server) -> Path:
    """Where the hostfile is, absolute."""
    return expanded(settings.hostfile).absolute()


class _Wrong(Exception):
    """What is wrong with the hostfile, as a clause."""


def _read(file: Path) -> Any:
    shown = one_line(str(file), 200)
    step = "Correct it, or server.hostfile"
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ServerError(f"no hostfile at {shown}", why, step) from error

    if len(data) > _LARGEST:
        raise ServerError(f"no hostfile at {shown}", "it is too large for one", step)
    try:
        return parse(data)
    except NotJson as error:
        raise ServerError(f"no hostfile at {shown}", f"it is {error}", step) from error


def _hosts(document: Any, wanted: str, file: Path) -> Hosts:
    whole = as_object(document)
    entries = whole.get("hosts") if whole else document
    if not isinstance(entries, list):
        raise _Wrong("there is no list of hosts in it")
    listed: list[Any] = entries  # pyright: ignore[reportUnknownVariableType]
    if len(listed) < 2:
        raise _Wrong(f"it names {len(listed)} hosts, and a rank needs another one")

    backend = wanted or whole.get("backend") or "ring"
    if backend not in _BACKENDS:
        raise _Wrong(f"its backend is none of {', '.join(_BACKENDS)}")
    _check_variables(whole.get("envs", []))
    names = tuple(_name(entry, number) for number, entry in enumerate(listed))
    if names[0] != HERE:
        raise _Wrong(
            f'its first host is this machine, and has to be "ssh": "{HERE}" '
            f"instead of {one_line(names[0], 60)}"
        )

    for number, entry in enumerate(listed):
        _check_addresses(as_object(entry), number, backend)
        if backend.startswith("jaccl"):
            _check_devices(as_object(entry), number, len(listed))
    return Hosts(names, backend, file)


def _name(entry: Any, number: int) -> str:
    name = as_object(entry).get("ssh")
    # What begins with a dash would be read as an option of ssh.
    if not isinstance(name, str) or not _HOST.fullmatch(name):
        raise _Wrong(f'host {number} has no "ssh": the name that ssh knows it by')

    return name


def _check_addresses(entry: dict[str, Any], number: int, backend: str) -> None:
    addresses = entry.get("ips", [])
    if not isinstance(addresses, list) or not all(map(_is_address, addresses)):  # pyright: ignore[reportUnknownArgumentType]
        raise _Wrong(f'the "ips" of host {number} are no list of addresses')

    needed = backend == "ring" or (backend != "mpi" and number == 0)
    if needed and not addresses:
        raise _Wrong(f'host {number} has no "ips", and {backend} needs one')


def _is_address(address: Any) -> bool:
    try:
        return isinstance(address, str) and bool(ipaddress.ip_address(address))
    except ValueError:
        return False


def _check_devices(entry: dict[str, Any], number: int, size: int) -> None:
    devices: Any = entry.get("rdma")
    if not isinstance(devices, list) or len(devices) != size:  # pyright: ignore[reportUnknownArgumentType]
        raise _Wrong(f'host {number} needs {size} "rdma" devices, one for each host')
    if devices[number] is not None:
        raise _Wrong(f'host {number} needs null as the "rdma" device to itself')


def _check_variables(variables: Any) -> None:
    good = isinstance(variables, list) and all(
        isinstance(item, str) and "=" in item
        for item in variables  # pyright: ignore[reportUnknownVariableType]
    )
    if not good:
        raise _Wrong('its "envs" are no list of texts such as "NAME=value"')
