"""The real Claude Code through `mux claude`, on a scripted and on the real model."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.muxing import Ended, World
from tests.cloud import Answer, cloud
from tests.cloud.received import fingerprint
from tests.e2e.acting import Actor, Line, call, overflow
from tests.upstream import Upstream, upstream
from tests.upstream.exchange import Cut, Exchange

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]


@pytest.fixture
def world(tmp_path: Path, cloud_clis: Path) -> Iterator[World]:
    """A home with the real Claude Code on its PATH, and a proxy that ends with it."""
    home = tmp_path / "world"
    (home / "project").mkdir(parents=True)
    world = World(home)
    world.variables = {
        "PATH": f"{cloud_clis}:{world.environment['PATH']}",
        "MUX_PROXY_PORT": "0",
        "MUX_PROXY_ON_EXIT": "stop",
        "MUX_PROXY_PREWARM": "false",
        "TERM": "xterm-256color",
    }
    yield world
    world.mux("proxy", "stop")
    world.mux("server", "stop")


@asynccontextmanager
async def stage(world: World, actor: Actor) -> AsyncGenerator[Upstream, None]:
    """A model server on which the actor plays."""
    async with upstream(play=actor.play, model="actor-30b") as server:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = server.base_url
        yield server


async def claude(world: World, *arguments: str) -> Ended:
    """Run `mux claude` in the project, while the actor plays in our loop."""
    project = world.home / "project"
    return await asyncio.to_thread(
        world.mux, "claude", *arguments, cwd=project, limit=400
    )


def result(ended: Ended) -> dict[str, Any]:
    """The last JSON line that Claude Code printed."""
    assert ended.out.strip(), ended.err
    return json.loads(ended.out.strip().splitlines()[-1])


async def test_a_question_is_answered(world: World) -> None:
    actor = Actor(["A mutex lets one thread in."])
    async with stage(world, actor):
        ended = await claude(world, "-p", "What is a mutex?", "--output-format", "json")

    assert ended.code == 0, ended.err
    told = result(ended)
    assert (told["is_error"], told["result"]) == (False, "A mutex lets one thread in.")
    assert "What is a mutex?" in actor.words()
    assert len(actor.seen) == 1


async def test_a_file_is_read_and_edited(world: World) -> None:
    file = world.home / "project" / "hello.py"
    file.write_text("def hello():\n    return 'hullo'\n")
    actor = Actor(
        [
            "I will look at it.\n" + call("Read", file_path=str(file)),
            call(
                "Edit",
                file_path=str(file),
                old_string="    return 'hullo'\n",
                new_string="    return 'hello'\n",
            ),
            "Mended the greeting.",
        ]
    )
    async with stage(world, actor):
        ended = await claude(
            world,
            "--profile",
            "core",
            "-p",
            "Mend the typo in hello.py",
            "--permission-mode",
            "acceptEdits",
            "--output-format",
            "json",
        )

    assert ended.code == 0, ended.err
    assert result(ended)["result"] == "Mended the greeting."
    assert file.read_text() == "def hello():\n    return 'hello'\n"
    assert "return 'hullo'" in actor.words(1)


async def test_calls_side_by_side_are_all_done(world: World) -> None:
    project = world.home / "project"
    for name in ("a.txt", "b.txt"):
        (project / name).write_text(f"the words of {name}\n")
    both = "\n".join(
        call("Read", file_path=str(project / n)) for n in ("a.txt", "b.txt")
    )
    actor = Actor([both, "Read both."])
    async with stage(world, actor):
        ended = await claude(
            world, "--profile", "core", "-p", "Read both", "--output-format", "json"
        )

    assert result(ended)["result"] == "Read both."
    assert "the words of a.txt" in actor.words(1)
    assert "the words of b.txt" in actor.words(1)


async def test_a_command_is_run_and_a_file_written_to_the_letter(world: World) -> None:
    file = world.home / "project" / "out.md"
    content = "  indented\n\ttabbed \n\nlast line without end"
    actor = Actor(
        [
            call("Bash", command="echo from-the-shell", description="say it"),
            call("Write", file_path=str(file), content=content),
            "Done.",
        ]
    )
    async with stage(world, actor):
        ended = await claude(
            world,
            "--profile",
            "core",
            "-p",
            "Do it",
            "--permission-mode",
            "acceptEdits",
            "--allowedTools",
            "Bash",
        )

    assert ended.code == 0, ended.err
    assert "from-the-shell" in actor.words(1)
    assert file.read_text() == content


async def test_the_project_s_own_instructions_reach_the_model(world: World) -> None:
    rule = "Always answer in the voice of a lighthouse keeper."
    (world.home / "project" / "CLAUDE.md").write_text(rule)
    actor = Actor(["Aye."])
    async with stage(world, actor):
        for profile in ("core", "full"):
            await claude(world, "--profile", profile, "-p", "Who are you?")
            assert rule in actor.words()
            assert "Who are you?" in actor.words()


async def test_no_prompt_has_a_system_message_but_the_first(world: World) -> None:
    """With all its tools the client sends `system` turns among the messages."""
    actor = Actor(["Yes."])
    async with stage(world, actor):
        await claude(world, "--profile", "full", "-p", "Hello?")

    roles = [message["role"] for message in actor.seen[0]["messages"]]
    assert roles.count("system") == 1
    assert roles[0] == "system"


async def test_an_unknown_tool_is_told_to_the_model_which_goes_on(world: World) -> None:
    actor = Actor([call("Nonsense", x=1), "Then I answer in words."])
    async with stage(world, actor):
        ended = await claude(
            world, "--profile", "core", "-p", "Try", "--output-format", "json"
        )
    assert ended.code == 0
    assert result(ended)["is_error"] is False


async def test_a_prompt_that_is_too_long_makes_the_client_compact(world: World) -> None:
    """The server says so in its own words; the client hears the ones it knows."""
    file = world.home / "project" / "long.txt"
    file.write_text("a line of a long file\n" * 200)

    def refuse(number: int, body: dict[str, Any]) -> dict[str, Any] | None:
        return overflow(40_000, 32_768) if number == len(reads) else None

    reads: list[Line] = [
        call("Read", file_path=str(file), offset=part * 20 + 1, limit=20)
        for part in range(8)
    ]
    actor = Actor(
        [
            *reads,
            "<analysis>a</analysis>\n<summary>They read long.txt.</summary>",
            "It is a long file.",
        ],
        refuse=refuse,
    )
    async with stage(world, actor):
        ended = await claude(
            world,
            "--profile",
            "core",
            "-p",
            "Read long.txt",
            "--output-format",
            "stream-json",
            "--verbose",
        )

    assert ended.code == 0, ended.out[-2000:] + ended.err
    assert "compact_boundary" in ended.out


async def test_a_server_that_cuts_never_looks_like_an_answer(world: World) -> None:
    async with upstream("cut-between-events") as server:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = server.base_url
        world.variables["CLAUDE_CODE_MAX_RETRIES"] = "0"
        ended = await claude(world, "-p", "Hi", "--output-format", "json")

    assert ended.code == 1
    assert result(ended)["is_error"] is True


async def test_an_answer_that_broke_off_is_asked_for_again_as_a_whole(
    world: World,
) -> None:
    """The client repeats the request without streaming, and is answered."""
    broken: list[bool] = []

    async def play(exchange: Exchange) -> None:
        if not broken:
            broken.append(True)
            await exchange.head()
            await exchange.say("Half an ans")
            raise Cut
        await exchange.reply("The whole answer.")

    async with upstream(play=play, model="actor-30b") as server:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = server.base_url
        ended = await claude(world, "-p", "Hi", "--output-format", "json")

    assert ended.code == 0, ended.err
    assert result(ended)["result"] == "The whole answer."


async def test_a_sub_agent_asks_the_same_model(world: World) -> None:
    """Its conversation is its own, and its answer comes back to the first one."""

    def first(body: dict[str, Any]) -> str:
        return call(
            "Task" if "Task" in str(body["messages"][0]) else "Agent",
            description="look around",
            prompt="Tell what the walls are made of.",
            subagent_type="general-purpose",
        )

    actor = Actor([first, "They are made of brick.", "My agent says: brick."])
    async with stage(world, actor):
        ended = await claude(
            world, "--profile", "full", "-p", "Ask an agent", "--output-format", "json"
        )

    assert ended.code == 0, ended.err
    assert result(ended)["result"] == "My agent says: brick."
    assert "Tell what the walls are made of." in actor.words(1)
    assert "They are made of brick." in actor.words(2)


async def test_the_model_stops_when_the_client_is_interrupted(world: World) -> None:
    async with upstream("endless") as server:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = server.base_url
        process = world.start(
            "claude",
            "--on-exit",
            "keep",
            "-p",
            "Go on for ever",
            cwd=world.home / "project",
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(180):
                while not any(record.events_sent > 5 for record in server.log):
                    await asyncio.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)
            await asyncio.to_thread(process.communicate, timeout=60)
            await server.until(lambda: server.log[-1].ended == "client_gone")
        finally:
            process.kill()
            process.communicate()


async def test_everything_after_the_dashes_is_the_client_s(world: World) -> None:
    actor = Actor(["unused"])
    async with stage(world, actor):
        ended = await claude(world, "--", "--version")
    assert "Claude Code" in ended.out


async def test_a_missing_client_is_said_with_the_line_that_installs_it(
    world: World,
) -> None:
    world.variables["PATH"] = "/usr/bin:/bin"
    ended = await claude(world, "-p", "Hi")
    assert ended.code == 3
    assert "npm install -g @anthropic-ai/claude-code" in ended.err


async def test_the_real_model_answers_with_the_core_tools(
    world: World, starter_model: Path, model_cache: Path
) -> None:
    (world.home / "mux").mkdir(exist_ok=True)
    (world.home / "mux" / "cache").symlink_to(model_cache / "cache")
    ended = await claude(
        world,
        "--profile",
        "core",
        "--on-exit",
        "keep",
        "-p",
        "What is the capital of France? Answer in one sentence.",
        "--output-format",
        "json",
    )
    told = result(ended)
    assert ended.code == 0, ended.err
    assert told["is_error"] is False
    assert told["result"].strip()
    [usage] = told["modelUsage"].values()
    assert usage["outputTokens"] > 0


async def test_with_relay_but_without_a_login_everything_stays_local(
    world: World,
) -> None:
    actor = Actor(["From this machine."])
    world.variables["MUX_PROXY_RELAY"] = "true"
    async with stage(world, actor):
        ended = await claude(world, "-p", "Hi", "--output-format", "json")

    assert ended.code == 0, ended.err
    assert "not logged in" in ended.err
    assert result(ended)["result"] == "From this machine."


async def test_a_hard_question_is_relayed_with_the_client_s_own_login(
    world: World,
) -> None:
    """The real API is a scripted one; it sees the client's key and not our token."""
    actor = Actor(["From this machine."])
    async with cloud(Answer("From the real API.")) as vendor, stage(world, actor):
        world.variables |= {
            "MUX_PROXY_RELAY": "true",
            "MUX_PROXY_RELAY_URL": vendor.base_url,
            "MUX_PROXY_TIER_HIGH": "claude-opus-4-8",
            "ANTHROPIC_API_KEY": "sk-ant-scripted-key",
        }
        (world.home / ".claude.json").write_text('{"hasCompletedOnboarding": true}')
        ended = await claude(
            world,
            "-p",
            "Design the architecture of a distributed cache with strong consistency.",
            "--output-format",
            "json",
        )

    assert ended.code == 0, ended.err
    assert result(ended)["result"] == "From the real API."
    [asked] = vendor.asked
    assert asked.model == "claude-opus-4-8"
    assert asked.headers["x-api-key"] == fingerprint("sk-ant-scripted-key")
    assert "x-mux-token" not in asked.headers
    assert actor.seen == []
