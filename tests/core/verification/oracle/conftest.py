"""Projects on disk, and benches to prove them on: with a sandbox and without."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mux_tui.core.verification.oracle.bench import Bench
from mux_tui.core.verification.oracle.facts import Limits, Room
from mux_tui.core.verification.oracle.sandbox import find_sandbox

Tree = Mapping[str, str]
MakeRoom = Callable[[Tree], Room]


def planted(root: Path, tree: Tree) -> Path:
    """Write files below a directory."""
    for name, text in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def variables() -> dict[str, str]:
    """Our environment, with this interpreter's directory first on PATH."""
    own = os.path.dirname(sys.executable)
    path = os.environ["PATH"]
    return {**os.environ, "PATH": f"{own}{os.pathsep}{path}"}


@pytest.fixture(params=["the machine's sandbox", "no sandbox"])
async def bench(
    request: pytest.FixtureRequest,
    own_home: Path,
    variables: dict[str, str],
    tmp_path: Path,
) -> Bench:
    """A bench with what this machine has, and one where no sandbox is on PATH."""
    searched = variables if request.param == "the machine's sandbox" else {"PATH": ""}
    temporary = tmp_path / "runs"
    temporary.mkdir()
    return Bench(
        await find_sandbox(searched),
        variables,
        own_home,
        Limits(seconds=60),
        temporary=temporary,
    )


@pytest.fixture
def room(tmp_path: Path) -> MakeRoom:
    """Make a project and a copy of it."""
    made = 0

    def make(tree: Tree) -> Room:
        nonlocal made
        made += 1
        return Room(
            planted(tmp_path / f"copy-{made}", tree),
            planted(tmp_path / "project", tree),
        )

    return make
