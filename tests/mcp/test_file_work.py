"""Tasks that change files: what is written, and what only comes back as a patch."""

import os
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest

from tests.cli.muxing import World, model_server
from tests.core.file_work.projects import PYTHON
from tests.mcp.serving import call, client, text, told

pytestmark = pytest.mark.slow
BOTH = pytest.mark.parametrize("mode", ["legacy", "auto"])
"""The protocol with a handshake, and the newer one, in which servers ask by results."""


@pytest.fixture
def project(world: World) -> Generator[Path]:
    """A project with a fault, and a local model that knows how to mend it."""
    world.variables["PATH"] = os.environ["PATH"]
    world.variables["MUX_CLOUD_PERMISSION"] = "never"
    with model_server("ok", "--texts", PYTHON.right) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield PYTHON.lay(world.home)


class Person:
    """Who is asked by the client, and what they say."""

    def __init__(self, yes: bool | None) -> None:
        self.yes = yes
        self.asked: list[str] = []

    async def __call__(
        self, _context: Any, params: types.ElicitRequestParams
    ) -> types.ElicitResult:
        self.asked.append(params.message)
        if self.yes is None:
            return types.ElicitResult(action="cancel")
        return types.ElicitResult(action="accept", content={"yes": self.yes})


def order(**more: Any) -> dict[str, Any]:
    return {"task": PYTHON.task, "kind": "files"} | more


def file_of(project: Path) -> str:
    return (project / PYTHON.fault).read_text()


async def test_nothing_is_written_and_the_patch_comes_back(
    project: Path, world: World
) -> None:
    """Proved, and one that git takes; also when the caller wants it written."""
    async with client(world, cwd=project) as connected:
        result = await call(connected, "mux_json", **order(apply="auto"))
    run = told(result)
    assert (run["status"], run["applied"], run["apply"]) == ("done", False, "never")
    assert run["verdict"]["status"] == "pass"
    assert run["proposed"] == [PYTHON.fault]
    assert "workflow.apply is ask" in run["notes"][0] or "ask" in run["notes"][0]
    assert run["patch"] in text(result)
    assert file_of(project) == PYTHON.files[PYTHON.fault]
    subprocess.run(
        ["git", "apply"], input=run["patch"], cwd=project, text=True, check=True
    )
    assert file_of(project) == PYTHON.repaired


async def test_the_user_s_settings_may_allow_it(project: Path, world: World) -> None:
    world.variables["MUX_WORKFLOW_APPLY"] = "auto"
    async with client(world) as connected:
        run = told(await call(connected, "mux_json", **order(cwd=str(project))))
    assert (run["applied"], run["files"]) == (True, [PYTHON.fault])
    assert file_of(project) == PYTHON.repaired


async def test_the_caller_may_want_less(project: Path, world: World) -> None:
    world.variables["MUX_WORKFLOW_APPLY"] = "auto"
    async with client(world, cwd=project) as connected:
        run = told(await call(connected, "mux_json", **order(apply="never")))
    assert run["applied"] is False
    assert file_of(project) == PYTHON.files[PYTHON.fault]


@BOTH
@pytest.mark.parametrize("yes", [True, False, None])
async def test_a_client_that_can_asks_its_user(
    mode: str, yes: bool | None, project: Path, world: World
) -> None:
    person = Person(yes)
    async with client(
        world, cwd=project, mode=mode, elicitation_callback=person
    ) as connected:
        run = told(await call(connected, "mux_json", **order()))
    (question,) = person.asked
    assert PYTHON.fault in question
    assert "+    return sum(prices)" in question
    assert run["applied"] is (yes is True)
    expected = PYTHON.repaired if yes else PYTHON.files[PYTHON.fault]
    assert file_of(project) == expected
    assert run["status"] == ("done" if yes else "declined")


@BOTH
async def test_a_question_of_a_task_in_the_background_is_asked_when_it_is_looked_at(
    mode: str, project: Path, world: World
) -> None:
    person = Person(True)
    async with client(
        world, cwd=project, mode=mode, elicitation_callback=person
    ) as connected:
        run_id = told(await call(connected, "mux_start", **order()))["run_id"]
        run = told(await call(connected, "mux_job", run_id=run_id, wait=60))
    assert len(person.asked) == 1
    assert run["applied"] is True


@pytest.mark.parametrize(("yes", "route"), [(True, "codex"), (False, None)])
async def test_what_leaves_this_machine_is_asked_about(
    yes: bool, route: str | None, cloudy: World
) -> None:
    cloudy.variables["MUX_CLOUD_PERMISSION"] = "ask"
    person = Person(yes)
    task = "What is a mutex?"
    async with client(cloudy, elicitation_callback=person) as connected:
        run = told(await call(connected, "mux_json", task=task, route="codex"))
    assert task in person.asked[0]
    assert run["route"] == route
    assert cloudy.clis
    assert bool(cloudy.clis.calls) == yes


async def test_without_anybody_to_ask_nothing_leaves_this_machine(
    cloudy: World,
) -> None:
    cloudy.variables["MUX_CLOUD_PERMISSION"] = "ask"
    async with client(cloudy) as connected:
        result = await call(connected, "mux_json", task="What?", route="codex")
    assert result.is_error
    assert told(result)["reason"] == "cloud_not_allowed"
    assert cloudy.clis
    assert cloudy.clis.calls == []


async def test_a_project_s_own_settings_hold_for_its_tasks(
    project: Path, world: World
) -> None:
    """A project may allow less than its user's own."""
    settings = world.home / "mux" / "config" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[workflow]\napply = "auto"\n')
    (project / ".mux.toml").write_text('[workflow]\napply = "never"\n')
    async with client(world) as connected:
        run = told(await call(connected, "mux_json", **order(cwd=str(project))))
    assert (run["apply"], run["applied"]) == ("never", False)


async def test_commands_prove_changes(project: Path, world: World) -> None:
    """They are there around them, in a copy."""
    async with client(world, cwd=project) as connected:
        good = told(
            await call(
                connected, "mux_json", **order(verify_with="grep -q sum basket.py")
            )
        )
    assert good["verdict"]["status"] == "pass"
    assert any("grep" in check["name"] for check in good["verdict"]["checks"])
