"""What may be run as a task, and what is refused with one clear error."""

from pathlib import Path

import pytest

from mux_tui.core.errors import UsageError
from mux_tui.core.intake import accept_directory, accept_text


@pytest.mark.parametrize(
    "text", ["-h", "/help", "--version", "@claude hi", "a\x1b[31mb"]
)
def test_a_task_may_look_like_anything(text: str) -> None:
    assert accept_text(text, 1000) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("\x01\x02\x1b", "no readable text"),
        ("a\0b", "NUL"),
        ("x" * 1001, "too long"),
        ("ü" * 501, "too long"),
        ("@claude ", "only the word @claude"),
    ],
)
def test_what_is_no_task_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        accept_text(text, 1000)


def test_lone_surrogates_are_replaced() -> None:
    accept_text("a\ud800b", 1000).encode("utf-8")


def test_the_work_directory_is_absolute_and_real(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "link").symlink_to("work")
    assert accept_directory(Path("link"), tmp_path) == (tmp_path / "work").resolve()


def test_a_work_directory_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for name in ("missing", "file", "loop", "a\0b"):
        with pytest.raises(UsageError):
            accept_directory(Path(name), tmp_path)
