"""What goes to stdout, on a terminal of some width and in a pipe."""

import errno
import io

import pytest

from mux_tui.cli.output import Output
from mux_tui.core.errors import MuxError
from tests.cli.test_narrator import Screen

HEADER = ("run", "conf", "tokens", "task")
ROWS = [("01a", "0.80", "120/34", "Explain what a context manager is.")]
SPARE = ("tokens", "conf")


def table(columns: int | None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of the table at a terminal that wide; None: in a pipe."""
    monkeypatch.setenv("COLUMNS", str(columns or 20))
    stream = Screen() if columns else io.StringIO()
    Output(stream).table(ROWS, HEADER, SPARE)
    return stream.getvalue().splitlines()


def test_in_a_pipe_a_table_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    header, row = table(None, monkeypatch)
    assert header.split() == list(HEADER)
    assert row == "01a  0.80  120/34  Explain what a context manager is."


@pytest.mark.parametrize(
    ("columns", "shown"),
    [(53, HEADER), (52, ("run", "conf", "task")), (40, ("run", "task"))],
)
def test_a_narrow_terminal_does_without_the_spare_columns(
    columns: int, shown: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    header, row = table(columns, monkeypatch)
    assert header.split() == list(shown)
    assert row.endswith("Explain what a context manager is.")
    assert len(row) <= columns


def test_what_still_does_not_fit_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    _, row = table(30, monkeypatch)
    assert row == "01a  Explain what a context m…"


class Full(io.StringIO):
    """A device without room."""

    def flush(self) -> None:
        """Fail as a full disk does."""
        raise OSError(errno.ENOSPC, "No space left on device")


class Left(io.StringIO):
    """A pipe whose reader has left."""

    def flush(self) -> None:
        """Fail as a pipe does."""
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def test_what_cannot_be_written_is_an_error_of_ours() -> None:
    with pytest.raises(MuxError, match="standard output: No space left"):
        Output(Full()).line("x")


def test_a_reader_that_left_is_told_apart() -> None:
    with pytest.raises(BrokenPipeError):
        Output(Left()).line("x")
