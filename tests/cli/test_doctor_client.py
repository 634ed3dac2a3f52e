"""`mux doctor --client` starts Claude Code; without it nobody does."""

import json
import sys
from pathlib import Path

import pytest

from mux_tui.__main__ import main

CLIENT = """#!{python} -IS
import os, sys
if "-p" in sys.argv:
    open({mark!r}, "w").close()
    sys.exit("I would rather not")
print("9.9.9 (Claude Code)")
"""


def checks(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    document = json.loads(capsys.readouterr().out)
    return {check["id"]: check for check in document["checks"]}


def test_the_client_is_tried_out_only_when_asked_for(
    own_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark, program = tmp_path / "started", tmp_path / "claude"
    program.write_text(CLIENT.format(python=sys.executable, mark=str(mark)))
    program.chmod(0o755)
    chosen = ["--set", f"providers.claude.command={program}"]
    main(["doctor", "--json", *chosen])
    assert "client" not in checks(capsys)
    assert not mark.exists()
    main(["doctor", "--json", "--client", *chosen])
    found = checks(capsys)["client"]
    assert found["status"] == "warning"
    assert "I would rather not" in found["detail"]
    assert mark.exists()
