"""The real CLIs with mux as a tool: registered, connected, called."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from mux_tui.core.process.run import Finished, run
from tests.cli.muxing import PROJECT, World
from tests.cloud import Answer, ToolCall, cloud
from tests.e2e.cloud_fixtures import Desk, MakeDesk
from tests.upstream import Upstream, upstream

# The clients give a server few seconds to connect: nothing else runs meanwhile.
pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(300)]
LOCAL = "A mutex lets one thread in at a time, said the local model."
QUESTION = "What is a mutex?"


def world_of(desk: Desk) -> World:
    """A mux in the home of a desk, which has the CLI on its PATH."""
    return World(desk.home, variables=dict(desk.variables))


@asynccontextmanager
async def local_model() -> AsyncGenerator[Upstream, None]:
    """A model server that knows one answer."""
    async with upstream(text=LOCAL) as server:
        yield server


async def cli(desk: Desk, *words: str, **variables: str) -> Finished:
    """Run the desk's CLI in its project."""
    environment = environment_of(desk) | variables
    return await run(
        [desk.route, *words], cwd=desk.project, env=environment, time_limit=120
    )


def environment_of(desk: Desk) -> dict[str, str]:
    """What the CLI sees; it hands some of it on to the server that it starts."""
    return world_of(desk).environment | {"PYTHONPATH": str(PROJECT)}


async def installed(desk: Desk) -> None:
    """Have mux make itself known to the CLI, twice."""
    for _ in range(2):
        ended = await asyncio.to_thread(
            world_of(desk).mux, "mcp", "install", desk.route, cwd=desk.project
        )
        assert ended.code == 0, ended.err


async def test_claude_code_connects_and_lets_go(make_desk: MakeDesk) -> None:
    async with cloud() as vendor:
        desk = make_desk("claude", vendor.base_url)
        await installed(desk)
        listed = await cli(desk, "mcp", "list")
        gone = await asyncio.to_thread(
            world_of(desk).mux, "mcp", "uninstall", "claude", cwd=desk.project
        )
        after = await cli(desk, "mcp", "list")
    assert "mux" in listed.stdout
    assert "✔ Connected" in listed.stdout, listed.stdout
    assert gone.code == 0, gone.err
    assert "mux_tui" not in after.stdout


async def test_claude_code_calls_the_tool_and_gets_the_local_answer(
    make_desk: MakeDesk,
) -> None:
    call = ToolCall("mcp__mux__mux", {"task": QUESTION})
    async with cloud() as vendor, local_model() as local:
        vendor.script = (Answer("I ask mux.", tool=call), Answer("mux has told me."))
        desk = make_desk("claude", vendor.base_url)
        await installed(desk)
        done = await cli(
            desk,
            *("-p", "Ask mux what a mutex is", "--output-format", "json"),
            *("--allowedTools", "mcp__mux__mux"),
            # It would ask the model before its tools are ready.
            MCP_CONNECTION_NONBLOCKING="0",
            MUX_PROVIDERS_LOCAL_BASE_URL=local.base_url,
        )
        asked = [json.dumps(request.body) for request in vendor.asked]
    assert done.exit.code == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["result"] == "mux has told me."
    assert any(LOCAL in body for body in asked)
    row = world_of(desk).mux("ledger", "list", "--json").document["runs"][0]
    assert (row["route"], row["status"]) == ("local", "done")


async def test_codex_knows_the_server(make_desk: MakeDesk) -> None:
    async with cloud() as vendor:
        desk = make_desk("codex", vendor.base_url)
        await installed(desk)
        listed = await cli(desk, "mcp", "get", "mux", "--json")
        gone = await asyncio.to_thread(
            world_of(desk).mux, "mcp", "uninstall", "codex", cwd=desk.project
        )
        after = await cli(desk, "mcp", "list", "--json")
    transport = json.loads(listed.stdout)["transport"]
    assert transport["args"] == ["-P", "-m", "mux_tui", "mcp"]
    assert transport["env"] == {"MUX_HOME": str(desk.home / "mux")}
    assert gone.code == 0, gone.err
    assert json.loads(after.stdout) == []


async def test_gemini_knows_the_server(make_desk: MakeDesk) -> None:
    async with cloud() as vendor:
        desk = make_desk("gemini", vendor.base_url)
        await installed(desk)
        listed = await cli(desk, "mcp", "list", GEMINI_CLI_TRUST_WORKSPACE="true")
        settings = json.loads((desk.home / ".gemini" / "settings.json").read_text())
        gone = await asyncio.to_thread(
            world_of(desk).mux, "mcp", "uninstall", "gemini", cwd=desk.project
        )
        after = await cli(desk, "mcp", "list", GEMINI_CLI_TRUST_WORKSPACE="true")
    server = settings["mcpServers"]["mux"]
    assert server["args"] == ["-P", "-m", "mux_tui", "mcp"]
    assert server["env"] == {"MUX_HOME": str(desk.home / "mux")}
    said = listed.stdout + listed.stderr
    assert "mux" in said
    assert "Connected" in said, said
    assert gone.code == 0, gone.err
    assert "mux_tui" not in after.stdout + after.stderr


async def test_a_cli_that_works_for_mux_cannot_hand_the_task_back(
    make_desk: MakeDesk,
) -> None:
    """Codex starts its user's tools for us too, with little of its environment."""
    call = ToolCall("mux", {"task": QUESTION}, namespace="mcp__mux")
    async with cloud() as vendor, local_model() as local:
        # What it asks for first is asked before its tools are ready.
        wait = ToolCall("exec_command", {"cmd": "sleep 6"}, id="call_0000")
        steps = (Answer("Wait.", tool=wait), Answer("I ask mux.", tool=call))
        vendor.script = (*steps, Answer("Done by myself."))
        desk = make_desk("codex", vendor.base_url)
        await installed(desk)
        allowing = desk.home / ".codex" / "config.toml"
        approved = '[mcp_servers.mux]\ndefault_tools_approval_mode = "approve"\n'
        text = allowing.read_text().replace("[mcp_servers.mux]\n", approved)
        allowing.write_text(text)
        settings = desk.home / "mux" / "config" / "config.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f'[providers.local]\nbase_url = "{local.base_url}"\n')
        ran = await desk.ask(QUESTION)
        asked = [json.dumps(request.body["input"]) for request in vendor.asked]
    assert ran.answer.text == "Done by myself."
    assert LOCAL not in asked[-1]
    assert local.log == []
    assert "this mux takes no tasks" in asked[-1], asked[-1][-2000:]
