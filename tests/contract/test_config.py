"""`config.toml`, its documents and the code say the same of every setting."""

import subprocess
import sys
import tomllib
from pathlib import Path

from mux_tui.core.config.check import check_table
from mux_tui.core.config.keys import keys
from mux_tui.core.config.load import build
from mux_tui.core.config.settings import Settings
from mux_tui.core.paths import shipped

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_shipped_file_parses_to_the_defaults_and_names_every_key() -> None:
    table = tomllib.loads(shipped("config.toml").read_text(encoding="utf-8"))
    checked = check_table(table, ".".join)
    assert checked.all_problems() == ()
    assert list(checked.values) == list(keys())
    assert build(Settings, checked.values) == Settings()


def test_the_documents_made_from_the_code_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "write_docs.py"), "--check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), "run: make docs"


def test_loading_imports_no_writer_of_toml() -> None:
    program = (
        "import sys, pathlib;"
        "from mux_tui.core.config.load import load;"
        "from mux_tui.core.config.environment import Environment;"
        "load(Environment(), pathlib.Path.cwd());"
        "heavy = {'tomlkit', 'asyncio', 'subprocess'} & {*sys.modules};"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
