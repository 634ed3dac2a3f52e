"""File work with nothing but real parts: starter, `claude`, tests, copies, files.

Only the cloud behind the CLI is scripted: its tool calls edit the scratch copy.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.muxing import World
from tests.cloud import Answer, ToolCall, cloud
from tests.cloud.received import Received
from tests.core.file_work.projects import PYTHON
from tests.e2e.cloud_fixtures import MakeDesk
from tests.e2e.test_main_job import at, mux

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

SHORT = {"MUX_LOCAL_EXECUTOR_MAX_TOKENS": "48", "MUX_LOCAL_EXECUTOR_MAX_ATTEMPTS": "1"}
"""The starter cannot do it, and need not take long to show it."""


@pytest.fixture(scope="module")
def world(
    starter_model: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A home with the starter installed; its server lives as long as these tests."""
    home = tmp_path_factory.mktemp("file-work")
    (home / "mux").mkdir()
    (home / "mux" / "cache").symlink_to(model_cache / "cache")
    world = World(home)
    yield world
    world.mux("server", "stop")


class Editing:
    """A cloud model that reads the file at fault, and then mends it."""

    def __init__(self, root: Path, untouched: list[bool]) -> None:
        """Note at each turn whether the user's own tree is still as it was."""
        self._root = root
        self._untouched = untouched
        self._turn = 0

    def __call__(self, received: Received) -> Answer:
        """The next turn."""
        text = (self._root / "basket.py").read_text()
        self._untouched.append(text == PYTHON.files["basket.py"])
        # The CLI asks for a title and the like besides; those have no tools.
        if "Edit" not in [tool.get("name") for tool in received.body.get("tools", ())]:
            return Answer("A title.")
        self._turn += 1
        copy = _work_directory(json.dumps(received.body))
        path = f"{copy}/basket.py"
        edit = {
            "file_path": path,
            "old_string": "sum(prices) + 1",
            "new_string": "sum(prices)",
        }
        match self._turn:
            case 1:
                read = ToolCall("Read", {"file_path": path}, id="call_1")
                return Answer("I read it.", tool=read)
            case 2:
                return Answer(
                    "Now I mend it.", tool=ToolCall("Edit", edit, id="call_2")
                )
            case _:
                return Answer("total no longer adds one.")


def _work_directory(request: str) -> str:
    found = re.search(
        r"working directory:? *(?:`)?(/[^\\\"`\n]+)", request, re.IGNORECASE
    )
    assert found, request[:3000]
    return found[1].strip()


async def test_what_the_starter_cannot_do_claude_does_in_a_copy(
    world: World, make_desk: MakeDesk
) -> None:
    """It fails its proof, escalates, and nothing is written before the proof's pass."""
    root = PYTHON.lay(world.home)
    untouched: list[bool] = []
    async with cloud(Editing(root, untouched)) as vendor:
        desk = make_desk("claude", vendor.base_url)
        own = at(desk, world)
        own.variables["PATH"] += os.pathsep + os.environ["PATH"]
        own.variables |= SHORT
        ended = await mux(
            own,
            *("run", "--files", "--apply", "auto", "--cwd", str(root), "--json"),
            PYTHON.task,
        )

    assert ended.code == 0, ended.err
    names = [event["event"] for event in ended.events]
    verdicts = [
        (event["number"], event["verdict"]["status"])
        for event in ended.events
        if event["event"] == "verified"
    ]
    finished = ended.finished
    assert verdicts[-1][1] == "pass"
    assert all(status == "fail" for _, status in verdicts[:-1])
    assert finished["route"] == "claude"
    assert finished["reason"] == "verification_failures"
    assert finished["attempts"][0]["model"] == "smollm2-135m-instruct"
    assert names.index("escalated") < names.index("proposed") < names.index("written")
    assert untouched
    assert all(untouched)
    assert (root / "basket.py").read_text() == PYTHON.repaired
    assert finished["files"] == ["basket.py"]
    undone = await mux(own, "ledger", "undo", finished["run_id"])
    assert undone.code == 0, undone.err
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
