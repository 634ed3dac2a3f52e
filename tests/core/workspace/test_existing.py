"""A plan sees plain files of the work directory, and why it may not touch others."""

import os
from pathlib import Path

from mux_tui.core.workspace.existing import reader
from mux_tui.core.workspace.plan import Existing
from mux_tui.core.workspace.tree import open_tree
from tests.core.workspace.trees import made


def test_a_plan_sees_what_is_there_and_why_it_may_not_touch_it(tmp_path: Path) -> None:
    work = made(tmp_path, {"f": "text\n", "run.sh": "#!\n", "large": "x" * 101})
    (work / "run.sh").chmod(0o755)
    (work / "link").symlink_to("f")
    os.mkfifo(work / "pipe")

    with open_tree(work) as tree:
        read = reader(tree, 100)
        seen = {name: read(name) for name in ("f", "run.sh", "new", "no/dir")}
        refused = {name: read(name).refused for name in ("large", "link", "pipe")}

    assert seen == {
        "f": Existing(b"text\n"),
        "run.sh": Existing(b"#!\n", executable=True),
        "new": Existing(),
        "no/dir": Existing(),
    }
    assert refused == {
        "large": "is larger than 100 bytes",
        "link": "is a symbolic link",
        "pipe": "is a named pipe",
    }
