"""What people call the tables of settings, and when a change takes effect."""

TITLES = {
    "router": "Router",
    "providers.local": "Local model",
    "providers.claude": "Claude Code",
    "providers.codex": "Codex",
    "providers.gemini": "Gemini CLI",
    "cloud": "Cloud",
    "local_runtime": "Foreign server",
    "server": "Model server",
    "verification": "Verification",
    "workflow": "File work",
    "local_executor": "File writing",
    "ledger": "Ledger",
    "proxy": "Proxy",
    "telemetry": "Telemetry",
    "ui": "Appearance",
    "limits": "Limits",
}

AT_ONCE = ""
_NEXT_MUX = "holds when mux is started again"
_NEXT_SERVER = "a running model server takes it when started again (F4)"
_NEXT_PROXY = "a running proxy takes it when started again (F3)"

_READ_AT_START = {
    "ui.glyphs",
    "ui.reduced_motion",
    "ui.screen_reader",
    "ledger.path",
    "ledger.store_prompts",
    "ledger.busy_timeout",
}
_READ_WHEN_ASKED = {"server.autostart", "server.on_exit", "proxy.on_exit"}


def title_of(section: str) -> str:
    """What people call a table of settings."""
    return TITLES.get(section) or section.replace("_", " ").replace(".", ": ")


def when(name: str) -> str:
    """When a change of a setting takes effect; empty: at once."""
    if name in _READ_AT_START:
        return _NEXT_MUX
    if name in _READ_WHEN_ASKED:
        return AT_ONCE
    if name.startswith("server."):
        return _NEXT_SERVER
    if name.startswith(("proxy.", "providers.local.", "telemetry.")):
        return _NEXT_PROXY

    return AT_ONCE
