"""What a serving command logs is one line each, without secrets and tracebacks."""

import io
import logging
from collections.abc import Iterator

import pytest

from mux_tui.cli.diagnostics import Diagnostics
from mux_tui.cli.log_lines import narrate_log


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What has been said, with the root logger put back afterwards."""
    root = logging.getLogger()
    before = list(root.handlers)
    stream = io.StringIO()
    narrate_log(Diagnostics(stream))
    yield stream
    root.handlers[:] = before


def _fail() -> None:
    raise ValueError("two\nlines \x1b[31m and sk-ant-api03-CANARYCANARY")


def test_an_exception_is_one_line_with_its_place(said: io.StringIO) -> None:
    try:
        _fail()
    except ValueError:
        logging.getLogger("any.library").exception("it broke")
    line = said.getvalue()
    assert line.count("\n") == 1
    assert line.startswith("mux: it broke: ValueError: two lines ␛[31m and ")
    assert " at test_log_lines.py:" in line
    assert "CANARY" not in line


def test_an_exception_that_was_never_raised_has_no_place(said: io.StringIO) -> None:
    logging.getLogger("a").error("no", exc_info=OSError("gone"))
    assert said.getvalue() == "mux: no: OSError: gone\n"


def test_what_is_no_warning_is_not_said(said: io.StringIO) -> None:
    logging.getLogger("a").info("chatter")
    logging.getLogger("a").warning("careful: %d", 3)
    assert said.getvalue() == "mux: careful: 3\n"
