"""Which screen shows which mode; each is imported when it is first shown."""

from collections.abc import Callable

from mux_tui.tui.screens.base import MuxScreen


def _cockpit() -> MuxScreen:
    from mux_tui.tui.screens.cockpit.screen import CockpitScreen

    return CockpitScreen()


def _ledger() -> MuxScreen:
    from mux_tui.tui.screens.ledger.screen import LedgerScreen

    return LedgerScreen()


def _proxy() -> MuxScreen:
    from mux_tui.tui.screens.proxy.screen import ProxyScreen

    return ProxyScreen()


def _hardware() -> MuxScreen:
    from mux_tui.tui.screens.hardware.screen import HardwareScreen

    return HardwareScreen()


def _settings() -> MuxScreen:
    from mux_tui.tui.screens.settings.screen import SettingsScreen

    return SettingsScreen()


def _doctor() -> MuxScreen:
    from mux_tui.tui.screens.doctor.screen import DoctorScreen

    return DoctorScreen()


def _setup() -> MuxScreen:
    from mux_tui.tui.screens.setup.screen import SetupScreen

    return SetupScreen()


SCREENS: dict[str, Callable[[], MuxScreen]] = {
    "cockpit": _cockpit,
    "ledger": _ledger,
    "proxy": _proxy,
    "hardware": _hardware,
    "settings": _settings,
    "doctor": _doctor,
    "setup": _setup,
}
