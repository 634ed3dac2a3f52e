"""What each exit code means, out of `ExitCode` itself."""

from mux_tui.cli.diagnostics import ExitCode
from mux_tui.core.schema.meanings import meaning_of_field


def exit_codes() -> dict[int, tuple[str, str]]:
    """Name and meaning of each code."""
    return {
        code.value: (code.name.lower(), meaning_of_field(ExitCode, code.name))
        for code in ExitCode
    }
