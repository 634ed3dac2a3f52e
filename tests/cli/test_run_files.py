"""`mux run` on a project with a fault: proved, asked, written, taken back."""

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.cli.muxing import World, model_server
from tests.cli.test_questions import terminal
from tests.core.file_work.projects import ALL, PYTHON, Project

FORM_FEED = "\f"


def _laid(world: World, project: Project) -> Path:
    """The project in the world, with the programs of this machine to prove it."""
    world.variables["PATH"] = os.environ["PATH"]
    world.variables["MUX_CLOUD_PERMISSION"] = "never"
    assert shutil.which(project.needs)
    return project.lay(world.home)


@pytest.fixture
def saying(world: World) -> Generator[World]:
    """A world whose local model is wrong first, and then right about the basket."""
    texts = f"{PYTHON.wrong}{FORM_FEED}{PYTHON.right}"
    with model_server("ok", "--texts", texts) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        yield world


@pytest.mark.parametrize("project", ALL, ids=lambda project: project.name)
def test_fail_repair_pass_diff_apply_undo(project: Project, world: World) -> None:
    root = _laid(world, project)
    file = root / project.fault
    texts = f"{project.wrong}{FORM_FEED}{project.right}"
    with model_server("ok", "--texts", texts) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = world.mux(
            *("run", "--files", "--apply", "auto", "--json", project.task), cwd=root
        )
    assert ended.code == 0, ended.err
    verdicts = [
        e["verdict"]["status"] for e in ended.events if e["event"] == "verified"
    ]
    assert verdicts == ["fail", "pass"]
    names = [event["event"] for event in ended.events]
    assert names.index("retrying") < names.index("proposed") < names.index("written")
    finished = ended.finished
    assert finished["applied"] is True
    assert finished["files"] == [project.fault]
    assert file.read_text() == project.repaired

    undone = world.mux("ledger", "undo", finished["run_id"])
    assert undone.code == 0, undone.err
    assert file.read_text() == project.files[project.fault]
    redone = world.mux("ledger", "redo", finished["run_id"])
    assert redone.code == 0, redone.err
    assert file.read_text() == project.repaired


def test_without_a_person_nothing_is_written_and_the_patch_comes_out(
    saying: World,
) -> None:
    """And the patch is one that git takes."""
    root = _laid(saying, PYTHON)
    ended = saying.mux("run", "--files", PYTHON.task, cwd=root)
    assert ended.code == 5
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
    subprocess.run(["git", "apply"], input=ended.out, cwd=root, text=True, check=True)
    assert (root / "basket.py").read_text() == PYTHON.repaired


def test_never_is_not_a_failure(saying: World) -> None:
    root = _laid(saying, PYTHON)
    ended = saying.mux("run", "--files", "--apply", "never", PYTHON.task, cwd=root)
    assert ended.code == 0
    assert ended.out.startswith("diff --git a/basket.py b/basket.py\n")
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]


def test_what_is_never_right_fails_its_verification(world: World) -> None:
    root = _laid(world, PYTHON)
    with model_server("ok", "--text", PYTHON.wrong) as url:
        world.variables["MUX_PROVIDERS_LOCAL_BASE_URL"] = url
        ended = world.mux("run", "--files", "--apply", "auto", PYTHON.task, cwd=root)
    assert ended.code == 6
    assert ended.out == ""
    assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]


def test_json_has_no_contents_and_the_patch_only_where_it_counts(
    saying: World,
) -> None:
    root = _laid(saying, PYTHON)
    ended = saying.mux(
        *("run", "--files", "--apply", "never", "--json", PYTHON.task), cwd=root
    )
    with_patch = [
        event["event"]
        for event in ended.events
        if "diff --git" in json.dumps(event) and event["event"] != "attempt_started"
    ]
    assert set(with_patch) <= {"drafted", "proposed", "finished", "retrying"}
    proposed = next(e for e in ended.events if e["event"] == "proposed")
    assert "changes" not in proposed
    assert proposed["work"]["files"][0]["path"] == "basket.py"


@pytest.mark.parametrize(("keys", "code"), [("y\r", 0), ("n\r", 5), ("\r", 5)])
def test_a_person_is_shown_the_patch_and_asked(
    keys: str, code: int, saying: World
) -> None:
    root = _laid(saying, PYTHON)
    saying.variables["MUX_WORKFLOW_APPLY"] = "ask"
    with terminal(saying, "run", "--files", "--cwd", str(root), PYTHON.task) as screen:
        shown = screen.until("write these changes? [y]es, [s]ome of them, [N]o: ")
        assert "-    return sum(prices) + 1" in shown
        assert (root / "basket.py").read_text() == PYTHON.files["basket.py"]
        screen.type(keys)
        assert screen.ended() == code
    text = (root / "basket.py").read_text()
    assert (text == PYTHON.repaired) is (code == 0)


def test_some_of_them_asks_for_each_part(saying: World) -> None:
    root = _laid(saying, PYTHON)
    with terminal(saying, "run", "--files", "--cwd", str(root), PYTHON.task) as screen:
        screen.until("write these changes? [y]es, [s]ome of them, [N]o: ")
        screen.type("s\r")
        screen.until("write this part? [y]es, [N]o, [q]uit and write nothing: ")
        screen.type("y\r")
        assert screen.ended() == 0
    assert (root / "basket.py").read_text() == PYTHON.repaired
