"""What the hardware screen's workers tell it; its handlers show it."""

from dataclasses import dataclass

from textual.message import Message

from mux_tui.core.errors import MuxError
from mux_tui.core.hardware.facts import MachineFacts
from mux_tui.core.hardware.macmon import GpuSample
from mux_tui.core.hardware.sample import Sample
from mux_tui.core.machine.service import Stock
from mux_tui.core.model_server.inspection import ServerStatus


@dataclass
class FactsKnown(Message):
    """The machine has told what it is."""

    facts: MachineFacts


@dataclass
class StockSeen(Message):
    """The disk and the catalogue were looked at."""

    stock: Stock


@dataclass
class Sampled(Message):
    """The machine was looked at."""

    now: Sample


@dataclass
class GpuSampled(Message):
    """The GPU was looked at."""

    now: GpuSample


@dataclass
class ServerSeen(Message):
    """The model server was looked at."""

    status: ServerStatus


@dataclass
class ServerStep(Message):
    """Something is being done with the model server; empty: it is done."""

    text: str


@dataclass
class Told(Message):
    """Something went well, and is said."""

    text: str


@dataclass
class Failed(Message):
    """Something could not be done."""

    error: MuxError
