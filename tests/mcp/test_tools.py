"""The tools, called by the SDK's client over real pipes."""

import asyncio
import json
from pathlib import Path

import jsonschema
import pytest
from mcp.shared.exceptions import MCPError

from mux_tui.mcp.tools import TOOLS
from tests.cli.muxing import World
from tests.cli.promised import problems
from tests.fake_cli import ANSWER
from tests.mcp.serving import QUESTION, SENTENCE, call, client, complaints, text, told
from tests.upstream import upstream

pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("mode", ["legacy", "auto"])
"""The protocol with a handshake, and the newer one."""


@BOTH
async def test_a_task_is_answered_here_with_all_that_is_known(
    mode: str, answering: World
) -> None:
    async with client(answering, mode=mode) as connected:
        result = await call(connected, "mux", task=QUESTION)
    run = told(result)
    assert (run["status"], run["route"], run["output"]) == ("done", "local", SENTENCE)
    assert (run["backend"], run["model"]) == ("chat_completions", "upstream-model")
    assert 0 < run["confidence"] <= 1
    assert run["usage"]["output_tokens"] == 7
    assert run["verdict"]["status"] == "unknown"
    assert run["retries"] == 0
    assert text(result).startswith(SENTENCE)
    assert run["run_id"] in text(result)
    assert not result.is_error
    assert complaints(answering) == ""


async def test_every_result_keeps_to_its_schema(answering: World) -> None:
    async with client(answering) as connected:
        listed = (await connected.list_tools()).tools
        schemas = {tool.name: tool.output_schema or {} for tool in listed}
        run = told(await call(connected, "mux_run_task", task=QUESTION))
        results = {
            "mux_run_task": run,
            "mux_json": told(await call(connected, "mux_json", task=QUESTION)),
            "mux_start": told(await call(connected, "mux_start", task=QUESTION)),
            "mux_job": told(await call(connected, "mux_job", run_id=run["run_id"])),
            "mux_cancel": told(
                await call(connected, "mux_cancel", run_id=run["run_id"])
            ),
            "mux_health": told(await call(connected, "mux_health")),
            "mux_doctor": told(await call(connected, "mux_doctor")),
        }
    assert set(schemas) == {tool.name for tool in TOOLS} == {*results, "mux"}
    for name, document in results.items():
        jsonschema.validate(document, schemas[name])
        # As `mux spec` publishes it, and not one field more.
        assert problems(document, "mcp") == []


async def test_the_row_says_through_which_door_it_came(answering: World) -> None:
    async with client(answering) as connected:
        run_id = told(await call(connected, "mux", task=QUESTION))["run_id"]
    shown = answering.mux("ledger", "show", run_id, "--json").document
    run = shown.get("run", shown)
    assert (run["door"], run["status"], run["task"]) == ("mcp", "done", QUESTION)


async def test_the_route_is_honoured(answering: World, cloudy: World) -> None:
    async with client(cloudy) as connected:
        run = told(await call(connected, "mux_json", task=QUESTION, route="codex"))
    assert (run["route"], run["output"]) == ("codex", ANSWER)
    assert cloudy.clis
    assert [one["name"] for one in cloudy.clis.calls] == ["codex"]


async def test_a_hard_task_stays_here_when_that_is_preferred(
    answering: World, cloudy: World
) -> None:
    """And goes to the cloud otherwise."""
    task = "What is the security impact of this architecture?"
    async with client(cloudy) as connected:
        away = told(await call(connected, "mux_json", task=task))
        here = told(await call(connected, "mux_json", task=task, prefer_local=True))
    assert (away["decided_route"], away["route"]) == ("claude", "claude")
    assert (here["decided_route"], here["route"]) == ("local", "local")


async def test_commands_prove_an_answer(answering: World) -> None:
    async with client(answering) as connected:
        good = told(
            await call(
                connected, "mux_json", task=QUESTION, verify_with=["grep -q fox"]
            )
        )
        bad = await call(
            connected,
            "mux_json",
            task=QUESTION,
            verify_with=["grep -q fox", "grep -q wolf"],
        )
    assert good["verdict"]["status"] == "pass"
    assert told(bad)["verdict"]["status"] == "fail"
    assert bad.is_error
    assert told(bad)["reason"] == "verification_failed"


async def test_a_caller_s_command_reaches_nothing_of_the_user_s(
    answering: World,
) -> None:
    """It runs in a copy, without a home; the answer is all that it gets."""
    project = answering.home / "project"
    project.mkdir()
    (project / "kept.txt").write_text("kept\n")
    outside = answering.home / "outside.txt"
    commands = [
        f"sh -c 'echo changed > {outside}'",
        "sh -c 'echo changed > kept.txt'",
        "sh -c 'echo made > made.txt'",
        "sh -c 'test -e kept.txt'",
    ]
    async with client(answering) as connected:
        await call(
            connected,
            "mux_json",
            task=QUESTION,
            verify_with=commands,
            cwd=str(project),
        )
    assert not outside.exists()
    assert {f.name: f.read_text() for f in project.iterdir()} == {"kept.txt": "kept\n"}


async def test_without_a_sandbox_a_caller_s_command_is_refused(
    answering: World, tmp_path: Path
) -> None:
    """But the user's own may be named."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "grep").symlink_to("/bin/grep")
    answering.variables["PATH"] = str(tools)
    answering.variables["MUX_VERIFICATION_COMMANDS"] = '["grep -q fox"]'
    async with client(answering) as connected:
        refused = await call(
            connected, "mux_json", task=QUESTION, verify_with="grep -q wolf"
        )
        own = await call(
            connected, "mux_json", task=QUESTION, verify_with="grep -q fox"
        )
    if refused.is_error and "sandbox" in text(refused):
        assert "verification.commands" in text(refused)
    else:
        # The system's own places are looked at too, whatever PATH says.
        assert told(refused)["verdict"]["status"] == "fail"
    assert told(own)["verdict"]["status"] == "pass"


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({}, "the task is empty"),
    ({"task": " "}, "the task is empty"),
    ({"task": "a\0b"}, "NUL"),
    ({"task": QUESTION, "bogus": 1}, "bogus"),
    ({"task": 7}, "task"),
    ({"task": QUESTION, "timeout": "soon"}, "timeout"),
    ({"task": QUESTION, "timeout": -1}, "timeout"),
    ({"task": QUESTION, "time_limit": 0}, "time_limit"),
    ({"task": QUESTION, "route": "moon"}, "route"),
    ({"task": QUESTION, "apply": "always"}, "apply"),
    ({"task": QUESTION, "cwd": "/nowhere"}, "no work directory"),
    ({"task": QUESTION, "cwd": "a\0b"}, "NUL"),
    ({"task": QUESTION, "verify_with": "claude"}, "verify_with names claude"),
    ({"task": QUESTION, "files": ["../secret"]}, "cannot show"),
    ({"task": QUESTION, "files": ["/etc/passwd"]}, "cannot show"),
    ({"task": QUESTION, "files": [".env"]}, "cannot show"),
    ({"task": QUESTION, "files": ["none.py"]}, "cannot show"),
    ({"payload_json": "{"}, "payload_json is not JSON"),
    ({"payload_json": "[1]"}, "payload_json is no object"),
    ({"payload_json": '{"task": "x", "more": 1}'}, "more"),
)


async def test_wrong_arguments_are_one_line(world: World) -> None:
    (world.home / ".env").write_text("KEY=1\n")
    async with client(world) as connected:
        for arguments, said in WRONG:
            result = await call(connected, "mux_json", **arguments)
            assert result.is_error
            assert said in text(result)
            assert "\n" not in text(result)
    assert "Traceback" not in complaints(world)


async def test_a_tool_that_is_not_there_is_said_to_be_so(world: World) -> None:
    async with client(world) as connected:
        result = await call(connected, "rm")
    assert result.is_error
    assert "no tool rm" in text(result)


async def test_the_payload_of_callers_that_send_only_text(answering: World) -> None:
    payload = {"task": QUESTION, "prefer_local": True, "verify_with": "grep -q fox"}
    async with client(answering) as connected:
        packed = json.dumps(payload)
        run = told(await call(connected, "mux_json", payload_json=packed))
    assert run["verdict"]["status"] == "pass"


async def test_files_are_shown_to_the_model(world: World) -> None:
    """An answer in text comes from what is in them."""
    (world.home / "poem.txt").write_text("roses are ```red```\n")
    async with upstream() as server:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = server.base_url
        async with client(world) as connected:
            await call(
                connected, "mux_json", task="What is red here?", files=["poem.txt"]
            )
        asked = json.dumps(server.last.body)
    assert "````\\nroses are ```red```\\n````" in asked


async def test_health_is_told_while_tasks_run(hanging: World) -> None:
    async with client(hanging) as connected:
        runs = [
            told(await call(connected, "mux_start", task=QUESTION))["run_id"]
            for _ in range(2)
        ]
        health = told(await call(connected, "mux_health"))
        for run_id in runs:
            await call(connected, "mux_cancel", run_id=run_id)
    # They would run for a minute: it was told while they did.
    assert health["running"] == runs
    assert health["takes_tasks"] is True


async def test_too_many_at_once_are_refused(hanging: World) -> None:
    async with client(hanging) as connected:
        results = [await call(connected, "mux_start", task=QUESTION) for _ in range(9)]
    assert [result.is_error for result in results] == [False] * 8 + [True]
    assert "mux_job" in text(results[-1])


async def test_settings_that_are_wrong_are_told_and_the_server_lives(
    world: World,
) -> None:
    file = world.home / "mux" / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[router]\nmin_confidence = 'high'\n")
    async with client(world) as connected:
        result = await call(connected, "mux", task=QUESTION)
        doctor = told(await call(connected, "mux_doctor"))
        assert result.is_error
        assert "min_confidence" in text(result)
        assert doctor["status"] == "problem"
        file.unlink()
        assert told(await call(connected, "mux_health"))["ready"] is False


async def test_runs_are_resources(answering: World) -> None:
    async with client(answering) as connected:
        run_id = told(await call(connected, "mux", task=QUESTION))["run_id"]
        listed = (await connected.list_resources()).resources
        templates = (await connected.list_resource_templates()).resource_templates
        run = await connected.read_resource(f"mux://runs/{run_id}")
        newest = await connected.read_resource("mux://runs")
        with pytest.raises(MCPError):
            await connected.read_resource("mux://runs/none")
        with pytest.raises(MCPError):
            await connected.read_resource("file:///etc/passwd")
    assert [str(one.uri) for one in listed] == ["mux://runs", f"mux://runs/{run_id}"]
    assert templates[0].uri_template == "mux://runs/{id}"
    detail = json.loads(getattr(run.contents[0], "text", ""))
    assert (detail["task"], detail["output"]) == (QUESTION, SENTENCE)
    listing = json.loads(getattr(newest.contents[0], "text", ""))
    assert [row["run_id"] for row in listing["runs"]] == [run_id]
    assert problems(detail, "mcp") + problems(listing, "mcp") == []


async def test_prompts_hold_what_they_are_given(world: World) -> None:
    async with client(world) as connected:
        names = [one.name for one in (await connected.list_prompts()).prompts]
        prompt = await connected.get_prompt("delegate", {"task": "Fix {x} in a.py"})
        with pytest.raises(MCPError):
            await connected.get_prompt("delegate", {})
        with pytest.raises(MCPError):
            await connected.get_prompt("none", {})
    assert names == ["delegate", "review", "second_opinion"]
    said = getattr(prompt.messages[0].content, "text", "")
    assert "Fix {x} in a.py" in said
    assert "none are named" in said


async def test_progress_tells_the_story(answering: World) -> None:
    heard: list[tuple[float, str]] = []

    async def hear(progress: float, _total: float | None, message: str | None) -> None:
        heard.append((progress, message or ""))

    async with client(answering) as connected:
        await call(
            connected,
            "mux_json",
            task=QUESTION,
            verify_with="grep -q fox",
            options={"progress_callback": hear},
        )
    numbers = [number for number, _ in heard]
    said = "\n".join(message for _, message in heard)
    assert numbers == sorted(set(numbers))
    for part in ("goes to local", "attempt 1: asks local", "proof: pass", "done:"):
        assert part in said


async def test_mux_never_hands_a_task_to_itself(world: World) -> None:
    """Also when what started it passes nothing of its environment on."""
    world.variables["MUX_AT_WORK"] = "1"
    async with client(world) as connected:
        refused = await call(connected, "mux", task=QUESTION)
        health = told(await call(connected, "mux_health"))
    assert refused.is_error
    assert "takes no tasks" in text(refused)
    assert health["takes_tasks"] is False


async def test_two_calls_are_done_side_by_side(hanging: World) -> None:
    async with client(hanging) as connected:
        calls = [
            asyncio.create_task(call(connected, "mux", task=QUESTION, timeout=600))
            for _ in range(2)
        ]
        running: list[str] = []
        async with asyncio.timeout(60):
            while len(running) < 2:
                running = told(await call(connected, "mux_health"))["running"]
        for run_id in running:
            await call(connected, "mux_cancel", run_id=run_id)
        both = await asyncio.gather(*calls)
    assert {told(one)["run_id"] for one in both} == {*running}
    assert {told(one)["status"] for one in both} == {"cancelled"}
