"""What screens tell the app. Requests are answered by the app's handlers alone."""

from dataclasses import dataclass

from textual.message import Message

from mux_tui.core.choices import RouteChoice


@dataclass
class ModeWanted(Message):
    """Another mode's screen is to be shown."""

    mode: str


@dataclass
class TaskWanted(Message):
    """A task is to be run in the cockpit, and shown there."""

    text: str
    route: RouteChoice = "auto"


@dataclass
class RunWanted(Message):
    """A run is to be shown in the ledger."""

    reference: str


@dataclass
class QueryWanted(Message):
    """The ledger is to show what a query finds."""

    query: str


@dataclass
class SettingWanted(Message):
    """A setting is to be shown."""

    name: str


@dataclass
class ThemeWanted(Message):
    """A theme is to be worn, now and from now on."""

    name: str


@dataclass
class SettingsSaved(Message):
    """A settings file was written, or was found changed."""
