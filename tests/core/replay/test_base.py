"""The copy in which a run is repeated."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.change import ChangeSet, FileChange, digest
from mux_tui.core.config.environment import Environment
from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import UsageError
from mux_tui.core.file_work.tools import Tools
from mux_tui.core.replay.base import replay_base
from mux_tui.core.replay.subject import Subject, subject_of
from mux_tui.core.workspace.apply import apply
from mux_tui.core.workspace.results import Applied
from mux_tui.core.workspace.scratch import scratch_copy
from tests.core.replay.rows import a_file, a_run

OLD, NEW = b"old\n", b"new\n"
GIT = ("git", "-c", "init.defaultBranch=main")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A home of its own, where mux keeps its files as it does without being told."""
    variables = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"}
    return Environment(variables)


@pytest.fixture
def tools(environment: Environment) -> Tools:
    """What file work needs."""
    return Tools(Settings(), environment.paths, environment.variables)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose tests need what git ignores."""
    root = tmp_path / "shop"
    (root / ".venv").mkdir(parents=True)
    (root / "built").mkdir()
    (root / ".gitignore").write_text("built/\n")
    (root / "a.py").write_bytes(OLD)
    (root / "built" / "thing").write_bytes(b"made")
    subprocess.run([*GIT, "init", "-q"], cwd=root, check=True)
    return root


def subject(environment: Environment, **changes: Any) -> Subject:
    found = subject_of(a_run(**changes), Settings(), environment.variables)
    assert isinstance(found, Subject)
    return found


async def test_file_work_is_repeated_on_the_files_of_then(
    environment: Environment, tools: Tools, project: Path
) -> None:
    """The user's own stay what they are, and the copy goes."""
    change = FileChange("a.py", OLD, NEW)
    done = apply(project, ChangeSet((change,)), "01aaaa-one", tools.archive)
    assert isinstance(done, Applied)
    rows = (a_file("a.py", digest(OLD), digest(NEW)),)
    wanted = subject(environment, kind="files", cwd=str(project), changes=rows)
    async with replay_base(wanted, tools, commands=False) as base:
        assert (base.home, base.notes) == (project, ())
        assert base.cwd.name == "shop"
        assert (base.cwd / "a.py").read_bytes() == OLD
        assert (project / "a.py").read_bytes() == NEW
        assert set(base.lent) == {".venv", "built"}
        assert (base.cwd / ".venv").resolve() == project / ".venv"
    assert not base.cwd.exists()
    assert (project / "built" / "thing").read_bytes() == b"made"


async def test_its_own_copies_lack_and_are_lent_the_same(
    environment: Environment, tools: Tools, project: Path
) -> None:
    wanted = subject(environment, kind="files", cwd=str(project))
    async with replay_base(wanted, tools, commands=False) as base:
        mine = tools.at_home(base.home, base.lent)
        place = tools.paths.scratch
        async with scratch_copy(base.cwd, place, mine.options) as copy:
            assert copy.git
            assert {path.name for path in copy.path.iterdir()} == {
                *(".gitignore", "a.py"),
            }
            assert copy.lender == project
            assert {".venv", "built"} <= set(copy.lendable)


async def test_a_home_under_git_that_ignores_everything_hides_nothing(
    environment: Environment, tools: Tools, tmp_path: Path
) -> None:
    """mux keeps its copies there, and git would go by the rules above them."""
    (tmp_path / ".gitignore").write_text("*\n")
    subprocess.run([*GIT, "init", "-q"], cwd=tmp_path, check=True)
    root = tmp_path / "shop"
    root.mkdir()
    subprocess.run([*GIT, "init", "-q"], cwd=root, check=True)
    (root / "a.py").write_bytes(OLD)
    wanted = subject(environment, kind="files", cwd=str(root))
    async with replay_base(wanted, tools, commands=False) as base:
        place = tools.paths.scratch
        async with scratch_copy(base.cwd, place, tools.options) as copy:
            assert (copy.path / "a.py").read_bytes() == OLD


async def test_an_answer_in_text_needs_no_copy_unless_commands_check_it(
    environment: Environment, tools: Tools, project: Path
) -> None:
    wanted = subject(environment, cwd=str(project))
    async with replay_base(wanted, tools, commands=False) as base:
        assert (base.cwd, base.home) == (project, None)
    async with replay_base(wanted, tools, commands=True) as base:
        assert (base.home, base.cwd != project) == (project, True)
        # What commands do there is in no sandbox: no link leads out.
        assert not (base.cwd / ".venv").exists()


async def test_a_home_is_not_copied_for_commands(
    environment: Environment, tools: Tools, tmp_path: Path
) -> None:
    wanted = subject(environment, cwd=str(tmp_path))
    async with replay_base(wanted, tools, commands=False) as base:
        assert base.cwd == tmp_path
    with pytest.raises(UsageError, match="which is no project"):
        async with replay_base(wanted, tools, commands=True):
            pytest.fail("it was copied")
