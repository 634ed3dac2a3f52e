"""What can be repeated of what is stored, and the reason why something cannot."""

from pathlib import Path
from typing import Any

import pytest

from mux_tui.core.config.settings import Settings
from mux_tui.core.errors import ConfigError
from mux_tui.core.replay.subject import (
    NotRepeated,
    Subject,
    kept_from,
    subject_of,
    without_routing_word,
)
from tests.core.replay.rows import a_run


def looked_at(place: Path, home: str = "", **changes: Any) -> Subject | NotRepeated:
    run = a_run(**({"cwd": str(place)} | changes))
    return subject_of(run, Settings(), {"HOME": home})


def subject(place: Path, **changes: Any) -> Subject:
    found = looked_at(place, **changes)
    assert isinstance(found, Subject)
    return found


def test_a_run_is_repeated_where_and_as_it_was(tmp_path: Path) -> None:
    found = subject(tmp_path, kind="files", verify=["make test"])
    assert (found.text, found.cwd, found.kind) == ("Say hello.", tmp_path, "files")
    assert (found.route, found.verify, found.notes) == ("local", ("make test",), ())


@pytest.mark.parametrize(
    ("changes", "route"),
    [
        ({"route": "claude"}, "claude"),
        ({"route": None, "task": "@codex Say hello."}, "codex"),
        ({"route": None, "route_requested": "gemini"}, "gemini"),
        ({"route": None}, "auto"),
        ({"route": "skynet", "route_requested": "\x1b[2J"}, "auto"),
    ],
)
def test_who_answered_is_asked_again(
    tmp_path: Path, changes: dict[str, Any], route: str
) -> None:
    assert subject(tmp_path, **changes).route == route


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "running"}, "it has not ended yet"),
        ({"replay_of": "01bbbb"}, "it repeats 01bbbb; repeat that one"),
        ({"door": "demo"}, "it belongs to the demonstration"),
        ({"task": None}, "its text was not kept (ledger.store_prompts)"),
        ({"task": None, "imported": {"source": "mux"}}, "imported without its text"),
        ({"task": "use [redacted] here"}, "credentials in its text are blacked out"),
        ({"task": " \n"}, "the task is empty"),
        ({"task": "a\0b"}, "the task holds a NUL byte"),
        ({"task": "@claude "}, "the task is only the word @claude"),
        ({"task": "x" * 99_000_000}, "the task is too long"),
        ({"cwd": "/no/such/place"}, "no work directory /no/such/place"),
        ({"cwd": "../up"}, "it does not say in which directory"),
        ({"cwd": ""}, "it does not say in which directory"),
        ({"cwd": "/a\0b"}, "no work directory"),
        ({"cwd": "/\x1b[2J"}, "no work directory /␛[2J"),
        ({"cwd": "/", "kind": "files"}, "its directory is no project"),
    ],
)
def test_what_cannot_be_repeated_says_why(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    found = looked_at(tmp_path, **changes)
    assert isinstance(found, NotRepeated)
    assert why in found.why
    assert "\x1b" not in found.why


def test_a_home_is_not_copied(tmp_path: Path) -> None:
    """Whatever name the row gives it."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    found = looked_at(link, home=str(tmp_path), kind="files")
    assert isinstance(found, NotRepeated)
    assert isinstance(looked_at(link, home=str(tmp_path)), Subject)
    above = looked_at(tmp_path, home=str(tmp_path / "me"), kind="files")
    assert isinstance(above, NotRepeated)
    beside = looked_at(link, home=str(tmp_path / "me"), kind="files", cwd="/usr")
    assert isinstance(beside, Subject)


def test_every_wrong_setting_is_named() -> None:
    error = ConfigError("2 wrong settings", problems=("a = 1: no", "b = 2:\x1b[2J no"))
    why = kept_from("01aaaa", error).why
    assert why == "2 wrong settings: a = 1: no; b = 2:␛[2J no"
    one = ConfigError("wrong setting", "a = 1: no", problems=("a = 1: no",))
    assert kept_from("01aaaa", one).why == "wrong setting: a = 1: no"


@pytest.mark.parametrize(
    "changes",
    [
        {"owner_pid": 0},
        {"imported": {"source": "mux"}},
        {"verify": ["true"] * 21},
        {"verify": [["rm"], 3]},
    ],
)
def test_commands_from_elsewhere_are_not_run(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    found = subject(tmp_path, **({"verify": ["touch /tmp/x"]} | changes))
    assert found.verify == ()


def test_that_they_are_not_run_is_said(tmp_path: Path) -> None:
    found = subject(tmp_path, verify=["make"], owner_pid=0)
    assert found.notes == ("its own checks are not run: it comes from elsewhere",)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("@claude do it", "do it"),
        ("@claude @local do it", "do it"),
        ("do it @claude", "do it @claude"),
        ("@claude", "@claude"),
    ],
)
def test_no_word_of_the_text_says_who_does_it(text: str, rest: str) -> None:
    assert without_routing_word(text) == rest
