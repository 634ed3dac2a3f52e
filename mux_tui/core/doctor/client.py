"""Claude Code as the proxy's client: does it send anything the proxy does not know?"""

from collections.abc import Mapping

from mux_tui.core.backends.program import find_program
from mux_tui.core.config.settings import Settings
from mux_tui.core.doctor.check import Check
from mux_tui.core.errors import BackendError, MuxError
from mux_tui.core.proxy.client_probe import ProbeReport, probe_client

_INSTALL = "npm install -g @anthropic-ai/claude-code"
_MOST_SHOWN = 20


async def check_client(settings: Settings, variables: Mapping[str, str]) -> Check:
    """Start the installed Claude Code against a server of ours, and look at it talk."""
    try:
        program = find_program(settings.providers.claude.command or "claude", variables)
        report = await probe_client(program, variables)
    except BackendError as error:
        return Check("client", "note", "not installed", str(error), _INSTALL)
    except MuxError as error:
        return Check("client", "warning", "cannot be tried out", str(error))

    return _check(report, str(program))


def _check(report: ProbeReport, program: str) -> Check:
    who = f"claude {report.version or '(version not told)'}"
    lines = [
        *report.warnings,
        *(f"new kind of block: {block}" for block in report.unknown_blocks),
        *(f"new: {field}" for field in report.unknown_fields),
    ]
    if not lines:
        count = report.requests
        return Check("client", "ok", f"{who}: {count} requests, nothing new", program)

    shown = lines[:_MOST_SHOWN]
    if len(lines) > len(shown):
        shown.append(f"and {len(lines) - len(shown)} more")
    return Check(
        "client",
        "warning",
        f"{who} sends what this mux does not know",
        "\n".join(shown),
        "Update mux; what it does not know is passed over or shown as text",
    )
