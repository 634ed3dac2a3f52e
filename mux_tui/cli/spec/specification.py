"""All facts of the command line as one document, for programs."""

from typing import Any

from mux_tui import __version__
from mux_tui.cli.spec.commands import commands, common_options
from mux_tui.cli.spec.documents import Document, documents, schema_of
from mux_tui.cli.spec.exit_codes import exit_codes
from mux_tui.cli.spec.twins import TWINS
from mux_tui.core.events import plain

SCHEMA = "mux.spec/1"


def specification() -> dict[str, Any]:
    """The document."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "options": plain(common_options()),
        "commands": [
            {"name": one.name} | plain(one) | {"schemas": _printed_by(one.name)}
            for one in commands()
        ],
        "exit_codes": [
            {"code": code, "name": name, "meaning": meaning}
            for code, (name, meaning) in exit_codes().items()
        ],
        "screens": [
            {"name": screen, "commands": list(names)} for screen, names in TWINS.items()
        ],
        "schemas": [_described(one) for one in documents()],
    }


def _printed_by(command: str) -> list[str]:
    return [one.id for one in documents() if command in one.commands]


def _described(document: Document) -> dict[str, Any]:
    return {
        "schema": document.id,
        "commands": list(document.commands),
        "meaning": document.meaning,
        "event": document.event or None,
        "stamped": document.stamped,
        "over_mcp": document.over_mcp,
        "json_schema": schema_of(document),
    }
