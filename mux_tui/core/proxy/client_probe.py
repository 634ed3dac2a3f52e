"""Letting the installed Claude Code talk to a scripted server, to see what it sends.

Clients change each week. This starts the real one in a home of its own, lets it use
tools, and compares what it sends with what the proxy knows. What it sent is looked at
in memory and kept nowhere.
"""

import base64
import json
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mux_tui.core.config.settings import Proxy
from mux_tui.core.errors import EnvironmentProblem
from mux_tui.core.process.run import Finished, run
from mux_tui.core.proxy.client_environment import client_environment
from mux_tui.core.proxy.client_shapes import Asked, Findings, examine
from mux_tui.core.proxy.probe_server import ProbeServer
from mux_tui.core.text import one_line
from mux_tui.core.wire.anthropic_events import (
    AnswerEvent,
    BlockDelta,
    BlockKind,
    BlockStart,
    BlockStop,
    Counts,
    MessageDelta,
    MessageStart,
    MessageStop,
    StopReason,
)
from mux_tui.core.wire.documents import as_list, as_object, as_text

_TIME_LIMIT = 60.0
_DONE = "The probe is done."
_PROMPT = "Read the files here."
_MARK = "claude-cli/"
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLv"
    "AAAAAElFTkSuQmCC"
)
_ARGUMENTS = (
    *("-p", _PROMPT, "--output-format", "json", "--permission-mode", "default"),
    *("--allowedTools", "Read,Bash"),
)


@dataclass(frozen=True)
class ProbeReport:
    """What was found."""

    version: str
    """The client's, as it tells the server; empty: it sent nothing."""

    requests: int
    """How many it sent to the API."""

    unknown_blocks: tuple[str, ...] = ()
    """Kinds of blocks that the proxy can only show as words, and where they stood."""

    unknown_fields: tuple[str, ...] = ()
    """Fields, roles, tool types and features of the API that it passes over."""

    warnings: tuple[str, ...] = ()
    """What would not work, a sentence each."""


async def probe_client(
    program: Path, environment: Mapping[str, str], time_limit: float = _TIME_LIMIT
) -> ProbeReport:
    """Start the client against a server of ours, and say what is new in its requests.

    It sees nothing of the user's: neither login, nor settings, nor projects. Whatever
    it wants from the network is refused.

    Args:
        program: The client.
        environment: Our variables, for its PATH and language.
        time_limit: Seconds until it is ended.

    Raises:
        EnvironmentProblem: There is no room for its home.
        ProcessStartError: It cannot be started.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="mux-probe-") as place:
            return await _probed(program, environment, Path(place), time_limit)
    except OSError as error:
        why = error.strerror or str(error)
        raise EnvironmentProblem("cannot try the client out", why) from error


async def _probed(
    program: Path, environment: Mapping[str, str], place: Path, time_limit: float
) -> ProbeReport:
    project = _prepared(place)

    def answer(body: dict[str, Any]) -> Sequence[AnswerEvent]:
        return script(body, project)

    async with ProbeServer(answer).listening() as server:
        done = await run(
            [str(program), *_ARGUMENTS],
            cwd=project,
            env=_variables(environment, place, server.address),
            time_limit=time_limit,
            grace=1.0,
        )
    return _report(server.asked, done)


def _prepared(place: Path) -> Path:
    for name in ("home", "tmp", "project"):
        (place / name).mkdir()
    project = place / "project"
    (project / "notes.txt").write_text("A note.\n", encoding="utf-8")
    (project / "dot.png").write_bytes(_PICTURE)
    (project / "CLAUDE.md").write_text("Be brief.\n", encoding="utf-8")
    return project


def _variables(
    environment: Mapping[str, str], place: Path, address: str
) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.items()
        if name in ("PATH", "LANG", "TZ") or name.startswith("LC_")
    }
    token = secrets.token_urlsafe(16)
    ours = client_environment(address, token, None, Proxy())
    return (
        kept
        | ours
        | {
            "HOME": str(place / "home"),
            "TMPDIR": str(place / "tmp"),
            "TERM": "dumb",
            "HTTPS_PROXY": address,
            "https_proxy": address,
            "NO_PROXY": "127.0.0.1,localhost",
            "DISABLE_AUTOUPDATER": "1",
        }
    )


def _report(asked: Sequence[Asked], done: Finished) -> ProbeReport:
    inferences = [one for one in asked if one.path.startswith("/v1/messages")]
    found: Findings = examine(asked)
    warnings = list(found.warnings)
    if done.exit.stopped:
        warnings.append("it did not end by itself")
    elif _DONE not in done.stdout:
        said = done.stdout.strip() or done.stderr.strip() or "it said nothing"
        warnings.append(f"it did not come to an answer: {one_line(said, 200)}")
    if not inferences:
        warnings.append("it asked the server for nothing")
    return ProbeReport(
        version=_version(asked),
        requests=len(inferences),
        unknown_blocks=tuple(found.blocks),
        unknown_fields=tuple(found.fields),
        warnings=tuple(warnings),
    )


def _version(asked: Sequence[Asked]) -> str:
    agents = (one.headers.get("user-agent", "") for one in asked)
    for agent in agents:
        if agent.startswith(_MARK):
            return one_line(agent.removeprefix(_MARK).split(" ")[0], 40)

    return ""


def script(body: dict[str, Any], project: Path) -> list[AnswerEvent]:
    """The answer to a request: tools first, then the end.

    Results of tools are what shows most of a client's blocks: texts, pictures, errors,
    thinking that comes back.
    """
    if _has_results(body):
        return _message([_Planned("text", _DONE)], "end_turn")

    offered = {as_object(tool).get("name") for tool in as_list(body.get("tools"))}
    calls = [
        ("Read", {"file_path": str(project / "notes.txt")}),
        ("Read", {"file_path": str(project / "dot.png")}),
        ("Bash", {"command": "true", "description": "Do nothing"}),
        ("Write", {"file_path": str(project / "new.txt"), "content": "No."}),
    ]
    asked = [
        _Planned("tool_use", json.dumps(arguments), f"toolu_{number}", name)
        for number, (name, arguments) in enumerate(calls)
        if name in offered
    ]
    if not asked:
        return _message([_Planned("text", _DONE)], "end_turn")

    return _message([_Planned("thinking", "Let me look."), *asked], "tool_use")


@dataclass(frozen=True)
class _Planned:
    """A block of an answer."""

    kind: BlockKind
    text: str
    tool_id: str = ""
    tool_name: str = ""


def _has_results(body: dict[str, Any]) -> bool:
    return any(
        as_text(as_object(block).get("type")) == "tool_result"
        for message in as_list(body.get("messages"))
        for block in as_list(as_object(message).get("content"))
    )


def _message(blocks: Sequence[_Planned], stop: StopReason) -> list[AnswerEvent]:
    id = f"msg_{secrets.token_hex(12)}"
    events: list[AnswerEvent] = [MessageStart(id, "local", Counts(100, 0, 1))]
    for index, block in enumerate(blocks):
        kind = block.kind
        events.append(BlockStart(index, kind, block.tool_id, block.tool_name))
        events.append(BlockDelta(index, kind, block.text))
        events.append(BlockStop(index))
    return [*events, MessageDelta(stop, Counts(100, 0, 10)), MessageStop()]
